// What is decided by sizes alone, the same for every instruction set.
#include "kernels/kernels.h"

namespace pinwheel::kernels {
namespace {

constexpr std::int64_t kLeastChannels = 16;  // of input and output: the tiles' transforms must pay
constexpr std::int64_t kLeastTiles = 48;     // the filters' transform must

}  // namespace

bool saves_products(const ConvDims& d) {
  if (d.kh != 3 || d.kw != 3 || d.sh != 1 || d.sw != 1 || d.groups != 1) return false;
  if (d.ph > 2 || d.pw > 2 || d.c < kLeastChannels || d.o < kLeastChannels) return false;
  const std::int64_t tiles = ((d.oh + 1) / 2) * ((d.ow + 1) / 2);  // of 2x2 outputs, 16 products instead of 36
  // Tiles that reach beyond the image cost as much as others; a third of the products must still be saved.
  return d.n * tiles >= kLeastTiles && 24 * tiles <= 9 * d.oh * d.ow;
}

}  // namespace pinwheel::kernels
