// The update rules on numbers small enough to check with a pencil.
#include "train/optimiser.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/error.h"

namespace pinwheel {
namespace {

// One weight of 1 with gradients 0.5 and then -0.25, at learning rate 0.1.
std::vector<float> two_steps(const OptimiserSpec& spec) {
  const ThreadPool pool(1);
  Optimiser optimiser(spec, 1);
  std::vector<float> w{1.0F}, path;
  for (const float gradient : {0.5F, -0.25F}) {
    optimiser.step(w, {std::vector<float>{gradient}}, 0.1, pool);
    path.push_back(w[0]);
  }
  return path;
}

OptimiserSpec of(OptimiserKind kind, double weight_decay = 0) {
  OptimiserSpec spec;
  spec.kind = kind;
  spec.weight_decay = weight_decay;
  return spec;
}

TEST(Optimiser, Sgd) {
  const auto w = two_steps(of(OptimiserKind::kSgd));
  EXPECT_FLOAT_EQ(w[0], 0.95F);
  EXPECT_FLOAT_EQ(w[1], 0.975F);
  // decay 0.2: 1 - 0.1 (0.5 + 0.2) = 0.93; 0.93 - 0.1 (-0.25 + 0.186) = 0.9364
  const auto decayed = two_steps(of(OptimiserKind::kSgd, 0.2));
  EXPECT_FLOAT_EQ(decayed[0], 0.93F);
  EXPECT_FLOAT_EQ(decayed[1], 0.9364F);
}

TEST(Optimiser, Momentum) {
  // v = 0.5, then 0.9*0.5 - 0.25 = 0.2
  const auto w = two_steps(of(OptimiserKind::kMomentum));
  EXPECT_FLOAT_EQ(w[0], 0.95F);
  EXPECT_FLOAT_EQ(w[1], 0.93F);
}

TEST(Optimiser, Nesterov) {
  // g + 0.9 v: 0.5 + 0.45 = 0.95, then -0.25 + 0.18 = -0.07
  const auto w = two_steps(of(OptimiserKind::kNesterov));
  EXPECT_FLOAT_EQ(w[0], 0.905F);
  EXPECT_FLOAT_EQ(w[1], 0.912F);
}

TEST(Optimiser, Adam) {
  // Step 1: m/(1-b1) = 0.5, sqrt(v/(1-b2)) = 0.5. Step 2: m = 0.02, v = 0.000312250, corrections 0.19 and 0.001999.
  const auto w = two_steps(of(OptimiserKind::kAdam));
  EXPECT_NEAR(w[0], 0.9, 1e-6);
  EXPECT_NEAR(w[1], 0.9 - 0.1 * (0.02 / 0.19) / std::sqrt(0.00031225 / 0.001999), 1e-6);
}

TEST(Optimiser, AdamWShrinksBeforeItSteps) {
  const auto plain = two_steps(of(OptimiserKind::kAdam));
  const auto decoupled = two_steps(of(OptimiserKind::kAdamW, 0.5));
  EXPECT_NEAR(decoupled[0], 1.0 * 0.95 - 0.1, 1e-6);
  EXPECT_NEAR(decoupled[1], decoupled[0] * 0.95 + (plain[1] - plain[0]), 1e-6);
}

TEST(Optimiser, ManyWeightsInPieces) {
  const std::size_t size = 100001;
  const ThreadPool one(1), three(3);
  for (const auto kind : {OptimiserKind::kSgd, OptimiserKind::kMomentum, OptimiserKind::kNesterov, OptimiserKind::kAdam,
                          OptimiserKind::kAdamW}) {
    std::vector<float> gradient(size), a(size), b(size);
    for (std::size_t i = 0; i < size; ++i) gradient[i] = std::sin(static_cast<float>(i));
    Optimiser first(of(kind, 0.01), size), second(of(kind, 0.01), size);
    for (int step = 0; step < 2; ++step) {
      first.step(a, {gradient}, 0.01, one);
      second.step(b, {gradient}, 0.01, three);
    }
    EXPECT_EQ(a, b);
    EXPECT_NE(a[size - 1], 0.0F);
  }
}

TEST(Optimiser, MultipliesProductsAsItGoes) {
  const std::size_t before = 7, width = 300, rows = 120, size = before + rows * width + 9;  // more than one piece
  const ThreadPool pool(2);
  std::vector<float> x(width), dy(rows), written(size);
  for (std::size_t i = 0; i < width; ++i) x[i] = std::sin(static_cast<float>(i));
  for (std::size_t i = 0; i < rows; ++i) dy[i] = std::cos(static_cast<float>(i));
  for (std::size_t i = 0; i < size; ++i) written[i] = 0.5F + static_cast<float>(i % 3);
  std::vector<float> left_out = written;
  for (std::size_t i = 0; i < rows * width; ++i) {
    written[before + i] = dy[i / width] * x[i % width];
    left_out[before + i] = std::numeric_limits<float>::quiet_NaN();
  }
  const std::vector<RankOneGradient> products{{before, dy, x}};
  for (const auto kind : {OptimiserKind::kSgd, OptimiserKind::kMomentum, OptimiserKind::kNesterov, OptimiserKind::kAdam,
                          OptimiserKind::kAdamW}) {
    std::vector<float> a(size, 1.0F), b = a;
    Optimiser first(of(kind, 0.01), size), second(of(kind, 0.01), size);
    for (int step = 0; step < 2; ++step) {
      first.step(a, {written}, 0.01, pool);
      second.step(b, {left_out, products}, 0.01, pool);
    }
    for (std::size_t i = 0; i < size; ++i) ASSERT_NEAR(a[i], b[i], 1e-6F) << optimiser_name(kind) << ", weight " << i;
  }
}

TEST(Optimiser, NamesReadBack) {
  for (const auto kind : {OptimiserKind::kSgd, OptimiserKind::kMomentum, OptimiserKind::kNesterov, OptimiserKind::kAdam,
                          OptimiserKind::kAdamW}) {
    EXPECT_EQ(parse_optimiser(optimiser_name(kind)), kind);
  }
  EXPECT_THROW(parse_optimiser("adamant"), Error);
  EXPECT_THROW(parse_schedule("cosy"), Error);
}

TEST(Schedule, StepsAndCosine) {
  ScheduleSpec step{ScheduleKind::kStep, 2, 0.5, 0, 0};
  EXPECT_DOUBLE_EQ(schedule_factor(step, 1.9, 10), 1);
  EXPECT_DOUBLE_EQ(schedule_factor(step, 2.0, 10), 0.5);
  EXPECT_DOUBLE_EQ(schedule_factor(step, 5.0, 10), 0.25);
  ScheduleSpec cosine{ScheduleKind::kCosine, 10, 0.1, 2, 0.2};
  EXPECT_DOUBLE_EQ(schedule_factor(cosine, 1, 12), 0.5) << "half way through the warm-up";
  EXPECT_DOUBLE_EQ(schedule_factor(cosine, 2, 12), 1);
  EXPECT_NEAR(schedule_factor(cosine, 7, 12), 0.6, 1e-12) << "half way down from 1 to 0.2";
  EXPECT_NEAR(schedule_factor(cosine, 12, 12), 0.2, 1e-12);
  EXPECT_DOUBLE_EQ(schedule_factor(ScheduleSpec{}, 3, 10), 1);
}

}  // namespace
}  // namespace pinwheel
