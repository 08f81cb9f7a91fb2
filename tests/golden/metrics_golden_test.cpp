// Figures of merit against scikit-learn and numpy; the numbers are by tools/make_golden_metrics.py.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "io/files.h"
#include "train/assessment.h"

namespace pinwheel {
namespace {

using nlohmann::json;

const json& golden(const char* part) {
  static const json parsed =
      json::parse(read_file(std::filesystem::path(PINWHEEL_GOLDEN_DIR) / "metrics.json", 1 << 20));
  return parsed.at(part);
}

void expect_near(const std::vector<double>& ours, const json& theirs, const char* what) {
  ASSERT_EQ(ours.size(), theirs.size()) << what;
  for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], theirs[i].get<double>(), 1e-9) << what << i;
}

TEST(MetricsGolden, Classes) {
  const json& g = golden("classes");
  const auto p = g["predictions"].get<std::vector<float>>();
  std::vector<float> t(p.size(), 0);
  for (std::size_t i = 0; i < g["truth"].size(); ++i) t[i * 4 + g["truth"][i].get<std::size_t>()] = 1;
  const Assessment a = assess(TargetKind::kClasses, p, t, static_cast<std::int64_t>(g["truth"].size()), 4, 0);
  EXPECT_NEAR(*a.metrics.accuracy, g["accuracy"].get<double>(), 1e-12);
  EXPECT_EQ(json(a.metrics.confusion), g["confusion"]);
  EXPECT_NEAR(*a.metrics.auc, g["auc"].get<double>(), 1e-9);
  EXPECT_NEAR(*a.log_loss, g["log_loss"].get<double>(), 1e-9);
  expect_near(a.metrics.auc_per_class, g["auc_per_class"], "one-vs-rest AUC ");
  expect_near(a.recall, g["recall"], "recall ");
  expect_near(a.precision, g["precision"], "precision ");
  EXPECT_NEAR(a.calibration->error, g["ece"].get<double>(), 1e-9);
  ASSERT_EQ(a.calibration->bins.size(), g["bins"].size());
  for (std::size_t b = 0; b < a.calibration->bins.size(); ++b) {
    const ConfidenceBin& bin = a.calibration->bins[b];
    EXPECT_EQ(bin.count, g["bins"][b][0].get<std::int64_t>()) << b;
    EXPECT_NEAR(bin.confidence, g["bins"][b][1].get<double>(), 1e-9) << b;
    EXPECT_NEAR(bin.accuracy, g["bins"][b][2].get<double>(), 1e-9) << b;
  }
}

TEST(MetricsGolden, Fractions) {
  const json& g = golden("fractions");
  const auto p = g["predictions"].get<std::vector<float>>(), t = g["targets"].get<std::vector<float>>();
  const Assessment a = assess(TargetKind::kFractions, p, t, static_cast<std::int64_t>(p.size() / 37), 37, 0);
  EXPECT_NEAR(*a.metrics.rmse, g["rmse"].get<double>(), 1e-9);
  expect_near(a.rmse_per_answer, g["rmse_per_answer"], "RMSE of answer ");
  expect_near(a.metrics.question_accuracy, g["question_accuracy"], "accuracy of question ");
  expect_near(a.question_accuracy_legacy, g["question_accuracy_legacy"], "legacy accuracy of question ");
  EXPECT_EQ(a.question_accuracy_legacy[1], 1) << "of two answers only one is looked at";
}

void expect_questions(const Assessment& a, const json& theirs) {
  ASSERT_EQ(a.questions.size(), 11U);
  for (std::size_t q = 0; q < a.questions.size(); ++q) {
    EXPECT_EQ(a.questions[q].asked, theirs["asked"][q].get<std::int64_t>()) << q;
    EXPECT_NEAR(a.questions[q].log_loss, theirs["log_loss"][q].get<double>(), 1e-9) << q;
    EXPECT_NEAR(a.questions[q].calibration_error, theirs["calibration_error"][q].get<double>(), 1e-9) << q;
  }
  EXPECT_NEAR(*a.log_loss, theirs["all_log_loss"].get<double>(), 1e-9);
  EXPECT_NEAR(a.calibration->error, theirs["all_calibration_error"].get<double>(), 1e-9);
}

TEST(MetricsGolden, QuestionsOfTheTree) {
  const json& g = golden("fractions");
  const auto p = g["predictions"].get<std::vector<float>>(), t = g["targets"].get<std::vector<float>>(),
             votes = g["votes"].get<std::vector<float>>();
  const auto n = static_cast<std::int64_t>(p.size() / 37);
  expect_questions(assess(TargetKind::kFractions, p, t, n, 37, 0), g["questions"]);
  expect_questions(assess(TargetKind::kVotes, p, votes, n, 37, 0), g["questions_by_votes"]);
}

}  // namespace
}  // namespace pinwheel
