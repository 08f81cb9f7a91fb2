// What goes over values and computes little: pooling, batch norm, pointwise layers. GB/s count each value that has to
// be read or written once, whatever a kernel does in between.
#include <memory>

#include "bench/shapes.h"

namespace pinwheel::kernels {
namespace {

struct Buffers {
  explicit Buffers(const Shape& shape)
      : x(random_values(shape.inputs())),
        dx(random_values(shape.inputs())),
        y(random_values(shape.inputs())),  // no output here is larger than its input
        dy(random_values(shape.inputs())),
        argmax(static_cast<std::size_t>(shape.inputs())),
        channel{random_values(shape.dims.c), random_values(shape.dims.c), random_values(shape.dims.c),
                random_values(shape.dims.c), random_values(shape.dims.c), random_values(shape.dims.c)} {}

  float* of_channel(std::size_t i) { return channel[i].data(); }

  std::vector<float> x, dx, y, dy;
  std::vector<std::int32_t> argmax;
  std::vector<float> channel[6];
};

// `values`: how many floats one call reads and writes. `prepare` runs once, untimed.
template <typename Call, typename Prepare>
void add_pass(const Shape& shape, const char* pass, std::int64_t values, Call call, Prepare prepare) {
  const double bytes = 4.0 * static_cast<double>(values);
  add_benchmark(shape, pass, {0, bytes}, [=](Context& ctx) -> Timed {
    const auto buffers = std::make_shared<Buffers>(shape);
    prepare(ctx, *buffers);
    return [=, &ctx] { call(ctx, *buffers); };
  });
}
template <typename Call>
void add_pass(const Shape& shape, const char* pass, std::int64_t values, Call call) {
  add_pass(shape, pass, values, call, [](Context&, Buffers&) {});
}

void add_max_pool(const Shape& shape) {
  const PoolDims d = shape.pool();
  const std::int64_t in = shape.inputs(), out = d.n * d.oh * d.ow * d.c;
  const auto forward = [d](Context& ctx, Buffers& b) {
    max_pool_forward(ctx, b.y.data(), b.argmax.data(), b.x.data(), d);
  };
  add_pass(shape, "forward", in + 2 * out, forward);
  add_pass(
      shape, "backward", in + 2 * out,
      [d](Context& ctx, Buffers& b) { max_pool_backward(ctx, b.dx.data(), b.dy.data(), b.argmax.data(), d); }, forward);
}

void add_avg_pool(const Shape& shape) {
  const PoolDims d = shape.pool();
  const std::int64_t values = shape.inputs() + d.n * d.oh * d.ow * d.c;
  add_pass(shape, "forward", values,
           [d](Context& ctx, Buffers& b) { avg_pool_forward(ctx, b.y.data(), b.x.data(), d); });
  add_pass(shape, "backward", values,
           [d](Context& ctx, Buffers& b) { avg_pool_backward(ctx, b.dx.data(), b.dy.data(), d); });
}

void add_global_avg_pool(const Shape& shape) {
  const std::int64_t n = shape.dims.n, hw = shape.dims.h * shape.dims.w, c = shape.dims.c;
  add_pass(shape, "forward", n * hw * c + n * c,
           [=](Context& ctx, Buffers& b) { global_avg_pool_forward(ctx, b.y.data(), b.x.data(), n, hw, c); });
  add_pass(shape, "backward", n * hw * c + n * c,
           [=](Context& ctx, Buffers& b) { global_avg_pool_backward(ctx, b.dx.data(), b.dy.data(), n, hw, c); });
}

void add_batch_norm(const Shape& shape) {
  constexpr float kEps = 1e-5F, kMomentum = 0.1F;
  const std::int64_t c = shape.dims.c, rows = shape.inputs() / c;
  const auto forward = [=](Context& ctx, Buffers& b) {
    batch_norm_forward_train(ctx, b.y.data(), b.of_channel(0), b.of_channel(1), b.of_channel(2), b.of_channel(3),
                             b.x.data(), b.of_channel(4), b.of_channel(5), rows, c, kEps, kMomentum);
  };
  add_pass(shape, "forward", 2 * shape.inputs(), forward);
  add_pass(
      shape, "backward", 3 * shape.inputs(),
      [=](Context& ctx, Buffers& b) {
        batch_norm_backward(ctx, b.dx.data(), b.of_channel(2), b.of_channel(3), b.dy.data(), b.x.data(),
                            b.of_channel(4), b.of_channel(0), b.of_channel(1), rows, c);
      },
      forward);
}

using Forward = void (*)(Context&, float*, const float*, std::int64_t);
using Backward = void (*)(Context&, float*, const float*, const float*, std::int64_t);

void add_pointwise(const Shape& shape, Forward forward, Backward backward) {
  const std::int64_t size = shape.inputs();
  add_pass(shape, "forward", 2 * size, [=](Context& ctx, Buffers& b) { forward(ctx, b.y.data(), b.x.data(), size); });
  add_pass(shape, "backward", 3 * size,
           [=](Context& ctx, Buffers& b) { backward(ctx, b.dx.data(), b.dy.data(), b.y.data(), size); });
}

void add_pairwise(const Shape& shape, Backward function) {
  const std::int64_t size = shape.inputs();
  add_pass(shape, "forward", 3 * size,
           [=](Context& ctx, Buffers& b) { function(ctx, b.y.data(), b.x.data(), b.dx.data(), size); });
}

struct Entry {
  const char* op;
  std::function<void(const Shape&)> add;
};
const Entry kEntries[] = {
    {"max_pool", add_max_pool},
    {"avg_pool", add_avg_pool},
    {"global_avg_pool", add_global_avg_pool},
    {"batch_norm", add_batch_norm},
    {"relu", [](const Shape& shape) { add_pointwise(shape, relu_forward, relu_backward); }},
    {"tanh", [](const Shape& shape) { add_pointwise(shape, tanh_forward, tanh_backward); }},
    {"silu", [](const Shape& shape) { add_pointwise(shape, silu_forward, silu_backward); }},
    {"sigmoid", [](const Shape& shape) { add_pointwise(shape, sigmoid_forward, sigmoid_backward); }},
    {"add", [](const Shape& shape) { add_pairwise(shape, add); }},
    {"dropout", [](const Shape& shape) { add_pairwise(shape, multiply); }},
};

}  // namespace

bool add_passes(const Shape& shape) {
  for (const Entry& entry : kEntries) {
    if (shape.op != entry.op) continue;
    entry.add(shape);
    return true;
  }
  return false;
}

}  // namespace pinwheel::kernels
