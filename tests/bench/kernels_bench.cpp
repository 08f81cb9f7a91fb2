// How fast the three passes of convolutions and dense layers are, over the shapes in shapes.csv. Prints GFLOP/s by the
// multiply-adds of the layer (times 2), so that kernels which compute padding gain nothing by it. Example:
//   kernel_bench --benchmark_filter='resnet.*/threads:1'
#include <benchmark/benchmark.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/rng.h"
#include "kernels/kernels.h"

namespace pinwheel::kernels {
namespace {

struct Shape {
  std::string name;
  ConvDims dims;
  bool dense() const { return dims.h * dims.w == 1; }
};

std::vector<Shape> read_shapes(const std::string& path) {
  std::ifstream file(path);
  std::vector<Shape> shapes;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::replace(line.begin(), line.end(), ',', ' ');
    Shape s;
    ConvDims& d = s.dims;
    std::istringstream(line) >> s.name >> d.n >> d.h >> d.w >> d.c >> d.o >> d.kh >> d.sh >> d.ph;
    d.kw = d.kh;
    d.sw = d.sh;
    d.pw = d.ph;
    d.oh = (d.h + 2 * d.ph - d.kh) / d.sh + 1;
    d.ow = (d.w + 2 * d.pw - d.kw) / d.sw + 1;
    d.groups = 1;
    shapes.push_back(s);
  }
  return shapes;
}

enum class Pass { kForward, kBackwardInput, kBackwardWeight };

struct Buffers {
  explicit Buffers(const ConvDims& d)
      : x(random(d.n * d.h * d.w * d.c)),
        y(random(d.n * d.oh * d.ow * d.o)),
        weight(random(d.o * d.kh * d.kw * d.c)),
        bias(random(d.o)) {}

  static std::vector<float> random(std::int64_t size) {
    Rng rng(static_cast<std::uint64_t>(size));
    std::vector<float> values(static_cast<std::size_t>(size));
    for (float& v : values) v = static_cast<float>(rng.uniform(-1, 1));
    return values;
  }

  std::vector<float> x, y, weight, bias;
};

void run_conv(Context& ctx, Pass pass, Buffers& b, const ConvDims& d) {
  switch (pass) {
    case Pass::kForward:
      return conv2d_forward(ctx, b.y.data(), b.x.data(), b.weight.data(), b.bias.data(), d);
    case Pass::kBackwardInput:
      return conv2d_backward_input(ctx, b.x.data(), b.y.data(), b.weight.data(), d);
    case Pass::kBackwardWeight:
      return conv2d_backward_weight(ctx, b.weight.data(), b.bias.data(), b.y.data(), b.x.data(), d);
  }
}

void run_dense(Context& ctx, Pass pass, Buffers& b, const ConvDims& d) {
  switch (pass) {
    case Pass::kForward:
      return dense_forward(ctx, b.y.data(), b.x.data(), b.weight.data(), b.bias.data(), d.n, d.c, d.o);
    case Pass::kBackwardInput:
      return dense_backward_input(ctx, b.x.data(), b.y.data(), b.weight.data(), d.n, d.c, d.o);
    case Pass::kBackwardWeight:
      return dense_backward_weight(ctx, b.weight.data(), b.bias.data(), b.y.data(), b.x.data(), d.n, d.c, d.o);
  }
}

void bench(benchmark::State& state, const Shape& shape, Pass pass, std::size_t threads) {
  const ThreadPool pool(threads);
  Context ctx(pool);
  const ConvDims& d = shape.dims;
  Buffers buffers(d);
  for (auto _ : state) shape.dense() ? run_dense(ctx, pass, buffers, d) : run_conv(ctx, pass, buffers, d);
  const double flop = 2.0 * static_cast<double>(d.n * d.oh * d.ow * d.o) * static_cast<double>(d.kh * d.kw * d.c);
  state.counters["GFLOP/s"] = benchmark::Counter(flop * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
  state.SetLabel(instruction_set());
}

void register_all() {
  constexpr std::pair<Pass, const char*> kPasses[] = {{Pass::kForward, "forward"},
                                                      {Pass::kBackwardInput, "backward_input"},
                                                      {Pass::kBackwardWeight, "backward_weight"}};
  for (const Shape& shape : read_shapes(PINWHEEL_SOURCE_DIR "/tests/bench/shapes.csv")) {
    for (const auto& [pass, name] : kPasses) {
      for (const std::size_t threads : {1, 2}) {
        const std::string title = shape.name + "/" + name + "/threads:" + std::to_string(threads);
        benchmark::RegisterBenchmark(title.c_str(),
                                     [=, p = pass](benchmark::State& state) { bench(state, shape, p, threads); })
            ->UseRealTime()
            ->Unit(benchmark::kMicrosecond);
      }
    }
  }
}

}  // namespace
}  // namespace pinwheel::kernels

int main(int argc, char** argv) {
  pinwheel::kernels::register_all();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
