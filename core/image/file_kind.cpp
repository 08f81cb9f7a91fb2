#include "image/file_kind.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "base/error.h"

namespace pinwheel {
namespace {

using std::string_view_literals::operator""sv;

struct Signature {
  std::size_t offset;
  std::string_view magic;
  std::string_view text;
};

// In order: a longer look comes before a shorter one.
constexpr std::array kSignatures{
    Signature{0, "SIMPLE  ="sv, "a FITS file"},
    Signature{0, "GIF8"sv, "a GIF picture"},
    Signature{8, "WEBP"sv, "a WebP picture"},
    Signature{0, "II*\0"sv, "a TIFF picture"},
    Signature{0, "MM\0*"sv, "a TIFF picture"},
    Signature{4, "ftypheic"sv, "a HEIC picture"},
    Signature{4, "ftypmif1"sv, "a HEIC picture"},
    Signature{4, "ftypavif"sv, "an AVIF picture"},
    Signature{4, "jP  \r\n\x87\n"sv, "a JPEG 2000 picture"},
    Signature{0, "\xff\x0a"sv, "a JPEG XL picture"},
    Signature{0, "PK\x03\x04"sv, "a zip archive"},
    Signature{0, "PK\x05\x06"sv, "an empty zip archive"},
    Signature{0, "\x1f\x8b"sv, "a gzip file"},
    Signature{0, "7z\xbc\xaf"sv, "a 7z archive"},
    Signature{0, "Rar!"sv, "a RAR archive"},
    Signature{0, "\x89HDF\r\n"sv, "an HDF5 file"},
    Signature{0, "\x93NUMPY"sv, "a NumPy file"},
    Signature{0, "%PDF"sv, "a PDF document"},
    Signature{0, "version https://git-lfs"sv, "a Git LFS pointer, not the file itself"},
    Signature{0, "BM"sv, "a BMP picture"},
};

std::string_view text_start(Bytes bytes) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 512));
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const auto first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

bool starts_with_any_case(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  return std::equal(lower.begin(), lower.end(), text.begin(),
                    [](char want, char have) { return want == (have >= 'A' && have <= 'Z' ? have + 32 : have); });
}

bool is_plain_text(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 32 && u != '\t' && u != '\r' && u != '\n') || u == 127;
  });
}

}  // namespace

bool starts_like_jpeg(Bytes bytes) {
  return bytes.size() >= 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF;
}

bool starts_like_png(Bytes bytes) {
  constexpr std::array<std::uint8_t, 8> kMagic{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  return bytes.size() >= kMagic.size() && std::equal(kMagic.begin(), kMagic.end(), bytes.begin());
}

std::string looks_like(Bytes bytes) {
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const Signature& s : kSignatures) {
    if (all.size() >= s.offset && all.substr(s.offset).starts_with(s.magic)) return std::string(s.text);
  }
  const std::string_view text = text_start(bytes);
  if (starts_with_any_case(text, "<!doctype html") || starts_with_any_case(text, "<html")) return "a web page";
  if (starts_with_any_case(text, "<svg")) return "an SVG drawing";
  if (starts_with_any_case(text, "<?xml")) return "an XML document";
  if (is_plain_text(text)) return "a text file";
  return "";
}

void check_limits(std::int64_t height, std::int64_t width, const std::string& name, const ImageLimits& limits) {
  const std::string size = name + " is " + std::to_string(width) + " x " + std::to_string(height) + " pixels";
  if (height < 1 || width < 1) throw Error(ErrorCode::kBadFile, size + ": there is nothing in it.");
  if (height > limits.max_side || width > limits.max_side) {
    throw Error(ErrorCode::kTooLarge, size + "; the limit is " + std::to_string(limits.max_side) +
                                          " a side. Shrink it or cut out the galaxy first.");
  }
  if (height * width > limits.max_pixels) {
    throw Error(ErrorCode::kTooLarge, size + "; the limit is " + std::to_string(limits.max_pixels / 1'000'000) +
                                          " million pixels. Shrink it or cut out the galaxy first.");
  }
}

void throw_cut_off(Bytes bytes, const std::string& name) {
  throw Error(ErrorCode::kBadFile, name + " is cut off after " + size_text(bytes.size()) + ": download it again.");
}

void throw_damaged(const std::string& name, const std::string& what) {
  throw Error(ErrorCode::kBadFile, name + " is damaged: " + what + ". Download or export it again.");
}

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1000) return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
  const bool mega = bytes >= 999'500;
  const double value = static_cast<double>(bytes) / (mega ? 1e6 : 1e3);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), mega && value < 100 ? "%.1f %s" : "%.0f %s", value, mega ? "MB" : "kB");
  return text.data();
}

}  // namespace pinwheel
