// Pictures in rows with words below them: pipelines, augmented views, activation maps, contact sheets.
#include <algorithm>

#include "report/charts.h"
#include "report/layout.h"

namespace pinwheel::report {
namespace {

constexpr double kNameWidth = 128, kGap = 12, kCaptionLine = 15, kBelowRow = 16, kBelowHeading = 10,
                 kStrong = 1.12;  // strong letters are wider

struct LaidTile {
  std::vector<std::string> caption, detail;
  double width = 0, height = 0;
};
struct LaidRow {
  std::vector<std::string> name, detail;
  std::vector<LaidTile> tiles;
  double height = 0;
};

LaidTile lay(const Tile& tile, double side) {
  const auto larger = static_cast<double>(std::max(tile.image.width, tile.image.height));
  LaidTile laid;
  laid.width = side * static_cast<double>(tile.image.width) / larger;
  laid.height = side * static_cast<double>(tile.image.height) / larger;
  if (!tile.caption.empty()) laid.caption = wrap(tile.caption, kSmallSize, side, 3);
  if (!tile.detail.empty()) laid.detail = wrap(tile.detail, kSmallSize, side, 5);
  return laid;
}

LaidRow lay_heading(const PictureRow& row, double width) {
  LaidRow laid;
  laid.name = wrap(row.name, kLabelSize * kStrong, width, 3);
  laid.height = kLineHeight * static_cast<double>(laid.name.size()) + kBelowHeading;
  return laid;
}

LaidRow lay(const PictureRow& row, double side) {
  LaidRow laid;
  if (!row.name.empty()) laid.name = wrap(row.name, kLabelSize, kNameWidth - 14, 4);
  if (!row.detail.empty()) laid.detail = wrap(row.detail, kSmallSize, kNameWidth - 14, 5);
  double below = 0, tallest = 0;
  for (const Tile& tile : row.tiles) {
    const LaidTile& one = laid.tiles.emplace_back(lay(tile, side));
    below = std::max(below, kCaptionLine * static_cast<double>(one.caption.size() + one.detail.size()));
    tallest = std::max(tallest, one.height);
  }
  const double names =
      kLineHeight * static_cast<double>(laid.name.size()) + kCaptionLine * static_cast<double>(laid.detail.size());
  laid.height = std::max(tallest + (below > 0 ? below + 6 : 0), names) + kBelowRow;
  return laid;
}

double side_of(const PictureGrid& grid, const PictureRow& row) { return row.tile > 0 ? row.tile : grid.tile; }
bool is_heading(const PictureRow& row) { return row.tiles.empty(); }

void draw_tile(Svg& svg, const Tile& tile, const LaidTile& laid, Point at) {
  svg.image({at.x, at.y, laid.width, laid.height}, tile.image,
            tile.caption + (tile.detail.empty() ? "" : ": ") + tile.detail);
  const double below = at.y + laid.height + 15;
  draw_lines(svg, {at.x, below}, laid.caption, "ink small", kCaptionLine);
  draw_lines(svg, {at.x, below + kCaptionLine * static_cast<double>(laid.caption.size())}, laid.detail, "soft small",
             kCaptionLine);
}

}  // namespace

std::string draw(const PictureGrid& grid, Theme theme) {
  bool named = false;
  for (const PictureRow& row : grid.rows) named = named || (!is_heading(row) && !row.name.empty());
  const double left = kMargin + (named ? kNameWidth : 0);
  double width = kSheetWidth;
  for (const PictureRow& row : grid.rows) {
    width =
        std::max(width, left + (side_of(grid, row) + kGap) * static_cast<double>(row.tiles.size()) - kGap + kMargin);
  }
  std::vector<LaidRow> rows;
  double height = 0;
  for (const PictureRow& row : grid.rows) {
    rows.push_back(is_heading(row) ? lay_heading(row, width - 2 * kMargin) : lay(row, side_of(grid, row)));
    height += rows.back().height;
  }
  const double top = heading_height(grid.heading, width) + 6;
  Svg svg(width, top + height + kMargin - kBelowRow, grid.heading.title, style_sheet(theme));
  draw_heading(svg, grid.heading, width);
  double y = top;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const PictureRow& row = grid.rows[r];
    draw_lines(svg, {kMargin, y + 14}, rows[r].name, is_heading(row) ? "ink label strong" : "ink label");
    draw_lines(svg, {kMargin, y + 14 + kLineHeight * static_cast<double>(rows[r].name.size())}, rows[r].detail,
               "soft small", kCaptionLine);
    for (std::size_t i = 0; i < rows[r].tiles.size(); ++i) {
      draw_tile(svg, row.tiles[i], rows[r].tiles[i], {left + (side_of(grid, row) + kGap) * static_cast<double>(i), y});
    }
    y += rows[r].height;
  }
  return std::move(svg).finish();
}

}  // namespace pinwheel::report
