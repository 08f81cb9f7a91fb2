// Every kernel of a training step over the shapes in shapes.csv, one by one. Whole networks: pinwheel bench.
//   kernel_bench --benchmark_filter='conv/resnet.*/threads:1'
#include <iostream>

#include "bench/shapes.h"

int main(int argc, char** argv) {
  using namespace pinwheel::kernels;
  for (const Shape& shape : read_shapes()) {
    if (add_products(shape) || add_passes(shape) || add_optimiser(shape)) continue;
    std::cerr << "shapes.csv: nobody can time '" << shape.op << "' (" << shape.name << ")\n";
    return 1;
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
