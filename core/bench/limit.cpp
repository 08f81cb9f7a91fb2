#include "bench/limit.h"

#include <algorithm>
#include <vector>

#include "base/stopwatch.h"
#include "kernels/kernels.h"

namespace pinwheel::bench {

double measure_limit(const ThreadPool& pool, double seconds) {
  constexpr double kFlop = 4e8;  // of each thread in a piece: some milliseconds, long for a browser's coarse clock
  float sum = 0;
  const auto rounds = static_cast<std::int64_t>(kFlop / kernels::multiply_add_peak(&sum, 1));
  const std::size_t threads = pool.threads();
  std::vector<float> sums(threads);
  std::vector<double> flop(threads);
  const Stopwatch whole;
  double best = 0;
  do {
    const Stopwatch piece;
    pool.for_each(threads, [&](std::size_t i) { flop[i] = kernels::multiply_add_peak(&sums[i], rounds); });
    best = std::max(best, static_cast<double>(threads) * flop.front() / piece.seconds() * 1e-9);
  } while (whole.seconds() < seconds);
  return best;
}

}  // namespace pinwheel::bench
