// The three passes of convolutions and dense layers. GFLOP/s count the multiply-adds of the layer (times 2), so that
// kernels which compute padding gain nothing by it.
#include <memory>

#include "bench/shapes.h"

namespace pinwheel::kernels {
namespace {

struct Buffers {
  explicit Buffers(const ConvDims& d)
      : x(random_values(d.n * d.h * d.w * d.c)),
        y(random_values(d.n * d.oh * d.ow * d.o)),
        weight(random_values(d.o * d.kh * d.kw * d.c)),
        bias(random_values(d.o)) {}

  std::vector<float> x, y, weight, bias;
};

// call(ctx, buffers, dims) is what is timed.
template <typename Call>
void add_pass(const Shape& shape, const char* pass, Call call) {
  const ConvDims d = shape.dims;
  const double flop = 2.0 * static_cast<double>(d.n * d.oh * d.ow * d.o) * static_cast<double>(d.kh * d.kw * d.c);
  add_benchmark(shape, pass, {flop, 0}, [=](Context& ctx) -> Timed {
    const auto buffers = std::make_shared<Buffers>(d);
    return [=, &ctx] { call(ctx, *buffers, d); };
  });
}

void add_conv(const Shape& shape) {
  add_pass(shape, "forward", [](Context& ctx, Buffers& b, const ConvDims& d) {
    conv2d_forward(ctx, b.y.data(), b.x.data(), b.weight.data(), b.bias.data(), d);
  });
  add_pass(shape, "backward_input", [](Context& ctx, Buffers& b, const ConvDims& d) {
    conv2d_backward_input(ctx, b.x.data(), b.y.data(), b.weight.data(), d);
  });
  add_pass(shape, "backward_weight", [](Context& ctx, Buffers& b, const ConvDims& d) {
    conv2d_backward_weight(ctx, b.weight.data(), b.bias.data(), b.y.data(), b.x.data(), d);
  });
}

void add_dense(const Shape& shape) {
  add_pass(shape, "forward", [](Context& ctx, Buffers& b, const ConvDims& d) {
    dense_forward(ctx, b.y.data(), b.x.data(), b.weight.data(), b.bias.data(), d.n, d.c, d.o);
  });
  add_pass(shape, "backward_input", [](Context& ctx, Buffers& b, const ConvDims& d) {
    dense_backward_input(ctx, b.x.data(), b.y.data(), b.weight.data(), d.n, d.c, d.o);
  });
  add_pass(shape, "backward_weight", [](Context& ctx, Buffers& b, const ConvDims& d) {
    dense_backward_weight(ctx, b.weight.data(), b.bias.data(), b.y.data(), b.x.data(), d.n, d.c, d.o);
  });
}

}  // namespace

bool add_products(const Shape& shape) {
  if (shape.op == "conv") {
    add_conv(shape);
  } else if (shape.op == "dense") {
    add_dense(shape);
  } else {
    return false;
  }
  return true;
}

}  // namespace pinwheel::kernels
