// The layers to time, from shapes.csv, and what all benchmarks do with them.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "kernels/kernels.h"

namespace pinwheel::kernels {

struct Shape {
  std::string op, name;
  ConvDims dims{};  // output sizes are filled in

  std::int64_t inputs() const { return dims.n * dims.h * dims.w * dims.c; }
  PoolDims pool() const;
};

std::vector<Shape> read_shapes();

std::vector<float> random_values(std::int64_t size);

// Registers "op/name/pass/threads:1" and "…:2". `make(context)` allocates and returns what is timed.
using Timed = std::function<void()>;
using Make = std::function<Timed(Context& ctx)>;
// flop and bytes of one call; whichever is not zero becomes a counter.
struct Effort {
  double flop = 0, bytes = 0;
};
void add_benchmark(const Shape& shape, const std::string& pass, const Effort& effort, const Make& make);

// Each false for an op that is not its own.
bool add_products(const Shape& shape);   // conv, dense
bool add_passes(const Shape& shape);     // what goes over values once: pooling, batch norm, pointwise
bool add_optimiser(const Shape& shape);  // sgd, adam, adamw

}  // namespace pinwheel::kernels
