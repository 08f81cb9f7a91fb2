// Does what it says come true: said against seen, with the diagonal of a perfect judge.
#include <algorithm>
#include <cmath>

#include "report/axis.h"
#include "report/charts.h"
#include "report/layout.h"

namespace pinwheel::report {
namespace {
constexpr double kSide = 420;
}

std::string draw(const Reliability& reliability, Theme theme) {
  const double top = heading_height(reliability.heading, kSheetWidth) + 28, left = kMargin + 56;
  Svg svg(kSheetWidth, top + kSide + 58, reliability.heading.title, style_sheet(theme));
  draw_heading(svg, reliability.heading, kSheetWidth);
  const Axis axis = percent_axis();
  for (std::size_t i = 0; i < axis.ticks.size(); ++i) {
    const double at = axis.place(axis.ticks[i]) * kSide;
    svg.line({left, top + kSide - at}, {left + kSide, top + kSide - at}, "rule");
    svg.text({left - 8, top + kSide - at + 4}, axis.labels[i], "soft small end");
    svg.text({left + at, top + kSide + 20}, axis.labels[i], "soft small middle");
  }
  svg.text({left + kSide, top + kSide + 42}, reliability.x_label, "soft label end");
  svg.text({kMargin, top - 12}, reliability.y_label, "soft label");
  svg.line({left, top + kSide}, {left + kSide, top}, "axis");
  double fullest = 0;
  std::vector<Point> line;
  for (const ReliabilityBin& bin : reliability.bins) {
    if (!(bin.weight > 0)) continue;
    fullest = std::max(fullest, bin.weight);
    line.push_back({left + bin.said * kSide, top + (1 - bin.was) * kSide});
  }
  svg.polyline(line, "line0");
  std::size_t dot = 0;
  for (const ReliabilityBin& bin : reliability.bins) {
    if (!(bin.weight > 0)) continue;
    svg.circle(line[dot++], 3 + 9 * std::sqrt(bin.weight / fullest), "fill0",
               "said " + percent(bin.said) + ", came true " + percent(bin.was) + ", " + human_number(bin.weight, 4) +
                   " answers");
  }
  const std::vector<std::string> notes = wrap(
      "On the line, 70 % means seven in ten. Below it the model is too sure, above it too modest. "
      "A dot is as large as its share of the answers.",
      kLabelSize, kSheetWidth - 2 * kMargin - kSide - 80);
  draw_lines(svg, {left + kSide + 28, top + 12}, notes, "soft label");
  return std::move(svg).finish();
}

}  // namespace pinwheel::report
