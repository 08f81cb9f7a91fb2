// Pictures as people have them: 8 bits a channel, grey or RGB, rows from the top.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace pinwheel {

struct Image {
  std::int64_t height = 0, width = 0, channels = 0;  // channels: 1 grey or 3 RGB
  std::vector<std::uint8_t> pixels;                  // [H,W,C]

  const std::uint8_t* at(std::int64_t y, std::int64_t x) const { return &pixels[(y * width + x) * channels]; }
  std::uint8_t* at(std::int64_t y, std::int64_t x) { return &pixels[(y * width + x) * channels]; }
};

struct ImageLimits {
  std::int64_t max_side = 16384;
  std::int64_t max_pixels = 64'000'000;  // 192 MB decoded: what a phone's tab survives
};

// JPEG or PNG bytes → pixels. Grey stays grey (1 channel), 16-bit becomes 8, palette becomes RGB, alpha is laid over
// black (the sky), CMYK JPEG becomes RGB. Throws Error: kBadFile (empty, truncated, not an image: says which),
// kTooLarge (says the size and the limit; decided from the header before any pixel is decoded), kUnsupported. `name` is
// the file's name, for messages only.
Image decode_image(std::span<const std::uint8_t> bytes, const std::string& name, const ImageLimits& limits = {});

std::vector<std::uint8_t> encode_png(const Image& image);
std::vector<std::uint8_t> encode_jpeg(const Image& image, int quality = 92);

}  // namespace pinwheel
