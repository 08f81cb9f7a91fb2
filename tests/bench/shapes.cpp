#include "bench/shapes.h"

#include <array>
#include <fstream>
#include <sstream>

#include "base/rng.h"

namespace pinwheel::kernels {
namespace {

std::int64_t number_or(const std::string& text, std::int64_t otherwise) {
  return text.empty() ? otherwise : std::stoll(text);
}

std::vector<std::string> cells_of(const std::string& line) {
  constexpr std::size_t kColumns = 10;
  std::vector<std::string> cells;
  std::istringstream stream(line);
  for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
  cells.resize(kColumns);
  return cells;
}

Shape shape_of(const std::string& line) {
  const auto cells = cells_of(line);
  Shape shape{cells[0], cells[1], {}};
  ConvDims& d = shape.dims;
  d.n = number_or(cells[2], 1);
  d.h = number_or(cells[3], 1);
  d.w = number_or(cells[4], 1);
  d.c = number_or(cells[5], 1);
  d.o = number_or(cells[6], d.c);
  d.kh = d.kw = number_or(cells[7], 1);
  d.sh = d.sw = number_or(cells[8], 1);
  d.ph = d.pw = number_or(cells[9], 0);
  d.oh = (d.h + 2 * d.ph - d.kh) / d.sh + 1;
  d.ow = (d.w + 2 * d.pw - d.kw) / d.sw + 1;
  d.groups = 1;
  return shape;
}

void run(benchmark::State& state, std::size_t threads, const Effort& effort, const Make& make) {
  const ThreadPool pool(threads);
  Context ctx(pool);
  const Timed timed = make(ctx);
  for (auto _ : state) timed();
  const auto add_rate = [&](const char* name, double amount) {
    if (amount > 0) {
      state.counters[name] = benchmark::Counter(amount * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
    }
  };
  add_rate("GFLOP/s", effort.flop);
  add_rate("GB/s", effort.bytes);
  state.SetLabel(instruction_set());
}

}  // namespace

PoolDims Shape::pool() const {
  const ConvDims& d = dims;
  return {d.n, d.h, d.w, d.c, d.oh, d.ow, d.kh, d.kw, d.sh, d.sw, d.ph, d.pw};
}

std::vector<Shape> read_shapes() {
  std::ifstream file(PINWHEEL_SOURCE_DIR "/tests/bench/shapes.csv");
  std::vector<Shape> shapes;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#') shapes.push_back(shape_of(line));
  }
  return shapes;
}

std::vector<float> random_values(std::int64_t size) {
  Rng rng(static_cast<std::uint64_t>(size));
  std::vector<float> values(static_cast<std::size_t>(size));
  for (float& v : values) v = static_cast<float>(rng.uniform(-1, 1));
  return values;
}

void add_benchmark(const Shape& shape, const std::string& pass, const Effort& effort, const Make& make) {
  for (const std::size_t threads : {1, 2}) {
    const std::string title = shape.op + "/" + shape.name + "/" + pass + "/threads:" + std::to_string(threads);
    benchmark::RegisterBenchmark(title.c_str(), [=](benchmark::State& state) { run(state, threads, effort, make); })
        ->UseRealTime()
        ->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace pinwheel::kernels
