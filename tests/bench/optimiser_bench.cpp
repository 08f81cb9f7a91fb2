// The pass of an optimiser over all parameters. GB/s: weights and moments are read and written, gradients read.
#include <memory>

#include "bench/shapes.h"
#include "train/optimiser.h"

namespace pinwheel::kernels {
namespace {

bool is_optimiser(const std::string& op) { return op == "sgd" || op == "adam" || op == "adamw"; }

}  // namespace

bool add_optimiser(const Shape& shape) {
  if (!is_optimiser(shape.op)) return false;
  OptimiserSpec spec;
  spec.kind = parse_optimiser(shape.op);
  const std::int64_t parameters = shape.dims.n;
  const double bytes = 4.0 * static_cast<double>(parameters) * (spec.kind == OptimiserKind::kSgd ? 3 : 7);
  add_benchmark(shape, "step", {0, bytes}, [=](Context& ctx) -> Timed {
    const auto optimiser = std::make_shared<Optimiser>(spec, static_cast<std::size_t>(parameters));
    const auto weights = std::make_shared<std::vector<float>>(random_values(parameters));
    const auto gradient = std::make_shared<std::vector<float>>(random_values(parameters));
    return [=, &ctx] { optimiser->step(*weights, *gradient, spec.learning_rate, ctx.pool()); };
  });
  return true;
}

}  // namespace pinwheel::kernels
