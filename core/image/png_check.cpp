// The chunks of a PNG file (W3C PNG, third edition), walked from start to end, and its compressed pixels measured: they
// are inflated once into a window that is thrown away, so that a small file cannot grow without bound in a decoder, and
// so that damage is noticed by the stream's own checksum.
#include <zlib.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "image/file_kind.h"

namespace pinwheel {
namespace {

std::uint32_t big_endian(Bytes bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 | std::uint32_t{bytes[at + 2]} << 8 |
         std::uint32_t{bytes[at + 3]};
}

struct PngHeader {
  std::int64_t width = 0, height = 0;
  int bits_per_pixel = 0;
  bool interlaced = false;
};

// Channels by colour type: grey, -, RGB, palette, grey + alpha, -, RGBA.
constexpr std::array<int, 7> kChannels{1, 0, 3, 1, 2, 0, 4};

PngHeader read_header(Bytes body, const std::string& name, const ImageLimits& limits) {
  if (body.size() != 13) throw_damaged(name, "its header is not 13 bytes long");
  PngHeader header{big_endian(body, 0), big_endian(body, 4), 0, body[12] == 1};
  check_limits(header.height, header.width, name, limits);
  const int depth = body[8], colour = body[9];
  const bool known_depth = depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
  if (colour > 6 || kChannels[static_cast<std::size_t>(colour)] == 0 || !known_depth || body[12] > 1) {
    throw_damaged(name, "its header describes no kind of PNG");
  }
  header.bits_per_pixel = depth * kChannels[static_cast<std::size_t>(colour)];
  return header;
}

std::int64_t pass_bytes(std::int64_t height, std::int64_t width, int bits_per_pixel) {
  return height == 0 || width == 0 ? 0 : height * (1 + (width * bits_per_pixel + 7) / 8);
}

// Bytes after inflation: a filter byte and the packed pixels of each row; seven small pictures when interlaced (Adam7).
std::int64_t inflated_bytes(const PngHeader& header) {
  if (!header.interlaced) return pass_bytes(header.height, header.width, header.bits_per_pixel);
  struct Pass {
    int y, x, step_y, step_x;
  };
  constexpr std::array<Pass, 7> kAdam7{
      {{0, 0, 8, 8}, {0, 4, 8, 8}, {4, 0, 8, 4}, {0, 2, 4, 4}, {2, 0, 4, 2}, {0, 1, 2, 2}, {1, 0, 2, 1}}};
  std::int64_t total = 0;
  for (const Pass& p : kAdam7) {
    total += pass_bytes((header.height - p.y + p.step_y - 1) / p.step_y, (header.width - p.x + p.step_x - 1) / p.step_x,
                        header.bits_per_pixel);
  }
  return total;
}

class InflatedLength {
 public:
  InflatedLength(const std::string& name, std::int64_t expected) : name_(name), expected_(expected), window_(65536) {
    if (inflateInit(&stream_) != Z_OK) throw Error(ErrorCode::kTooLarge, "There is no memory left to read " + name);
  }
  ~InflatedLength() { inflateEnd(&stream_); }
  InflatedLength(const InflatedLength&) = delete;
  InflatedLength& operator=(const InflatedLength&) = delete;

  void feed(Bytes compressed) {
    stream_.next_in = const_cast<std::uint8_t*>(compressed.data());  // zlib's interface predates const
    stream_.avail_in = static_cast<uInt>(compressed.size());
    while (stream_.avail_in > 0 && !ended_) {
      stream_.next_out = window_.data();
      stream_.avail_out = static_cast<uInt>(window_.size());
      const int result = inflate(&stream_, Z_NO_FLUSH);
      length_ += static_cast<std::int64_t>(window_.size() - stream_.avail_out);
      if (result != Z_OK && result != Z_STREAM_END) throw_damaged(name_, "its pixel data do not unpack");
      if (length_ > expected_) throw_damaged(name_, "it holds more pixel data than its size says");
      ended_ = result == Z_STREAM_END;
    }
  }
  bool complete() const { return ended_ && length_ == expected_; }

 private:
  const std::string& name_;
  std::int64_t expected_, length_ = 0;
  bool ended_ = false;
  std::vector<std::uint8_t> window_;
  z_stream stream_{};
};

}  // namespace

PictureHeader check_png(Bytes bytes, const std::string& name, const ImageLimits& limits) {
  constexpr std::size_t kMagic = 8, kFrame = 12;  // a chunk's length, type and checksum
  constexpr std::size_t kHeaderBody = kMagic + 8, kHeaderSize = 13;
  const auto type_at = [&](std::size_t at) {
    return std::string_view(reinterpret_cast<const char*>(bytes.data() + at + 4), 4);
  };
  if (bytes.size() < kHeaderBody + kHeaderSize) throw_cut_off(bytes, name);
  if (type_at(kMagic) != "IHDR") throw_damaged(name, "it does not begin with a header");
  if (big_endian(bytes, kMagic) != kHeaderSize) throw_damaged(name, "its header is not 13 bytes long");
  const PngHeader header = read_header(bytes.subspan(kHeaderBody, kHeaderSize), name, limits);

  InflatedLength pixels(name, inflated_bytes(header));
  for (std::size_t at = kMagic;;) {
    if (bytes.size() - at < kFrame) throw_cut_off(bytes, name);
    const std::size_t length = big_endian(bytes, at);
    if (length > bytes.size() - at - kFrame) throw_cut_off(bytes, name);
    if (type_at(at) == "IDAT") pixels.feed(bytes.subspan(at + 8, length));
    if (type_at(at) == "IEND") break;
    at += kFrame + length;
  }
  if (!pixels.complete()) throw_damaged(name, "pixel data are missing");
  return {header.height, header.width};
}

}  // namespace pinwheel
