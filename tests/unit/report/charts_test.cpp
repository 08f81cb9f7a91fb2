// Each chart says what its data says, is well-formed, and survives data of any size or none.
#include "report/charts.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "support/xml_check.h"

namespace pinwheel::report {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

int count(const std::string& text, const std::string& what) {
  int n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

template <typename Chart>
std::string sound(const Chart& chart) {
  std::string document = draw(chart, Theme::kDark);
  EXPECT_EQ(test::xml_problem(document), "");
  EXPECT_EQ(test::xml_problem(draw(chart, Theme::kLight)), "");
  EXPECT_EQ(document.find("nan"), std::string::npos);
  EXPECT_EQ(document.find("inf"), std::string::npos);
  return document;
}

TEST(LineChart, HasALineAndAPointForEachValue) {
  LineChart chart{{"Loss", "run"}, "epochs", "loss", {}, false};
  chart.series.push_back({"training", {{1, 0.5}, {2, 0.25}, {3, kNaN}, {4, 0.2}}, false, -1});
  chart.series.push_back({"validation", {{1, 0.6}, {2, 0.5}}, false, -1});
  const std::string document = sound(chart);
  EXPECT_EQ(count(document, "<polyline"), 2);
  EXPECT_EQ(count(document, "<circle"), 5);
  EXPECT_NE(document.find("training: 0.2500 at 2"), std::string::npos);
  EXPECT_NE(document.find(">epochs<"), std::string::npos);
}

TEST(LineChart, HigherValuesStandHigher) {
  LineChart chart{{"Accuracy", ""}, "epochs", "accuracy", {{"a", {{0, 0}, {1, 1}}, false, -1}}, true};
  const std::string document = sound(chart);
  const std::size_t at = document.find("<polyline class=\"line0\" points=\"");
  ASSERT_NE(at, std::string::npos);
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  ASSERT_EQ(
      std::sscanf(document.c_str() + at, "<polyline class=\"line0\" points=\"%lf,%lf %lf,%lf", &x0, &y0, &x1, &y1), 4);
  EXPECT_GT(y0, y1);
  EXPECT_LT(x0, x1);
  EXPECT_NEAR(y0 - y1, 300, 1e-6);  // 0 to 100 % is the whole plot
}

TEST(LineChart, AHundredThousandStepsStaySmall) {
  Series steps{"steps", {}, true, -1};
  for (int i = 0; i < 100'000; ++i) steps.points.push_back({i / 1000.0, 1.0 / (1 + i % 7)});
  const std::string document = sound(LineChart{{"Loss", ""}, "epochs", "loss", {steps}, false});
  EXPECT_LT(document.size(), 60'000U);
  EXPECT_EQ(count(document, "<polygon"), 1);
}

TEST(LineChart, DrawsNothingWithoutFalling) {
  sound(LineChart{});
  sound(LineChart{{"x", ""}, "", "", {{"empty", {}, false, -1}, {"blank", {{kNaN, 1}}, false, -1}}, false});
  sound(LineChart{
      {"x", ""}, "", "", {{"huge", {{-1e308, 1e308}, {1e308, -1e308}, {1, 1e29}, {2, -1e-29}}, false, -1}}, false});
  sound(LineChart{{"x", ""}, "", "", {{"one", {{3, 3}}, true, -1}}, false});
}

TEST(BarChart, NamesWhatNobodyWasAsked) {
  const BarChart chart{
      {"Questions", ""}, {"training", "validation"}, {{"How many arms?", "12 galaxies", {0.75, kNaN}}}, "x"};
  const std::string document = sound(chart);
  EXPECT_NE(document.find(">75.0\u00a0%<"), std::string::npos);
  EXPECT_NE(document.find(">none<"), std::string::npos);
  EXPECT_NE(document.find("training: 75.0\u00a0%"), std::string::npos);
}

TEST(ConfusionChart, ShowsCountsRecallAndPrecision) {
  const Confusion chart{{"Confusion", ""}, {"smooth", "spiral & bar"}, {{8, 2}, {1, 4}}};
  const std::string document = sound(chart);
  EXPECT_NE(document.find("smooth taken for spiral &amp; bar: 2, 20.0\u00a0%"), std::string::npos);
  EXPECT_EQ(count(document, "80.0\u00a0%"), 6);                // 8/10 and 4/5: tooltip, cell and recall of both
  EXPECT_NE(document.find("88.9\u00a0%"), std::string::npos);  // precision 8/9
  EXPECT_EQ(count(document, "on-high label"), 2);
}

TEST(ConfusionChart, FitsAnyNumberOfClasses) {
  for (const std::size_t n : {0U, 1U, 10U, 37U}) {
    Confusion chart{{"c", ""}, std::vector<std::string>(n, "a_rather_long_class_name_indeed"), {}};
    chart.counts.assign(n, std::vector<std::int64_t>(n, 0));
    sound(chart);
  }
}

TEST(ReliabilityChart, HasADotForEachFullBin) {
  const Reliability chart{{"r", ""}, "said", "was", {{0.1, 0.2, 10}, {0.5, 0.5, 0}, {0.9, 0.8, 40}}};
  const std::string document = sound(chart);
  EXPECT_EQ(count(document, "<circle"), 2);
  EXPECT_NE(document.find("said 90.0\u00a0%, came true 80.0\u00a0%, 40 answers"), std::string::npos);
}

TEST(PictureGridChart, ShowsEveryPictureWithItsWords) {
  const Image pixel{1, 2, 1, {7, 8}};
  PictureGrid grid{{"g", ""}, {{"row", "detail", {{pixel, "one", "a"}, {pixel, "two", "b"}}}, {"", "", {}}}, 132};
  const std::string document = sound(grid);
  EXPECT_EQ(count(document, "<image"), 2);
  EXPECT_NE(document.find(">two<"), std::string::npos);
}

TEST(TableChart, MarksTheBest) {
  const Table table{{"t", ""}, {"run", "accuracy"}, {{"a", "50 %"}, {"b", "60 %"}, {"c", ""}}, {{1, 1}}};
  const std::string document = sound(table);
  EXPECT_NE(document.find(">★ 60 %<"), std::string::npos);
  EXPECT_NE(document.find(">50 %<"), std::string::npos);
  EXPECT_NE(document.find(">–<"), std::string::npos);
}

TEST(VoteChartDrawing, SaysPredictedAndTrue) {
  VoteChart chart;
  chart.heading.title = "galaxy 7";
  chart.image = {1, 1, 3, {1, 2, 3}};
  chart.mark_words = "truth";
  chart.questions = {{"Is it odd?", 1, 1, {{"yes", 0.25, 0.5}, {"no", 0.75, -1}}}};
  const std::string document = sound(chart);
  EXPECT_NE(document.find("25.0\u00a0%  ·  50.0\u00a0%"), std::string::npos);
  EXPECT_EQ(count(document, "class=\"mark\""), 2);  // one answer and the key
}

TEST(Wrap, BreaksLongNamesAndLosesNothing) {
  const auto lines = wrap("completely_round_smooth", kSmallSize, 70);
  EXPECT_GT(lines.size(), 1U);
  std::string joined;
  for (const auto& line : lines) {
    joined += line;
    EXPECT_LE(text_width(line, kSmallSize), 75);
  }
  EXPECT_EQ(joined, "completely_round_smooth");
  std::string unbroken;
  for (const auto& line : wrap(std::string(200, 'x'), kSmallSize, 70)) unbroken += line;
  EXPECT_EQ(unbroken, std::string(200, 'x'));
  EXPECT_EQ(wrap("a b c d e f g h i j k l", kSmallSize, 30, 2).size(), 2U);
  EXPECT_TRUE(wrap("one two three four", kSmallSize, 40, 1).front().ends_with("…"));
  EXPECT_EQ(wrap("", kSmallSize, 30), std::vector<std::string>{""});
}

}  // namespace
}  // namespace pinwheel::report
