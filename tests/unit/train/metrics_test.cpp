// Figures of merit on a handful of galaxies.
#include "train/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "galaxy/decision_tree.h"

namespace pinwheel {
namespace {

TEST(Metrics, ClassesByHand) {
  const std::vector<float> p{0.9F, 0.1F, 0.2F, 0.8F, 0.6F, 0.4F};
  const std::vector<float> t{1, 0, 1, 0, 0, 1};
  const Metrics m = compute_metrics(TargetKind::kClasses, p, t, 3, 2, 0.7);
  EXPECT_DOUBLE_EQ(*m.accuracy, 1.0 / 3);
  EXPECT_EQ(m.confusion, (std::vector<std::vector<std::int64_t>>{{1, 1}, {1, 0}}));
  EXPECT_DOUBLE_EQ(m.score(), 1.0 / 3);
  EXPECT_DOUBLE_EQ(m.auc_per_class[0], 0.5);  // of class 0: 0.9 over 0.6, 0.2 under it
  EXPECT_FALSE(m.rmse.has_value());
}

TEST(Metrics, RunningFiguresOfBatchesAreThoseOfAllAtOnce) {
  std::vector<float> p, votes, fractions;
  for (std::size_t i = 0; i < 6 * galaxy::kAnswers; ++i) {
    p.push_back(static_cast<float>(i * 7 % 11) / 11);
    votes.push_back(static_cast<float>(i * 5 % 13));
    fractions.push_back(static_cast<float>(i * 3 % 17) / 17);
  }
  std::vector<float> labels(p.size(), 0);  // 37 classes, of which the network finds some
  for (std::size_t i = 0; i < 6; ++i) labels[i * galaxy::kAnswers + i] = 1;
  for (const auto& [kind, targets] :
       {std::pair{TargetKind::kClasses, labels}, {TargetKind::kVotes, votes}, {TargetKind::kFractions, fractions}}) {
    const Metrics whole = compute_metrics(kind, p, targets, 6, galaxy::kAnswers, 0);
    RunningFigures running;
    for (const auto& [begin, rows] : {std::pair<std::size_t, std::size_t>{0, 4}, {4, 2}}) {
      running.add(kind, std::span(p).subspan(begin * galaxy::kAnswers, rows * galaxy::kAnswers),
                  std::span(targets).subspan(begin * galaxy::kAnswers, rows * galaxy::kAnswers), galaxy::kAnswers);
    }
    EXPECT_EQ(running.accuracy(), whole.accuracy);
    ASSERT_EQ(running.rmse().has_value(), whole.rmse.has_value());
    EXPECT_NEAR(running.rmse().value_or(0), whole.rmse.value_or(0), 1e-12);
  }
  EXPECT_FALSE(RunningFigures().accuracy());
}

TEST(Metrics, ExactAucCountsTiesHalf) {
  EXPECT_DOUBLE_EQ(auc_exact(std::vector<float>{0.1F, 0.4F, 0.35F, 0.8F}, std::vector<float>{0, 0, 1, 1}), 0.75);
  EXPECT_DOUBLE_EQ(auc_exact(std::vector<float>{0.5F, 0.5F, 0.5F, 0.5F}, std::vector<float>{0, 1, 1, 0}), 0.5);
  EXPECT_TRUE(std::isnan(auc_exact(std::vector<float>{0.5F}, std::vector<float>{1})));
}

// Three thresholds (just under 0, 0.5, just over 1): true positives 2, 1, 0 of 2, false positives 2, 0, 0 of 2, so the
// one trapezoid with any width is (1 + 0.5) / 2.
TEST(Metrics, KerasAucWithThreeThresholds) {
  const std::vector<float> scores{0.0F, 0.5F, 0.3F, 0.9F}, labels{0, 0, 1, 1};
  EXPECT_DOUBLE_EQ(auc_micro_keras(scores, labels, 3), 0.75);
}

TEST(Metrics, KerasAucNearsTheExactOne) {
  std::vector<float> scores, labels;
  for (int i = 0; i < 2000; ++i) {
    scores.push_back(static_cast<float>((i * 37) % 2000) / 2000);
    labels.push_back((i * 37) % 2000 + (i % 7) * 150 > 1300 ? 1.0F : 0.0F);
  }
  EXPECT_NEAR(auc_micro_keras(scores, labels), auc_exact(scores, labels), 2e-3);
}

galaxy::Fractions spiral() {
  galaxy::Fractions conditional{};
  for (const galaxy::Question& q : galaxy::questions()) conditional[static_cast<std::size_t>(q.begin)] = 1;
  conditional[0] = 0.1F;  // features
  conditional[1] = 0.9F;
  conditional[3] = 0.2F;  // face-on
  conditional[4] = 0.8F;
  return galaxy::weighted_from_conditional(conditional);
}

TEST(Metrics, QuestionsApplyToThoseWhoReachThem) {
  const galaxy::Fractions t = spiral();
  galaxy::Fractions p = t;
  std::swap(p[0], p[1]);  // wrong on the first question
  const Metrics m = compute_metrics(TargetKind::kFractions, p, t, 1, 37, 0);
  EXPECT_DOUBLE_EQ(m.question_accuracy[0], 0);
  EXPECT_DOUBLE_EQ(m.question_accuracy[1], 1);
  EXPECT_TRUE(std::isnan(m.question_accuracy[6])) << "who sees features is not asked how round it is";
  EXPECT_NEAR(*m.rmse, std::sqrt(2 * 0.64 / 37), 1e-6);
  EXPECT_NEAR(m.score(), -*m.rmse, 1e-12);
}

TEST(Metrics, VotesCountWhereTheyWereCast) {
  std::vector<float> votes(74, 0), p(74, 0);
  votes[0] = 3;  // first galaxy: only the first question, smooth
  votes[1] = 17;
  p[0] = 0.9F;
  p[1] = 0.1F;
  const galaxy::Fractions full = spiral();
  for (std::size_t j = 0; j < 37; ++j) {  // second galaxy: everything, predicted perfectly
    votes[37 + j] = std::round(full[j] * 1000);
    p[37 + j] = full[j];
  }
  const Metrics m = compute_metrics(TargetKind::kVotes, p, votes, 2, 37, 1.5);
  EXPECT_DOUBLE_EQ(m.question_accuracy[0], 0.5);
  EXPECT_DOUBLE_EQ(m.question_accuracy[1], 1);
  EXPECT_LT(*m.rmse, 2e-3) << "the first galaxy is not fully known and must not count";
  EXPECT_DOUBLE_EQ(m.score(), -1.5);
}

TEST(Metrics, NobodyIsNotAnError) {
  const Metrics m = compute_metrics(TargetKind::kClasses, {}, {}, 0, 3, 0);
  EXPECT_EQ(m.count, 0);
  EXPECT_FALSE(m.accuracy.has_value());
}

}  // namespace
}  // namespace pinwheel
