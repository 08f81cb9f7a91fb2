#include "data/frame.h"

#include <algorithm>
#include <cmath>

#include "image/preprocess.h"

namespace pinwheel {
namespace {

std::uint8_t border_median(const Image& image, std::int64_t channel) {
  std::vector<std::uint8_t> values;
  for (std::int64_t y = 0; y < image.height; ++y) {
    const bool edge_row = y == 0 || y == image.height - 1;
    const std::int64_t step = edge_row ? 1 : std::max<std::int64_t>(image.width - 1, 1);
    for (std::int64_t x = 0; x < image.width; x += step) values.push_back(image.at(y, x)[channel]);
  }
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::int64_t scaled(std::int64_t side, double scale) {
  return std::max<std::int64_t>(1, std::llround(static_cast<double>(side) * scale));
}

}  // namespace

Image shrink_onto_sky(const Image& image, double scale) {
  const Image small =
      resize(image, scaled(image.height, scale), scaled(image.width, scale), Resampler::kBilinearAntialias);
  Image canvas{image.height, image.width, image.channels, std::vector<std::uint8_t>(image.pixels.size())};
  for (std::int64_t c = 0; c < image.channels; ++c) {
    const std::uint8_t sky = border_median(image, c);
    for (std::size_t i = static_cast<std::size_t>(c); i < canvas.pixels.size();
         i += static_cast<std::size_t>(image.channels)) {
      canvas.pixels[i] = sky;
    }
  }
  const std::int64_t top = (image.height - small.height) / 2, left = (image.width - small.width) / 2;
  for (std::int64_t y = 0; y < small.height; ++y) {
    std::copy_n(small.at(y, 0), small.width * small.channels, canvas.at(top + y, left));
  }
  return canvas;
}

}  // namespace pinwheel
