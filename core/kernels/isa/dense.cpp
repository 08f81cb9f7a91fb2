// Dense layers as matrix products.
#include "kernels/isa/gemm.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

// y = x weightᵀ + bias
void dense_forward(Context& ctx, float* y, const float* x, const float* weight, const float* bias, std::int64_t n,
                   std::int64_t in, std::int64_t out) {
  float* weight_t = ctx.scratch(1, static_cast<std::size_t>(in * out));  // [in,out]
  transpose(ctx, weight_t, weight, out, in);
  gemm<Layout::kRows>(ctx, {n, out, in, 1}, [=](std::int64_t) {
    return Product<Matrix, Matrix>{{x, in}, {weight_t, out}, OutputRows::matrix(y, out), bias};
  });
}

// dx = dy weight
void dense_backward_input(Context& ctx, float* dx, const float* dy, const float* weight, std::int64_t n,
                          std::int64_t in, std::int64_t out) {
  gemm<Layout::kRows>(ctx, {n, in, out, 1}, [=](std::int64_t) {
    return Product<Matrix, Matrix>{{dy, out}, {weight, in}, OutputRows::matrix(dx, in), nullptr};
  });
}

// dweight = dyᵀ x
void dense_backward_weight(Context& ctx, float* dweight, float* dbias, const float* dy, const float* x, std::int64_t n,
                           std::int64_t in, std::int64_t out) {
  gemm<Layout::kColumns>(ctx, {out, in, n, 1}, [=](std::int64_t) {
    return Product<Matrix, Matrix>{{dy, out}, {x, in}, OutputRows::matrix(dweight, in), nullptr};
  });
  if (dbias != nullptr) sum_columns(ctx, dbias, dy, n, out);
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
