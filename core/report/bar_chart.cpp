// Shares as horizontal bars in groups: a name at the left, the number behind each bar.
#include <algorithm>
#include <cmath>

#include "report/axis.h"
#include "report/charts.h"
#include "report/layout.h"

namespace pinwheel::report {
namespace {

constexpr double kNameWidth = 290, kBar = 13, kBetweenBars = 3, kBetweenGroups = 15, kNumberRoom = 62;

struct Laid {
  std::vector<std::string> name;
  double height = 0;
};

Laid lay(const BarGroup& group) {
  Laid laid{wrap(group.name, kLabelSize, kNameWidth - 18), 0};
  const double text = kLineHeight * static_cast<double>(laid.name.size() + (group.note.empty() ? 0 : 1));
  const double bars = (kBar + kBetweenBars) * static_cast<double>(group.values.size());
  laid.height = std::max(text, bars) + kBetweenGroups;
  return laid;
}

void draw_group(Svg& svg, const BarChart& chart, const BarGroup& group, const Laid& laid, double top) {
  draw_lines(svg, {kMargin, top + 11}, laid.name, "ink label");
  svg.text({kMargin, top + 11 + kLineHeight * static_cast<double>(laid.name.size())}, group.note, "soft small");
  const double left = kMargin + kNameWidth, width = kSheetWidth - kMargin - kNumberRoom - left;
  for (std::size_t i = 0; i < group.values.size(); ++i) {
    const double y = top + (kBar + kBetweenBars) * static_cast<double>(i), value = group.values[i];
    const bool known = std::isfinite(value);
    const std::string part = i < chart.parts.size() ? chart.parts[i] + ": " : std::string();
    if (known) {
      svg.rect({left, y, std::max(1.0, width * std::clamp(value, 0.0, 1.0)), kBar},
               "fill" + std::to_string(i % kSeriesLooks), part + percent(value));
    }
    svg.text({left + (known ? width * std::clamp(value, 0.0, 1.0) : 0) + 7, y + kBar - 2.5},
             known ? percent(value) : "none", "ink small");
  }
}

void draw_scale(Svg& svg, const BarChart& chart, double top, double bottom) {
  const double left = kMargin + kNameWidth, width = kSheetWidth - kMargin - kNumberRoom - left;
  const Axis axis = percent_axis();
  for (std::size_t i = 0; i < axis.ticks.size(); ++i) {
    const double x = left + axis.place(axis.ticks[i]) * width;
    svg.line({x, top}, {x, bottom}, "rule");
    svg.text({x, bottom + 18}, axis.labels[i], "soft small middle");
  }
  svg.text({left + width, bottom + 40}, chart.x_label, "soft label end");
}

}  // namespace

std::string draw(const BarChart& chart, Theme theme) {
  std::vector<LegendEntry> legend;
  if (chart.parts.size() > 1) {
    for (std::size_t i = 0; i < chart.parts.size(); ++i) legend.push_back({chart.parts[i], static_cast<int>(i), false});
  }
  const double top = heading_height(chart.heading, kSheetWidth);
  const double first = top + legend_height(legend, kSheetWidth) + 12;
  std::vector<Laid> laid;
  double bottom = first;
  for (const BarGroup& group : chart.groups) bottom += laid.emplace_back(lay(group)).height;
  Svg svg(kSheetWidth, bottom + 40 + kMargin, chart.heading.title, style_sheet(theme));
  draw_heading(svg, chart.heading, kSheetWidth);
  draw_legend(svg, legend, top, kSheetWidth);
  draw_scale(svg, chart, first - 8, bottom);
  double y = first;
  for (std::size_t i = 0; i < laid.size(); ++i) {
    draw_group(svg, chart, chart.groups[i], laid[i], y);
    y += laid[i].height;
  }
  return std::move(svg).finish();
}

}  // namespace pinwheel::report
