// Pixels to PNG and JPEG bytes, for pictures that Pinwheel makes itself: small, trusted, grey or RGB.
#include "base/error.h"
#include "image/image.h"

#define STBI_WRITE_NO_STDIO
#include <stb_image_write.h>

namespace pinwheel {
namespace {

void append(void* context, void* data, int size) {
  auto& out = *static_cast<std::vector<std::uint8_t>*>(context);
  const auto* bytes = static_cast<const std::uint8_t*>(data);
  out.insert(out.end(), bytes, bytes + size);
}

void require_picture(const Image& image) {
  const bool sound = image.height > 0 && image.width > 0 && (image.channels == 1 || image.channels == 3) &&
                     static_cast<std::int64_t>(image.pixels.size()) == image.height * image.width * image.channels;
  if (!sound) throw Error(ErrorCode::kInvalidArgument, "A picture to be written must be grey or RGB and not empty.");
}

template <typename Write>
std::vector<std::uint8_t> encode(const Image& image, Write write) {
  require_picture(image);
  std::vector<std::uint8_t> out;
  const int done = write(&out, static_cast<int>(image.width), static_cast<int>(image.height),
                         static_cast<int>(image.channels), image.pixels.data());
  if (done == 0) throw Error(ErrorCode::kTooLarge, "There is not enough memory to write this picture.");
  return out;
}

}  // namespace

std::vector<std::uint8_t> encode_png(const Image& image) {
  return encode(image, [](void* out, int width, int height, int channels, const void* pixels) {
    return stbi_write_png_to_func(append, out, width, height, channels, pixels, width * channels);
  });
}

std::vector<std::uint8_t> encode_jpeg(const Image& image, int quality) {
  return encode(image, [quality](void* out, int width, int height, int channels, const void* pixels) {
    return stbi_write_jpg_to_func(append, out, width, height, channels, pixels, quality);
  });
}

}  // namespace pinwheel
