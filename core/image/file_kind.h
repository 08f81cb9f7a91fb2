// What a file is, told from its bytes and never from its name; and the two checks that a picture must pass before any
// of its pixels are decoded: its size, and that it is all there. Decodes nothing.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "image/image.h"

namespace pinwheel {

using Bytes = std::span<const std::uint8_t>;

bool starts_like_jpeg(Bytes bytes);
bool starts_like_png(Bytes bytes);
// "a web page", "a FITS file", "a GIF picture" …; empty when nothing is recognised.
std::string looks_like(Bytes bytes);

struct PictureHeader {
  std::int64_t height = 0, width = 0;
};
// Read the whole structure of the file (segments, chunks, compressed length) and throw the Error of decode_image. After
// them a decoder can meet wrong pixels, but neither a missing end nor a size beyond the limits.
PictureHeader check_jpeg(Bytes bytes, const std::string& name, const ImageLimits& limits);
PictureHeader check_png(Bytes bytes, const std::string& name, const ImageLimits& limits);

// Shared by both: the Error for a picture beyond the limits, for one that stops early, and for one that is not sound.
void check_limits(std::int64_t height, std::int64_t width, const std::string& name, const ImageLimits& limits);
[[noreturn]] void throw_cut_off(Bytes bytes, const std::string& name);
[[noreturn]] void throw_damaged(const std::string& name, const std::string& what);

// "812 bytes", "3 kB", "2.1 MB".
std::string size_text(std::uint64_t bytes);

}  // namespace pinwheel
