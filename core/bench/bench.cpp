#include "bench/bench.h"

#include <algorithm>

#include "base/stopwatch.h"
#include "bench/limit.h"
#include "bench/median.h"
#include "bench/memory.h"
#include "bench/work.h"
#include "nn/shape_inference.h"

namespace pinwheel::bench {
namespace {

constexpr double kLimitShare = 0.1, kHandOverShare = 0.02;  // of a repetition's time, for the yardsticks

double flop_of(const Subject& subject, Mode mode) {
  const Cost cost = count_cost(subject.spec(mode));
  return mode == Mode::kTraining ? cost.training_flop : cost.forward_flop;
}

}  // namespace

struct Bench::Impl {
  Impl(const Subject& subject, Mode mode, std::int64_t batch_, const ThreadPool& pool_, double warm_up)
      : batch(static_cast<double>(batch_)), flop(flop_of(subject, mode)), pool(pool_) {
    forget_peak_memory();
    work = make_work(subject, mode, batch_, pool);
    // The yardsticks as well, and first: a browser translates them well while the work runs.
    measure_limit(pool, kLimitShare * warm_up);
    measure_hand_over(pool, kHandOverShare * warm_up);
    run_for(warm_up);
  }

  void repeat(double seconds) {
    limit = std::max(limit, measure_limit(pool, kLimitShare * seconds));
    hand_overs.push_back(measure_hand_over(pool, kHandOverShare * seconds));
    repetitions.push_back(run_for(seconds));
  }

  // Images a second.
  double run_for(double seconds) {
    const Stopwatch watch;
    double batches = 0, elapsed = 0;
    do {
      work->run();
      ++batches;
      elapsed = watch.seconds();
    } while (elapsed < seconds);
    return batches * batch / elapsed;
  }

  double batch, flop;
  const ThreadPool& pool;
  std::unique_ptr<Work> work;
  double limit = 0;
  std::vector<double> hand_overs, repetitions;
};

Bench::Bench(const Subject& subject, Mode mode, std::int64_t batch, const ThreadPool& pool, double warm_up)
    : impl_(std::make_unique<Impl>(subject, mode, batch, pool, warm_up)) {}
Bench::~Bench() = default;
Bench::Bench(Bench&&) noexcept = default;

void Bench::repeat(double seconds) { impl_->repeat(seconds); }

Figures Bench::figures() const {
  Figures figures;
  figures.repetitions = impl_->repetitions;
  if (figures.repetitions.empty()) return figures;
  const auto [least, most] = std::minmax_element(figures.repetitions.begin(), figures.repetitions.end());
  figures.images_per_second = median(figures.repetitions);
  figures.spread = (*most - *least) / figures.images_per_second;
  figures.milliseconds_per_batch = 1e3 * impl_->batch / figures.images_per_second;
  figures.gflops = figures.images_per_second * impl_->flop * 1e-9;
  figures.limit_gflops = impl_->limit;
  figures.percent_of_limit = 100 * figures.gflops / figures.limit_gflops;
  figures.hand_over_microseconds = median(impl_->hand_overs);
  figures.peak_memory_bytes = peak_memory_bytes();
  return figures;
}

}  // namespace pinwheel::bench
