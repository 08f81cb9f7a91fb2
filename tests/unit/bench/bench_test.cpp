// Figures that hang together; how fast anything is, no test says.
#include "bench/bench.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "bench/limit.h"
#include "bench/memory.h"
#include "nn/shape_inference.h"
#include "support/errors.h"

namespace pinwheel::bench {
namespace {

using test::contains;
using test::message_of;

void expect_plausible(const Subject& subject, Mode mode, std::int64_t batch) {
  const ThreadPool pool(2);
  Bench bench(subject, mode, batch, pool, 0);
  EXPECT_TRUE(bench.figures().repetitions.empty());
  for (int i = 0; i < 3; ++i) bench.repeat(0.01);
  const Figures figures = bench.figures();
  ASSERT_EQ(figures.repetitions.size(), 3U);
  std::vector<double> sorted = figures.repetitions;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_GT(sorted[0], 0);
  EXPECT_EQ(figures.images_per_second, sorted[1]);
  EXPECT_DOUBLE_EQ(figures.spread, (sorted[2] - sorted[0]) / sorted[1]);
  EXPECT_DOUBLE_EQ(figures.milliseconds_per_batch, 1e3 * static_cast<double>(batch) / sorted[1]);
  const Cost cost = count_cost(subject.spec(mode));
  const double flop = mode == Mode::kTraining ? cost.training_flop : cost.forward_flop;
  EXPECT_DOUBLE_EQ(figures.gflops, sorted[1] * flop * 1e-9);
  EXPECT_DOUBLE_EQ(figures.percent_of_limit, 100 * figures.gflops / figures.limit_gflops);
  EXPECT_EQ(figures.hand_over_microseconds > 0, pool.threads() > 1);
  EXPECT_GT(figures.peak_memory_bytes, std::int64_t{1} << 20);
}

TEST(Bench, FiguresHangTogether) {
  for (const char* name : {"lesson", "first-light", "densenet121-frozen"}) {
    expect_plausible(make_subject(name), Mode::kTraining, 4);
  }
  expect_plausible(make_subject("lesson"), Mode::kInference, 3);
}

// Every kind of loss and target comes by: none may meet a target that it cannot take.
TEST(Bench, EverySmallPresetTrainsOnNoise) {
  const ThreadPool pool(1);
  for (const char* name : {"two-layer", "convnet", "linnet", "small-cnn", "four-block", "galaxy-resnet"}) {
    Bench bench(make_subject(name), Mode::kTraining, 2, pool, 0);
    bench.repeat(0);
    EXPECT_EQ(bench.figures().repetitions.size(), 1U) << name;
  }
}

TEST(Bench, ABatchThatCannotBeIsRefused) {
  const ThreadPool pool(1);
  const Subject normed = make_subject("first-light");
  EXPECT_TRUE(contains(message_of(ErrorCode::kInvalidArgument, [&] { Bench(normed, Mode::kTraining, 1, pool, 0); }),
                       "batches of 2 to"));
  EXPECT_TRUE(contains(message_of(ErrorCode::kInvalidArgument, [&] { Bench(normed, Mode::kInference, 0, pool, 0); }),
                       "batches of 1 to"));
}

TEST(Limit, IsMeasuredAtLeastOnce) {
  const ThreadPool pool(2);
  const double gflops = measure_limit(pool, 0);
  EXPECT_GT(gflops, 0);
  EXPECT_LT(gflops, 1e5);  // no two threads of our day
}

TEST(Memory, ThePeakKnowsWhatWasHeld) {
  constexpr std::size_t kHeld = std::size_t{64} << 20;
  forget_peak_memory();
  const std::int64_t before = peak_memory_bytes();
  std::vector<char> held(kHeld);
  for (std::size_t i = 0; i < held.size(); i += 1024) held[i] = static_cast<char>(i);
  EXPECT_GE(peak_memory_bytes(), std::max(before, static_cast<std::int64_t>(held.size())));
}

}  // namespace
}  // namespace pinwheel::bench
