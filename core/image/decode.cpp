// JPEG and PNG bytes to pixels: look, check, decode, and lay what is left over black. The order matters: nothing is
// allocated before the header has passed the limits.
#include <limits>
#include <memory>

#include "base/error.h"
#include "image/file_kind.h"

#define STBI_NO_STDIO
#include <stb_image.h>

namespace pinwheel {
namespace {

struct FreePixels {
  void operator()(stbi_uc* pixels) const { stbi_image_free(pixels); }
};

[[noreturn]] void throw_not_a_picture(Bytes bytes, const std::string& name) {
  const std::string kind = looks_like(bytes);
  if (kind == "a web page") {
    throw Error(ErrorCode::kBadFile,
                name + " is a web page, not a picture: the download went wrong. Download it again.");
  }
  if (kind.empty()) {
    throw Error(ErrorCode::kBadFile, name + " is not a picture that Pinwheel knows. It reads JPEG and PNG.");
  }
  const bool picture = kind.ends_with("picture");
  throw Error(picture ? ErrorCode::kUnsupported : ErrorCode::kBadFile,
              name + " is " + kind + ". Pinwheel reads JPEG and PNG" + (picture ? ": save it as one of these." : "."));
}

PictureHeader check(Bytes bytes, const std::string& name, const ImageLimits& limits) {
  if (bytes.empty()) throw Error(ErrorCode::kBadFile, name + " is empty (0 bytes): download or copy it again.");
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw Error(ErrorCode::kTooLarge, name + " is a file of " + size_text(bytes.size()) + ": too large for a picture.");
  }
  if (starts_like_jpeg(bytes)) return check_jpeg(bytes, name, limits);
  if (starts_like_png(bytes)) return check_png(bytes, name, limits);
  throw_not_a_picture(bytes, name);
}

std::uint8_t over_black(int value, int alpha) { return static_cast<std::uint8_t>((value * alpha + 127) / 255); }

// raw [H,W,stored], where stored is 1 grey, 2 grey + alpha, 3 RGB or 4 RGBA → [H,W,1 or 3]
Image without_alpha(const stbi_uc* raw, std::int64_t height, std::int64_t width, int stored) {
  Image image{height, width, stored >= 3 ? 3 : 1, {}};
  const std::int64_t pixels = height * width;
  if (stored == image.channels) {
    image.pixels.assign(raw, raw + pixels * stored);
    return image;
  }
  image.pixels.resize(static_cast<std::size_t>(pixels * image.channels));
  std::uint8_t* out = image.pixels.data();
  for (std::int64_t i = 0; i < pixels; ++i, raw += stored) {
    for (std::int64_t c = 0; c < image.channels; ++c) *out++ = over_black(raw[c], raw[stored - 1]);
  }
  return image;
}

}  // namespace

Image decode_image(std::span<const std::uint8_t> bytes, const std::string& name, const ImageLimits& limits) {
  const PictureHeader header = check(bytes, name, limits);
  int width = 0, height = 0, stored = 0;
  const std::unique_ptr<stbi_uc, FreePixels> raw(
      stbi_load_from_memory(bytes.data(), static_cast<int>(bytes.size()), &width, &height, &stored, 0));
  if (!raw) throw_damaged(name, "its pixel data do not decode");
  if (height != header.height || width != header.width) throw_damaged(name, "it says its size twice, differently");
  return without_alpha(raw.get(), height, width, stored);
}

}  // namespace pinwheel
