// What is decided by sizes alone, the same for every instruction set.
#include "kernels/kernels.h"

namespace pinwheel::kernels {
namespace {

constexpr std::int64_t kLeastChannels = 8;  // of input and output
constexpr std::int64_t kLeastTiles = 16;    // the filters' transform must pay
constexpr double kTransform = 4;   // what transforming a channel of a tile costs, in products for each of its points
constexpr double kMostCost = 0.7;  // of that of the products that define a convolution

std::int64_t tiles_of(const ConvDims& d, std::int64_t side) {
  const std::int64_t out_h = side - d.kh + 1, out_w = side - d.kw + 1;
  return ((d.oh + out_h - 1) / out_h) * ((d.ow + out_w - 1) / out_w);
}

// Of an image, in products. Tiles that reach beyond it cost as much as others.
double cost_of(const ConvDims& d, std::int64_t side) {
  const auto c = static_cast<double>(d.c), o = static_cast<double>(d.o);
  return static_cast<double>(tiles_of(d, side) * side * side) * (c * o + kTransform * (c + o));
}

}  // namespace

int best_tile_side(const ConvDims& d) {
  if (d.kh != d.kw || d.kh < 3 || d.kh > 5 || d.sh != 1 || d.sw != 1 || d.groups != 1) return 0;
  if (d.ph >= d.kh || d.pw >= d.kw || d.c < kLeastChannels || d.o < kLeastChannels) return 0;
  double least = kMostCost * static_cast<double>(d.oh * d.ow * d.o) * static_cast<double>(d.kh * d.kw * d.c);
  int best = 0;
  for (const int side : {4, 6}) {
    if (side == 4 && d.kh != 3) continue;
    const double cost = cost_of(d, side);
    if (cost >= least) continue;
    least = cost;
    best = side;
  }
  return best;
}

int tile_side(const ConvDims& d) {
  const int side = best_tile_side(d);
  return side != 0 && d.n * tiles_of(d, side) >= kLeastTiles ? side : 0;
}

}  // namespace pinwheel::kernels
