// Numbers in columns, aligned at the right; the best of a column is strong and says so by a star as well.
#include <algorithm>

#include "report/charts.h"
#include "report/layout.h"

namespace pinwheel::report {
namespace {

constexpr double kRow = 30, kNameWidth = 190, kGap = 26;

std::string cell_text(const Table& table, std::size_t row, std::size_t column) {
  const std::string& text = table.rows[row][column];
  const bool best = std::find(table.best.begin(), table.best.end(),
                              std::pair(static_cast<int>(row), static_cast<int>(column))) != table.best.end();
  return (best ? "★ " : "") + (text.empty() ? "–" : text);
}

double column_width(const Table& table, std::size_t column) {
  double width = 0;
  for (const auto& line : wrap(table.columns[column], kSmallSize, 84)) {
    width = std::max(width, text_width(line, kSmallSize));
  }
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    width = std::max(width, text_width(cell_text(table, row, column), kLabelSize) * 1.06);
  }
  return width;
}

}  // namespace

std::string draw(const Table& table, Theme theme) {
  std::vector<double> right{kMargin + kNameWidth};
  std::size_t header = 1;
  for (std::size_t c = 1; c < table.columns.size(); ++c) {
    right.push_back(right.back() + kGap + column_width(table, c));
    header = std::max(header, wrap(table.columns[c], kSmallSize, 84).size());
  }
  const double width = std::max(kSheetWidth, right.back() + kMargin);
  const double top = heading_height(table.heading, width) + 15.0 * static_cast<double>(header) + 8;
  Svg svg(width, top + kRow * static_cast<double>(table.rows.size()) + kMargin, table.heading.title,
          style_sheet(theme));
  draw_heading(svg, table.heading, width);
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const auto lines = wrap(table.columns[c], kSmallSize, c == 0 ? kNameWidth : 84);
    const double first = top - 10 - 15.0 * (static_cast<double>(lines.size()) - 1);
    draw_lines(svg, {c == 0 ? kMargin : right[c], first}, lines, c == 0 ? "soft small" : "soft small end", 15);
  }
  svg.line({kMargin, top}, {width - kMargin, top}, "axis");
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const double y = top + kRow * static_cast<double>(row);
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const std::string text = cell_text(table, row, c);
      const std::string strong = text.starts_with("★") ? " strong" : "";
      if (c == 0) {
        svg.text({kMargin, y + 20}, wrap(text, kLabelSize, kNameWidth, 1).front(), "ink label");
      } else {
        svg.text({right[c], y + 20}, text, "ink label end" + strong);
      }
    }
    svg.line({kMargin, y + kRow}, {width - kMargin, y + kRow}, "rule");
  }
  return std::move(svg).finish();
}

}  // namespace pinwheel::report
