// Small helpers for showing pictures. Internal to report.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "image/preprocess.h"

namespace pinwheel::report {

// Nothing larger than a page can show goes into a file.
inline Image thumbnail(const Image& image, std::int64_t most = 424) {
  const std::int64_t larger = std::max(image.height, image.width);
  if (larger <= most) return image;
  const auto scaled = [&](std::int64_t side) { return std::max<std::int64_t>(1, side * most / larger); };
  return resize(image, scaled(image.height), scaled(image.width), Resampler::kArea);
}

// A file's name without folders and extension, as people know a galaxy.
inline std::string stem(std::string_view id) {
  id.remove_prefix(std::min(id.size(), id.rfind('/') + 1));
  return std::string(id.substr(0, std::min(id.size(), id.rfind('.'))));
}

// Safe in any file system and in a link: letters, digits, '-', '_' and '.' stay, all else becomes '-'.
inline std::string file_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    out += plain ? c : '-';
  }
  return out;
}

}  // namespace pinwheel::report
