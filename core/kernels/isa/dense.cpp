// Dense layers as matrix products.
#include "kernels/isa/gemm.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

// y = x weightᵀ + bias, computed as yᵀ = weight xᵀ: the weights are the large operand and are read once, as they lie.
void dense_forward(Context& ctx, float* y, const float* x, const float* weight, const float* bias, std::int64_t n,
                   std::int64_t in, std::int64_t out) {
  float* x_t = ctx.scratch(1, static_cast<std::size_t>(in * n));   // [in,n]
  float* y_t = ctx.scratch(3, static_cast<std::size_t>(out * n));  // [out,n]
  transpose(ctx, x_t, x, n, in);
  gemm<Layout::kRows>(ctx, {out, n, in, 1}, [=](std::int64_t) {
    return Product<Matrix, Matrix>{{weight, in}, {x_t, n}, OutputRows::matrix(y_t, n), nullptr};
  });
  transpose(ctx, y, y_t, out, n);
  for (std::int64_t r = 0; bias != nullptr && r < n; ++r) {
    for_vectors(out, [=](std::int64_t i, int lanes) {
      store_some(y + r * out + i, load_some(y + r * out + i, lanes) + load_some(bias + i, lanes), lanes);
    });
  }
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
