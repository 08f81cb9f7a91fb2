// Dense layers as matrix products.
#include "kernels/isa/gemm.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

namespace {

constexpr std::int64_t kPart = 16;  // rows of the weights to a task

constexpr std::int64_t kChunk = 1024;  // terms of a sum that stay close while its vectors take turns

// Few examples: the weights are read as fast as they come, nothing is packed. As many of the vectors of sums at once,
// and of the weights' rows, as fill the registers.
template <int kExamples>
constexpr int kVectorsAtOnce = smaller(kSumVectors, larger(1, 4 / kExamples));
template <int kExamples>
constexpr int kRowsAtOnce = smaller(4, (kLanes == 16 ? 16 : 8) / (kExamples * kVectorsAtOnce<kExamples>));

template <int kExamples>
struct DotSums {
  Floats of[kRowsAtOnce<kExamples>][kExamples][kSumVectors] = {};
};

// Adds terms [begin, end) to kVectorsAtOnce of the vectors, from the one on. w are the rows of weights.
template <int kExamples>
PINWHEEL_INLINE void add_terms(DotSums<kExamples>& sums, const float* x, std::int64_t in, const float* const* w,
                               std::int64_t begin, std::int64_t end, int vector) {
  constexpr int kRows = kRowsAtOnce<kExamples>, kVectors = kVectorsAtOnce<kExamples>;
  Floats sum[kRows][kExamples][kVectors];
  for (int o = 0; o < kRows; ++o) {
    for (int r = 0; r < kExamples; ++r) {
      for (int v = 0; v < kVectors; ++v) sum[o][r][v] = sums.of[o][r][vector + v];
    }
  }
  const auto add = [&](std::int64_t i, int v, int lanes) {
    Floats values[kExamples];
    for (int r = 0; r < kExamples; ++r) values[r] = load_some(x + r * in + i, lanes);
    for (int o = 0; o < kRows; ++o) {
      const Floats weights = load_some(w[o] + i, lanes);
      for (int r = 0; r < kExamples; ++r) sum[o][r][v] = fma(weights, values[r], sum[o][r][v]);
    }
  };
  std::int64_t i = begin + vector * kLanes;
  for (; i + kVectors * kLanes <= end; i += kSums) {
    PINWHEEL_UNROLL
    for (int v = 0; v < kVectors; ++v) add(i + v * kLanes, v, kLanes);
  }
  PINWHEEL_UNROLL
  for (int v = 0; v < kVectors; ++v) {
    const std::int64_t left = end - i - v * kLanes;
    if (left > 0) add(i + v * kLanes, v, static_cast<int>(smaller(left, kLanes)));
  }
  for (int o = 0; o < kRows; ++o) {
    for (int r = 0; r < kExamples; ++r) {
      for (int v = 0; v < kVectors; ++v) sums.of[o][r][vector + v] = sum[o][r][v];
    }
  }
}

// y[r][o] = bias[o] + sum_i x[r,i] weight[o,i] for `rows` outputs from the first on and kExamples examples.
template <int kExamples>
void dot_rows(float* y, const float* x, const float* weight, const float* bias, std::int64_t rows, std::int64_t in,
              std::int64_t out) {
  constexpr int kRows = kRowsAtOnce<kExamples>;
  DotSums<kExamples> sums;
  const float* w[kRows];
  for (std::int64_t o = 0; o < kRows; ++o) w[o] = weight + smaller(o, rows - 1) * in;
  for (std::int64_t begin = 0; begin < in; begin += kChunk) {
    const std::int64_t end = smaller(in, begin + kChunk);
    for (int v = 0; v < kSumVectors; v += kVectorsAtOnce<kExamples>) add_terms(sums, x, in, w, begin, end, v);
  }
  for (std::int64_t o = 0; o < rows; ++o) {
    for (int r = 0; r < kExamples; ++r) y[r * out + o] = add_sums(sums.of[o][r]) + (bias == nullptr ? 0.0F : bias[o]);
  }
}

template <int kExamples>
void forward_few(Context& ctx, float* y, const float* x, const float* weight, const float* bias, std::int64_t in,
                 std::int64_t out) {
  ctx.pool().for_ranges(static_cast<std::size_t>(out), kPart, [=](std::size_t begin, std::size_t end) {
    const auto last = static_cast<std::int64_t>(end);
    constexpr std::int64_t kRows = kRowsAtOnce<kExamples>;
    for (auto o = static_cast<std::int64_t>(begin); o < last; o += kRows) {
      dot_rows<kExamples>(y + o, x, weight + o * in, bias == nullptr ? nullptr : bias + o, smaller(last - o, kRows), in,
                          out);
    }
  });
}

}  // namespace

// y = x weightᵀ + bias. Where the weights are the larger operand a batch is computed as yᵀ = weight xᵀ, and they are
// read once, as they lie.
void dense_forward(Context& ctx, float* y, const float* x, const float* weight, const float* bias, std::int64_t n,
                   std::int64_t in, std::int64_t out) {
  switch (n) {
    case 1:
      return forward_few<1>(ctx, y, x, weight, bias, in, out);
    case 2:
      return forward_few<2>(ctx, y, x, weight, bias, in, out);
    case 3:
      return forward_few<3>(ctx, y, x, weight, bias, in, out);
    case 4:
      return forward_few<4>(ctx, y, x, weight, bias, in, out);
    default:
      break;
  }
  if (out < n) {
    // The weights are the smaller matrix to turn.
    float* weight_t = ctx.scratch(1, static_cast<std::size_t>(in * out));  // [in,out]
    transpose(ctx, weight_t, weight, out, in);
    return gemm<Layout::kRows>(ctx, {n, out, in, 1}, [=](std::int64_t) {
      return Product<Matrix, Matrix>{{x, in}, {weight_t, out}, OutputRows::matrix(y, out), bias};
    });
  }
  float* x_t = ctx.scratch(1, static_cast<std::size_t>(in * PanelColumns(n).padded()));  // Panels [in,n]
  float* y_t = ctx.scratch(3, static_cast<std::size_t>(out * n));                        // [out,n]
  pack_all(ctx, x_t, Turned{x, in}, in, n);
  gemm<Layout::kRows>(ctx, {.m = out, .n = n, .k = in, .count = 1, .keeps_rows = true}, [=](std::int64_t) {
    return Product<Matrix, Panels>{{weight, in}, {x_t, in}, OutputRows::matrix(y_t, n), nullptr};
  });
  transpose(ctx, y, y_t, out, n);
  for (std::int64_t r = 0; bias != nullptr && r < n; ++r) {
    for_vectors(out, [=](std::int64_t i, int lanes) {
      store_some(y + r * out + i, load_some(y + r * out + i, lanes) + load_some(bias + i, lanes), lanes);
    });
  }
}

std::int64_t dense_prepared_floats(std::int64_t in, std::int64_t out) { return in * PanelColumns(out).padded(); }

void dense_prepare(Context& ctx, float* prepared, const float* weight, std::int64_t in, std::int64_t out) {
  pack_all(ctx, prepared, Turned{weight, in}, in, out);
}

void dense_forward_prepared(Context& ctx, float* y, const float* x, const float* prepared, const float* bias,
                            std::int64_t n, std::int64_t in, std::int64_t out) {
  gemm<Layout::kRows>(ctx, {n, out, in, 1}, [=](std::int64_t) {
    return Product<Matrix, Panels>{{x, in}, {prepared, in}, OutputRows::matrix(y, out), bias};
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
