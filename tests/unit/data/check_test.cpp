// Every finding is found once, with its count and an example, and a clean data set has none.
#include "data/check.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pinwheel {
namespace {

// `counts` examples of each class, no two pictures alike, none blank.
Dataset clean(const std::vector<int>& counts) {
  Dataset data;
  data.extent = Extent::image(2, 2, 1);
  for (std::size_t k = 0; k < counts.size(); ++k) data.outputs.push_back("class " + std::to_string(k));
  for (std::size_t k = 0; k < counts.size(); ++k) {
    for (int i = 0; i < counts[k]; ++i) {
      const auto n = data.ids.size();
      data.ids.push_back("g" + std::to_string(n));
      data.groups.emplace_back();
      const auto low = static_cast<std::uint8_t>(n % 256), high = static_cast<std::uint8_t>(n / 256);
      data.pixels.insert(data.pixels.end(), {low, high, 3, 250});
      for (std::size_t j = 0; j < counts.size(); ++j) data.targets.push_back(j == k ? 1.0F : 0.0F);
    }
  }
  return data;
}

const DataProblem* find(const DataReport& report, Finding finding) {
  const auto found = std::find_if(report.problems.begin(), report.problems.end(),
                                  [&](const DataProblem& problem) { return problem.finding == finding; });
  return found == report.problems.end() ? nullptr : &*found;
}

void paint(Dataset& data, std::int64_t i, const std::vector<std::uint8_t>& pixels) {
  std::copy(pixels.begin(), pixels.end(), data.pixels.begin() + i * data.extent.size());
}

TEST(CheckDataset, ACleanSetHasNoProblems) {
  const DataReport report = check_dataset(clean({20, 30}), {});
  EXPECT_TRUE(report.problems.empty());
  EXPECT_EQ(report.galaxies, 50);
  EXPECT_EQ(report.sums, (std::vector<double>{20, 30}));
}

TEST(CheckDataset, FindsEveryProblem) {
  Dataset data = clean({300, 9, 0, 15});
  std::fill_n(data.targets.begin(), 4, 0.0F);  // g0 has no label
  paint(data, 10, {9, 9, 9, 9});
  paint(data, 21, {1, 2, 3, 4});
  paint(data, 22, {1, 2, 3, 4});
  paint(data, 30, {4, 3, 2, 1});
  paint(data, 310, {4, 3, 2, 1});  // another class
  const DataReport report = check_dataset(data, {{{"cut.jpg", "is cut off"}, {"b.jpg", "is empty"}}, 324});
  const std::vector<std::tuple<Finding, int, std::string>> expected{
      {Finding::kUnusable, 2, "cut.jpg"},    {Finding::kEmptyClass, 1, "class 2"},
      {Finding::kRareClass, 1, "class 1"},   {Finding::kNoLabel, 1, "g0"},
      {Finding::kSameLabel, 1, "g21 = g22"}, {Finding::kContradiction, 1, "g30 = g310"},
      {Finding::kBlankPicture, 1, "g10"},    {Finding::kUnbalanced, 1, "class 1"}};
  ASSERT_EQ(report.problems.size(), expected.size());
  for (const auto& [finding, count, example] : expected) {
    const DataProblem* problem = find(report, finding);
    ASSERT_NE(problem, nullptr) << finding_name(finding);
    EXPECT_EQ(problem->count, count) << finding_name(finding);
    EXPECT_EQ(problem->example, example);
    EXPECT_NE(problem->sentence.find(finding == Finding::kUnbalanced ? "class 0" : example), std::string::npos);
  }
}

TEST(CheckDataset, BlankPicturesAreNoCopiesOfOneAnother) {
  Dataset data = clean({20, 20});
  for (const int i : {3, 4, 25}) paint(data, i, {0, 0, 0, 0});
  const DataReport report = check_dataset(data, {});
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].finding, Finding::kBlankPicture);
  EXPECT_EQ(report.problems[0].count, 3);
}

TEST(CheckDataset, AnswersThatNobodyGaveAreNamed) {
  Dataset data = clean({12, 12, 0});
  data.target_kind = TargetKind::kFractions;
  const DataReport report = check_dataset(data, {});
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].finding, Finding::kEmptyClass);
  EXPECT_NE(report.problems[0].sentence.find("answer"), std::string::npos);
}

}  // namespace
}  // namespace pinwheel
