#include "report/axis.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

namespace pinwheel::report {
namespace {

TEST(LinearAxis, CoversItsRangeWithFewNiceTicks) {
  for (const auto& [low, high] : {std::pair{0.0, 1.0},
                                  {0.013, 0.0187},
                                  {-3.0, 17.0},
                                  {1e-9, 3e-9},
                                  {0.0, 61578.0},
                                  {5.0, 5.0},
                                  {0.0, 0.0},
                                  {-2e6, -1e6},
                                  {9.0, 2.0}}) {
    const Axis axis = linear_axis(low, high);
    EXPECT_LE(axis.low, std::min(low, high)) << low << ' ' << high;
    EXPECT_GE(axis.high, std::max(low, high)) << low << ' ' << high;
    EXPECT_GE(axis.ticks.size(), 2U);
    EXPECT_LE(axis.ticks.size(), 9U) << low << ' ' << high;
    const double step = axis.ticks[1] - axis.ticks[0];
    const double lead = step / std::pow(10.0, std::floor(std::log10(step) + 1e-9));
    EXPECT_TRUE(std::abs(lead - 1) < 1e-6 || std::abs(lead - 2) < 1e-6 || std::abs(lead - 5) < 1e-6) << step;
    const std::set<std::string> distinct(axis.labels.begin(), axis.labels.end());
    EXPECT_EQ(distinct.size(), axis.labels.size()) << low << ' ' << high;
  }
}

TEST(LinearAxis, PlacesItsEnds) {
  const Axis axis = linear_axis(0, 10);
  EXPECT_DOUBLE_EQ(axis.place(axis.low), 0);
  EXPECT_DOUBLE_EQ(axis.place(axis.high), 1);
  EXPECT_DOUBLE_EQ(axis.place(5), 0.5);
}

TEST(LogAxis, HasDecadesAndFivesWhereThereIsRoom) {
  const Axis few = log_axis(0.01, 2);
  EXPECT_EQ(few.labels, (std::vector<std::string>{"0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1", "2"}));
  const Axis many = log_axis(1e-6, 1e3);
  EXPECT_EQ(many.ticks.size(), 10U);
  EXPECT_NEAR(many.place(1e-6), 0, 1e-12);
  EXPECT_NEAR(many.place(1e3), 1, 1e-12);
}

TEST(TickLabel, HasTheDecimalsOfItsStep) {
  EXPECT_EQ(tick_label(0.15, 0.05), "0.15");
  EXPECT_EQ(tick_label(0.1, 0.05), "0.10");
  EXPECT_EQ(tick_label(20000, 5000), "20,000");
  EXPECT_EQ(tick_label(1234567, 1), "1,234,567");
  EXPECT_EQ(tick_label(-15000, 5000), "-15,000");
  EXPECT_EQ(tick_label(2e-7, 1e-7), "2e-07");
}

TEST(HumanNumber, HasSignificantDigits) {
  EXPECT_EQ(human_number(0.017912), "0.0179");
  EXPECT_EQ(human_number(12.44), "12.4");
  EXPECT_EQ(human_number(61578), "61,578");
  EXPECT_EQ(human_number(12), "12");
  EXPECT_EQ(human_number(0), "0");
  EXPECT_EQ(human_number(std::numeric_limits<double>::quiet_NaN()), "–");
  EXPECT_EQ(percent(0.7416), "74.2\u00a0%");
}

}  // namespace
}  // namespace pinwheel::report
