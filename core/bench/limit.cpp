#include "bench/limit.h"

#include <algorithm>
#include <atomic>
#include <vector>

#include "base/stopwatch.h"
#include "bench/median.h"
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

double measure_hand_over(const ThreadPool& pool, double seconds) {
  constexpr int kSteps = 500;  // in a piece: some hundred microseconds, long for a browser's coarse clock
  const std::size_t threads = pool.threads();
  if (threads == 1) return 0;
  std::vector<double> pieces;
  pool.standing_by([&] {
    const Stopwatch whole;
    do {
      const Stopwatch piece;
      for (int i = 0; i < kSteps; ++i) {
        std::atomic<std::size_t> missing = threads;
        pool.for_each(threads, [&](std::size_t) {
          --missing;
          while (missing.load(std::memory_order_acquire) != 0) continue;
        });
      }
      pieces.push_back(1e6 * piece.seconds() / kSteps);
    } while (whole.seconds() < seconds);
  });
  return median(std::move(pieces));
}

}  // namespace pinwheel::bench
