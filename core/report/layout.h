// What all charts share on the sheet: margins, the heading, the legend. Internal to report.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "report/charts.h"
#include "report/style.h"
#include "report/svg.h"

namespace pinwheel::report {

inline constexpr double kMargin = 28, kSheetWidth = 760, kLineHeight = 17;

// Height that the heading takes, from the top of the sheet to where the chart may start.
double heading_height(const Heading& heading, double width);
void draw_heading(Svg& svg, const Heading& heading, double width);

// Lines one below the other, the first with its baseline at `at`.
void draw_lines(Svg& svg, Point at, std::span<const std::string> lines, std::string_view classes,
                double spacing = kLineHeight);

struct LegendEntry {
  std::string name;
  int look = 0;
  bool is_line = false;
};
// Entries from left to right, in as many rows as they need; returns the height used.
double legend_height(std::span<const LegendEntry> entries, double width);
void draw_legend(Svg& svg, std::span<const LegendEntry> entries, double top, double width);

}  // namespace pinwheel::report
