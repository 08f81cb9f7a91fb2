// Work on the rows of [rows,c]: softmax, and columns copied in and out of a wider matrix.
#include "kernels/isa/kernel_set.h"
#include "kernels/isa/math.h"

namespace pinwheel::kernels::PINWHEEL_ISA {
namespace {

constexpr std::int64_t kValues = 8192;  // to a task

float largest(const float* x, std::int64_t c) {
  float best = x[0];
  std::int64_t i = 0;
  if (c >= kLanes) {
    Floats bests = load(x);
    for (; i + kLanes <= c; i += kLanes) bests = max(bests, load(x + i));
    best = max_lanes(bests);
  }
  for (; i < c; ++i) best = x[i] > best ? x[i] : best;
  return best;
}

}  // namespace

// y = e^(x - max) / sum e^(x - max)
void softmax_forward(Context& ctx, float* y, const float* x, std::int64_t rows, std::int64_t c) {
  for_rows(ctx, rows, c, kValues, [=](std::int64_t row) {
    const float* from = x + row * c;
    float* to = y + row * c;
    const Floats top = broadcast(largest(from, c));
    Floats sums[kSumVectors] = {};
    for_vectors(c, [&](std::int64_t i, int lanes) {
      const Floats e = exp(load_some(from + i, lanes) - top);
      store_some(to + i, e, lanes);
      sums[sum_vector(i)] += lanes == kLanes ? e : load_partial(to + i, lanes);
    });
    const Floats scale = broadcast(1.0F / add_sums(sums));
    for_vectors(c, [=](std::int64_t i, int lanes) { store_some(to + i, load_some(to + i, lanes) * scale, lanes); });
  });
}

// dx = y * (dy - sum(dy * y))
void softmax_backward(Context& ctx, float* dx, const float* dy, const float* y, std::int64_t rows, std::int64_t c) {
  for_rows(ctx, rows, c, kValues, [=](std::int64_t row) {
    const float *d = dy + row * c, *out = y + row * c;
    float* to = dx + row * c;
    Floats sums[kSumVectors] = {};
    for_vectors(c, [&](std::int64_t i, int lanes) {
      Floats& sum = sums[sum_vector(i)];
      sum = fma(load_some(d + i, lanes), load_some(out + i, lanes), sum);
    });
    const Floats mean = broadcast(add_sums(sums));
    for_vectors(c, [=](std::int64_t i, int lanes) {
      store_some(to + i, load_some(out + i, lanes) * (load_some(d + i, lanes) - mean), lanes);
    });
  });
}

void copy_columns_in(Context& ctx, float* y, const float* x, std::int64_t rows, std::int64_t c, std::int64_t offset,
                     std::int64_t total) {
  for_rows(ctx, rows, c, kValues, [=](std::int64_t row) { copy(y + row * total + offset, x + row * c, c); });
}
void copy_columns_out(Context& ctx, float* x, const float* y, std::int64_t rows, std::int64_t c, std::int64_t offset,
                      std::int64_t total) {
  for_rows(ctx, rows, c, kValues, [=](std::int64_t row) { copy(x + row * c, y + row * total + offset, c); });
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
