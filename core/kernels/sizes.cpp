// What is decided by sizes alone, the same for every instruction set.
#include <algorithm>

#include "kernels/kernels.h"

namespace pinwheel::kernels {
namespace {

// In products: what transforming a channel of a tile costs for each of its points, and fetching or transforming a
// filter for each of its.
constexpr double kTransform = 4, kFilter = 2;
constexpr double kMostCost = 0.7;  // of that of the products that define a convolution

double direct_cost(const ConvDims& d) {
  const auto pixels = static_cast<double>(d.n * d.oh * d.ow), filter = static_cast<double>(d.kh * d.kw * d.c * d.o);
  return (pixels + kFilter) * filter;
}

// Tiles that reach beyond the image cost as much as others.
double tiled_cost(const ConvDims& d, std::int64_t side) {
  const std::int64_t out_h = side - d.kh + 1, out_w = side - d.kw + 1;
  const auto tiles = static_cast<double>(d.n * ((d.oh + out_h - 1) / out_h) * ((d.ow + out_w - 1) / out_w));
  const auto c = static_cast<double>(d.c), o = static_cast<double>(d.o), points = static_cast<double>(side * side);
  return points * (tiles * (c * o + kTransform * (c + o)) + kFilter * c * o);
}

}  // namespace

int tile_side(const ConvDims& d) {
  if (d.kh != d.kw || d.kh < 3 || d.kh > 5 || d.sh != 1 || d.sw != 1 || d.groups != 1) return 0;
  if (d.ph >= d.kh || d.pw >= d.kw || d.c < kLeastTiledChannels || d.o < kLeastTiledChannels) return 0;
  double least = kMostCost * direct_cost(d);
  int best = 0;
  for (const int side : {4, 6}) {
    if (side == 4 && d.kh != 3) continue;
    const double cost = tiled_cost(d, side);
    if (cost >= least) continue;
    least = cost;
    best = side;
  }
  return best;
}

std::int64_t conv2d_lines_together(const ConvDims& d) {
  ConvDims one = d;
  one.n = 1;
  const int side = tile_side(one);
  return side == 0 ? 1 : side - d.kh + 1;
}

LinesSeen lines_seen(const Lines& out, std::int64_t h, std::int64_t kernel, std::int64_t stride, std::int64_t padding) {
  const std::int64_t first = out.begin * stride - padding, begin = std::max(std::int64_t{0}, first);
  return {{begin, std::min(h, (out.end - 1) * stride - padding + kernel)}, begin - first};
}

}  // namespace pinwheel::kernels
