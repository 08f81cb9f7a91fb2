// The edges that the golden figures do not reach: bins' ends, classes that nobody has, votes, nobody at all.
#include "train/assessment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace pinwheel {
namespace {

// Two answers at 0.6 (one right) and two at 0.9 (both right): |0.5 - 0.6| / 2 + |1 - 0.9| / 2 = 0.1.
TEST(Assessment, CalibrationByHand) {
  const std::vector<float> p{0.6F, 0.4F, 0.6F, 0.4F, 0.9F, 0.1F, 0.1F, 0.9F};
  const std::vector<float> t{1, 0, 0, 1, 1, 0, 0, 1};
  const Calibration c = calibrate(p, t, 2, 4);
  EXPECT_EQ(c.bins[2].count, 2);
  EXPECT_EQ(c.bins[3].count, 2);
  EXPECT_NEAR(c.error, 0.1, 1e-7);
}

TEST(Assessment, CertaintyAndItsOppositeHaveBins) {
  const std::vector<float> p{1, 0, 0, 0}, t{1, 0, 1, 0};
  const Calibration c = calibrate(p, t, 2);
  EXPECT_EQ(c.bins.front().count, 1);
  EXPECT_EQ(c.bins.back().count, 1);
}

TEST(Assessment, ClassesThatNobodyHasOrThatAreNeverSaid) {
  const std::vector<float> p{0.7F, 0.2F, 0.1F, 0.6F, 0.3F, 0.1F}, t{1, 0, 0, 0, 1, 0};
  const Assessment a = assess(TargetKind::kClasses, p, t, 2, 3, 0);
  EXPECT_EQ(a.recall[0], 1);
  EXPECT_EQ(a.precision[0], 0.5);
  EXPECT_EQ(a.recall[1], 0);
  EXPECT_TRUE(std::isnan(a.precision[1]));
  EXPECT_TRUE(std::isnan(a.recall[2]));
  EXPECT_NEAR(*a.log_loss, -(std::log(0.7) + std::log(0.3)) / 2, 1e-7);
}

TEST(Assessment, TheFirstQuestionIsAChoiceOfThree) {
  std::vector<float> p(2 * 37, 0.99F), t(2 * 37, 0.99F);  // whatever stands in the other columns
  std::copy_n(std::vector<float>{0.7F, 0.2F, 0.1F}.begin(), 3, p.begin());
  std::copy_n(std::vector<float>{0.6F, 0.3F, 0.1F}.begin(), 3, p.begin() + 37);
  std::copy_n(std::vector<float>{0.5F, 0.4F, 0.1F}.begin(), 3, t.begin());
  std::copy_n(std::vector<float>{0.3F, 0.6F, 0.1F}.begin(), 3, t.begin() + 37);
  const Assessment a = assess_first_question(p, t, 2);
  EXPECT_EQ(a.metrics.confusion, (std::vector<std::vector<std::int64_t>>{{1, 0, 0}, {1, 0, 0}, {0, 0, 0}}));
  EXPECT_EQ(a.recall[1], 0);
  EXPECT_EQ(a.precision[0], 0.5);
  EXPECT_NEAR(a.calibration->error, std::abs(0.7 - 1) / 2 + 0.6 / 2, 1e-6);
}

TEST(Assessment, CertainAndWrongIsFiniteLoss) {
  const std::vector<float> p{0, 1}, t{1, 0};
  EXPECT_NEAR(*assess(TargetKind::kClasses, p, t, 1, 2, 0).log_loss, -std::log(1e-12), 1e-9);
}

TEST(Assessment, VotesThatAreNotKnownGiveNoErrorOfAnAnswer) {
  std::vector<float> votes(37, 0), p(37, 0);
  votes[0] = 3;
  votes[1] = 17;
  EXPECT_TRUE(assess(TargetKind::kVotes, p, votes, 1, 37, 0).rmse_per_answer.empty());
}

// Nobody reached the second question; of those who answered the first, three quarters said smooth.
TEST(Assessment, QuestionsThatNobodyWasAskedHaveNoFigure) {
  std::vector<float> t(37, 0), p(37, 0);
  t[0] = 0.75F;
  t[2] = 0.25F;
  p[0] = 0.5F;
  p[2] = 0.5F;
  const Assessment a = assess(TargetKind::kFractions, p, t, 1, 37, 0);
  EXPECT_EQ(a.questions[0].asked, 1);
  EXPECT_NEAR(a.questions[0].log_loss, std::log(2.0), 1e-7);
  EXPECT_NEAR(a.questions[0].calibration_error, 0.25, 1e-7);
  EXPECT_EQ(a.questions[1].asked, 0);
  EXPECT_TRUE(std::isnan(a.questions[1].log_loss));
  EXPECT_TRUE(std::isnan(a.questions[1].calibration_error));
}

// A model that says what the volunteers say is perfectly calibrated, however they disagree.
TEST(Assessment, SayingTheVolunteersOwnSharesHasNoCalibrationError) {
  std::vector<float> t(37, 0);
  t[0] = 0.6F;
  t[1] = 0.4F;
  t[13] = 0.9F;
  t[14] = 0.1F;
  const Assessment a = assess(TargetKind::kFractions, t, t, 1, 37, 0);
  EXPECT_NEAR(a.calibration->error, 0, 1e-7);
  EXPECT_GT(*a.log_loss, 0.3);
}

TEST(Assessment, NobodyIsNotAnError) {
  EXPECT_FALSE(assess(TargetKind::kClasses, {}, {}, 0, 3, 0).log_loss.has_value());
  EXPECT_TRUE(assess(TargetKind::kFractions, {}, {}, 0, 37, 0).rmse_per_answer.empty());
}

}  // namespace
}  // namespace pinwheel
