// What was taken for what: a matrix whose rows are the truth.
#include <algorithm>
#include <numeric>

#include "report/axis.h"
#include "report/charts.h"
#include "report/layout.h"

namespace pinwheel::report {
namespace {

constexpr double kNameWidth = 150, kMargins = 62, kMostCell = 92, kLeastCell = 40;

double share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// Between .53 and .64 of the cell's colour over the dark sky neither light nor dark letters reach a contrast of 4.5, so
// the scale skips them; the jump says "most of them".
double shade(double part) { return part <= 0.5 ? part * 1.04 : 0.64 + (part - 0.5) * 0.72; }

std::int64_t row_sum(const Confusion& c, std::size_t row) {
  return std::accumulate(c.counts[row].begin(), c.counts[row].end(), std::int64_t{0});
}
std::int64_t column_sum(const Confusion& c, std::size_t column) {
  std::int64_t sum = 0;
  for (const auto& row : c.counts) sum += row[column];
  return sum;
}

struct Grid {
  double left = kMargin + kNameWidth, top = 0, cell = 0;
  double x(std::size_t column) const { return left + cell * static_cast<double>(column); }
  double y(std::size_t row) const { return top + cell * static_cast<double>(row); }
};

void draw_cell(Svg& svg, const Confusion& c, const Grid& grid, std::size_t row, std::size_t column) {
  const std::int64_t count = c.counts[row][column];
  const double part = share(count, row_sum(c, row));
  const double x = grid.x(column), y = grid.y(row), middle = x + (grid.cell - 2) / 2;
  svg.rect({x, y, grid.cell - 2, grid.cell - 2}, "raised");
  svg.rect({x, y, grid.cell - 2, grid.cell - 2}, "cell",
           c.classes[row] + " taken for " + c.classes[column] + ": " + std::to_string(count) + ", " + percent(part),
           shade(part));
  const std::string ink = part > 0.5 ? "on-high" : "on-low";
  const bool roomy = grid.cell >= 56;
  svg.text({middle, y + grid.cell / 2 + (roomy ? -1 : 4)}, tick_label(static_cast<double>(count), 1),
           ink + " label middle" + (row == column ? " strong" : ""));
  if (roomy) svg.text({middle, y + grid.cell / 2 + 15}, percent(part), ink + " small middle");
}

void draw_names(Svg& svg, const Confusion& c, const Grid& grid) {
  for (std::size_t i = 0; i < c.classes.size(); ++i) {
    const auto across = wrap(spoken(c.classes[i]), kSmallSize, grid.cell - 4, 4);
    const double lines = static_cast<double>(across.size());
    draw_lines(svg, {grid.x(i) + grid.cell / 2, grid.top - 8 - 14 * (lines - 1)}, across, "ink small middle", 14);
    const auto down = wrap(spoken(c.classes[i]), kLabelSize, kNameWidth - 16, 2);
    const double middle = grid.y(i) + grid.cell / 2 + 4;
    draw_lines(svg, {grid.left - 10, middle - kLineHeight / 2 * (static_cast<double>(down.size()) - 1)}, down,
               "ink label end");
  }
}

void draw_rates(Svg& svg, const Confusion& c, const Grid& grid) {
  const std::size_t n = c.classes.size();
  svg.text({grid.x(n) + 10, grid.top - 8}, "recall", "soft small");
  svg.text({grid.left - 10, grid.y(n) + 18}, "precision", "soft small end");
  for (std::size_t i = 0; i < n; ++i) {
    const std::int64_t hits = c.counts[i][i], truth = row_sum(c, i), said = column_sum(c, i);
    svg.text({grid.x(n) + 10, grid.y(i) + grid.cell / 2 + 4}, truth == 0 ? "–" : percent(share(hits, truth)),
             "soft small");
    svg.text({grid.x(i) + grid.cell / 2, grid.y(n) + 18}, said == 0 ? "–" : percent(share(hits, said)),
             "soft small middle");
  }
}

double name_height(const Confusion& c, double cell) {
  std::size_t lines = 1;
  for (const auto& name : c.classes) lines = std::max(lines, wrap(spoken(name), kSmallSize, cell - 4, 4).size());
  return 14.0 * static_cast<double>(lines);
}

}  // namespace

std::string draw(const Confusion& confusion, Theme theme) {
  const auto n = static_cast<double>(std::max<std::size_t>(1, confusion.classes.size()));
  Grid grid;
  grid.cell = std::clamp((kSheetWidth - 2 * kMargin - kNameWidth - kMargins) / n, kLeastCell, kMostCell);
  const double width = std::max(kSheetWidth, grid.left + grid.cell * n + kMargins + kMargin);
  grid.top = heading_height(confusion.heading, width) + 30 + name_height(confusion, grid.cell);
  Svg svg(width, grid.top + grid.cell * n + 34 + kMargin, confusion.heading.title, style_sheet(theme));
  draw_heading(svg, confusion.heading, width);
  svg.text({grid.left, heading_height(confusion.heading, width) + 8}, "predicted →", "soft small");
  svg.text({grid.left - 10, grid.top - 8}, "truth ↓", "soft small end");
  draw_names(svg, confusion, grid);
  for (std::size_t row = 0; row < confusion.classes.size(); ++row) {
    for (std::size_t column = 0; column < confusion.classes.size(); ++column) {
      draw_cell(svg, confusion, grid, row, column);
    }
  }
  draw_rates(svg, confusion, grid);
  return std::move(svg).finish();
}

}  // namespace pinwheel::report
