#include "data/names.h"

#include <algorithm>
#include <array>

namespace pinwheel {
namespace {

template <typename Test>
bool any_part(std::string_view name, Test test) {
  while (!name.empty()) {
    const auto slash = std::min(name.find('/'), name.size());
    if (test(name.substr(0, slash))) return true;
    name.remove_prefix(std::min(slash + 1, name.size()));
  }
  return false;
}

// Length of the UTF-8 sequence at the start of `text`; 0 when there is none (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto first = at(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                             : first >= 0xE0 && first <= 0xEF ? 3
                             : first >= 0xF0 && first <= 0xF4 ? 4
                                                              : 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  const bool too_long = (first == 0xE0 && at(1) < 0xA0) || (first == 0xF0 && at(1) < 0x90);
  const bool not_a_character = (first == 0xED && at(1) > 0x9F) || (first == 0xF4 && at(1) > 0x8F);
  return too_long || not_a_character ? 0 : length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view base_name(std::string_view name) {
  const auto slash = name.rfind('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

std::string_view parent_name(std::string_view name) {
  const auto slash = name.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : base_name(name.substr(0, slash));
}

std::string extension(std::string_view name) {
  const std::string_view base = base_name(name);
  const auto dot = base.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string{} : lower(base.substr(dot + 1));
}

std::string_view without_extension(std::string_view name) {
  // Only a picture's extension: "J010607.17+004633.6" ends in a number, not in a kind of file.
  return is_picture_name(name) ? name.substr(0, name.rfind('.')) : name;
}

bool is_picture_name(std::string_view name) {
  constexpr std::array<std::string_view, 15> kKinds{"jpg", "jpeg", "jpe",  "jfif", "png",  "gif",  "tif", "tiff",
                                                    "bmp", "webp", "fits", "fit",  "heic", "avif", "jp2"};
  return std::find(kKinds.begin(), kKinds.end(), extension(name)) != kKinds.end();
}

bool is_csv_name(std::string_view name) { return extension(name) == "csv"; }
bool is_zip_name(std::string_view name) { return extension(name) == "zip"; }

bool is_clutter(std::string_view name) {
  return any_part(name, [](std::string_view part) {
    return part.starts_with(".") || part == "__MACOSX" || part == "Thumbs.db" || part == "desktop.ini";
  });
}

bool leaves_root(std::string_view name) {
  const bool drive = name.size() >= 2 && name[1] == ':';
  const bool nul = name.find('\0') != std::string_view::npos;
  return name.starts_with("/") || drive || nul || any_part(name, [](std::string_view part) { return part == ".."; });
}

std::string utf8_name(std::string_view raw) {
  if (is_utf8(raw)) return std::string(raw);
  std::string out;
  for (const char c : raw) {
    const auto u = static_cast<unsigned char>(c);
    if (u < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xC0 | u >> 6);
      out += static_cast<char>(0x80 | (u & 0x3F));
    }
  }
  return out;
}

}  // namespace pinwheel
