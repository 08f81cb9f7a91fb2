// Functions of single values, in one pass over memory.
#include "kernels/isa/kernel_set.h"
#include "kernels/isa/math.h"

namespace pinwheel::kernels::PINWHEEL_ISA {
namespace {

constexpr std::size_t kGrain = 16384;  // values per task: 64 KiB of each operand

template <typename Function>
void map(Context& ctx, float* y, const float* a, std::int64_t size, Function f) {
  ctx.pool().for_ranges(static_cast<std::size_t>(size), kGrain, [=](std::size_t begin, std::size_t end) {
    for_vectors(static_cast<std::int64_t>(end - begin), [=](std::int64_t i, int lanes) {
      store_some(y + begin + i, f(load_some(a + begin + i, lanes)), lanes);
    });
  });
}

template <typename Function>
void map(Context& ctx, float* y, const float* a, const float* b, std::int64_t size, Function f) {
  ctx.pool().for_ranges(static_cast<std::size_t>(size), kGrain, [=](std::size_t begin, std::size_t end) {
    for_vectors(static_cast<std::int64_t>(end - begin), [=](std::int64_t i, int lanes) {
      store_some(y + begin + i, f(load_some(a + begin + i, lanes), load_some(b + begin + i, lanes)), lanes);
    });
  });
}

}  // namespace

void relu_forward(Context& ctx, float* y, const float* x, std::int64_t size) {
  map(ctx, y, x, size, [](Floats v) { return rectified(v); });
}
void relu_backward(Context& ctx, float* dx, const float* dy, const float* y, std::int64_t size) {
  map(ctx, dx, dy, y, size, [](Floats d, Floats out) { return out > Floats{} ? d : Floats{}; });
}

// y = x * sigmoid(x)
void silu_forward(Context& ctx, float* y, const float* x, std::int64_t size) {
  map(ctx, y, x, size, [](Floats v) { return v * sigmoid(v); });
}
void silu_backward(Context& ctx, float* dx, const float* dy, const float* x, std::int64_t size) {
  map(ctx, dx, dy, x, size, [](Floats d, Floats v) {
    const Floats s = sigmoid(v);
    return d * s * (broadcast(1.0F) + v * (broadcast(1.0F) - s));
  });
}

void tanh_forward(Context& ctx, float* y, const float* x, std::int64_t size) {
  map(ctx, y, x, size, [](Floats v) { return tanh(v); });
}
void tanh_backward(Context& ctx, float* dx, const float* dy, const float* y, std::int64_t size) {
  map(ctx, dx, dy, y, size, [](Floats d, Floats out) { return d * (broadcast(1.0F) - out * out); });
}

void sigmoid_forward(Context& ctx, float* y, const float* x, std::int64_t size) {
  map(ctx, y, x, size, [](Floats v) { return sigmoid(v); });
}
void sigmoid_backward(Context& ctx, float* dx, const float* dy, const float* y, std::int64_t size) {
  map(ctx, dx, dy, y, size, [](Floats d, Floats out) { return d * out * (broadcast(1.0F) - out); });
}

void multiply(Context& ctx, float* y, const float* x, const float* mask, std::int64_t size) {
  map(ctx, y, x, mask, size, [](Floats a, Floats b) { return a * b; });
}
void add(Context& ctx, float* y, const float* a, const float* b, std::int64_t size) {
  map(ctx, y, a, b, size, [](Floats u, Floats v) { return u + v; });
}
void accumulate(Context& ctx, float* y, const float* x, std::int64_t size) {
  map(ctx, y, y, x, size, [](Floats u, Floats v) { return u + v; });
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
