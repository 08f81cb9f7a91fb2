#include "report/layout.h"

#include <algorithm>

namespace pinwheel::report {
namespace {

constexpr double kTitleLine = 25, kSwatch = 22, kGap = 22, kBelow = 10;

std::vector<std::string> title_lines(const Heading& heading, double width) {
  return wrap(heading.title, kTitleSize, width - 2 * kMargin, 3);
}
std::vector<std::string> note_lines(const Heading& heading, double width) {
  if (heading.note.empty()) return {};
  return wrap(heading.note, kLabelSize, width - 2 * kMargin, 4);
}

struct Placed {
  const LegendEntry* entry;
  double x;
  int row;
};

std::vector<Placed> place(std::span<const LegendEntry> entries, double width) {
  std::vector<Placed> placed;
  double x = kMargin;
  int row = 0;
  for (const LegendEntry& entry : entries) {
    const double needed = kSwatch + 8 + text_width(entry.name, kLabelSize);
    if (x > kMargin && x + needed > width - kMargin) {
      x = kMargin;
      ++row;
    }
    placed.push_back({&entry, x, row});
    x += needed + kGap;
  }
  return placed;
}

}  // namespace

double heading_height(const Heading& heading, double width) {
  return kMargin + kTitleLine * static_cast<double>(title_lines(heading, width).size()) +
         kLineHeight * static_cast<double>(note_lines(heading, width).size()) + kBelow;
}

void draw_heading(Svg& svg, const Heading& heading, double width) {
  const auto titles = title_lines(heading, width);
  draw_lines(svg, {kMargin, kMargin + 16}, titles, "ink title", kTitleLine);
  const double below = kMargin + 16 + kTitleLine * static_cast<double>(titles.size());
  draw_lines(svg, {kMargin, below - 4}, note_lines(heading, width), "soft label");
}

void draw_lines(Svg& svg, Point at, std::span<const std::string> lines, std::string_view classes, double spacing) {
  for (const std::string& line : lines) {
    svg.text(at, line, classes);
    at.y += spacing;
  }
}

double legend_height(std::span<const LegendEntry> entries, double width) {
  if (entries.empty()) return 0;
  return 22.0 * (place(entries, width).back().row + 1) + kBelow;
}

void draw_legend(Svg& svg, std::span<const LegendEntry> entries, double top, double width) {
  for (const Placed& p : place(entries, width)) {
    const double y = top + 22.0 * p.row + 10;
    const std::string look = std::to_string(p.entry->look % kSeriesLooks);
    if (p.entry->is_line) {
      svg.line({p.x, y}, {p.x + kSwatch, y}, "line" + look);
    } else {
      svg.rect({p.x, y - 6, kSwatch, 12}, "fill" + look);
    }
    svg.text({p.x + kSwatch + 8, y + 4.5}, p.entry->name, "ink label");
  }
}

}  // namespace pinwheel::report
