// The segments of a JPEG file (ITU-T T.81, annex B), walked from start to end without decoding. A decoder fills what is
// missing with grey; a galaxy that is half grey would be classified all the same, so the end is looked for here.
#include <algorithm>
#include <cstring>
#include <string_view>

#include "base/error.h"
#include "image/file_kind.h"

namespace pinwheel {
namespace {

constexpr std::uint8_t kEndOfImage = 0xD9, kStartOfScan = 0xDA, kHuffmanTables = 0xC4, kAdobe = 0xEE;
// Each scan of a progressive file walks the whole picture; honest encoders write about ten.
constexpr int kMaxScans = 100;
// Every 8x8 block costs at least one bit in some scan: fewer bytes than this cannot hold the picture.
constexpr std::int64_t kPixelsPerByte = 512;

bool is_restart(std::uint8_t marker) { return marker >= 0xD0 && marker <= 0xD7; }
bool stands_alone(std::uint8_t marker) { return is_restart(marker) || marker == 0x01 || marker == 0xD8; }
bool is_frame(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

class JpegWalk {
 public:
  JpegWalk(Bytes bytes, const std::string& name, const ImageLimits& limits)
      : bytes_(bytes), name_(name), limits_(limits) {}

  PictureHeader run() {
    position_ = 2;
    for (std::uint8_t marker = next_marker(); marker != kEndOfImage; marker = next_marker()) {
      if (!stands_alone(marker)) segment(marker);
    }
    if (scans_ == 0) throw_damaged(name_, "it has no picture data");
    if (header_.height * header_.width / kPixelsPerByte > static_cast<std::int64_t>(bytes_.size())) {
      throw_cut_off(bytes_, name_);
    }
    return header_;
  }

 private:
  // The next marker, over whatever lies before it: compressed data, in which FF 00 is data and restarts are no end.
  std::uint8_t next_marker() {
    while (position_ + 1 < bytes_.size()) {
      const auto* begin = bytes_.data() + position_;
      const void* found = std::memchr(begin, 0xFF, bytes_.size() - position_ - 1);
      if (found == nullptr) break;
      position_ += static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - begin) + 1;
      const std::uint8_t marker = bytes_[position_];
      if (marker == 0xFF) continue;  // fill bytes before a marker
      ++position_;
      if (marker != 0x00 && !is_restart(marker)) return marker;
    }
    throw_cut_off(bytes_, name_);
  }

  void segment(std::uint8_t marker) {
    if (position_ + 2 > bytes_.size()) throw_cut_off(bytes_, name_);
    const std::size_t length = static_cast<std::size_t>(bytes_[position_] << 8 | bytes_[position_ + 1]);
    if (length < 2) throw_damaged(name_, "a segment of it has no length");
    if (position_ + length > bytes_.size()) throw_cut_off(bytes_, name_);
    const Bytes body = bytes_.subspan(position_ + 2, length - 2);
    if (is_frame(marker)) frame(marker, body);
    if (marker == kAdobe && has_adobe_mark(body)) adobe_ = true;
    if (marker == kHuffmanTables) huffman_tables(body);
    if (marker == kStartOfScan) scan();
    position_ += length;
  }

  void frame(std::uint8_t marker, Bytes body) {
    if (body.size() < 6) throw_damaged(name_, "its header is too short");
    if (header_.height != 0) throw_damaged(name_, "it has two headers");
    if (marker > 0xC2) throw_unsupported("a lossless, hierarchical or arithmetic-coded JPEG");
    if (body[0] != 8) throw_unsupported("a JPEG with " + std::to_string(body[0]) + " bits a channel");
    header_ = {body[1] << 8 | body[2], body[3] << 8 | body[4]};
    components_ = body[5];
    check_limits(header_.height, header_.width, name_, limits_);
  }

  // A table is a byte that names it, how many codes there are of each of 16 lengths, and their values. Decoders have
  // been overrun by tables of more values than a byte has.
  void huffman_tables(Bytes body) const {
    constexpr std::size_t kCounts = 17, kMostValues = 256;
    while (!body.empty()) {
      if (body.size() < kCounts) throw_damaged(name_, "a table of it is cut off");
      std::size_t values = 0;
      for (std::size_t i = 1; i < kCounts; ++i) values += body[i];
      if (values > kMostValues) throw_damaged(name_, "a table of it has more than 256 codes");
      if (body.size() - kCounts < values) throw_damaged(name_, "a table of it is cut off");
      body = body.subspan(kCounts + values);
    }
  }

  void scan() {
    if (header_.height == 0) throw_damaged(name_, "its picture data come before its header");
    if (++scans_ > kMaxScans) throw_damaged(name_, "it has more than " + std::to_string(kMaxScans) + " scans");
    // Without Adobe's mark nobody can tell whether the inks are stored inverted.
    if (components_ == 4 && !adobe_) throw_unsupported("a four-colour JPEG that does not say how its inks are stored");
  }

  static bool has_adobe_mark(Bytes body) {
    constexpr std::string_view kMark = "Adobe";
    return body.size() >= 12 && std::equal(kMark.begin(), kMark.end(), body.begin());
  }

  [[noreturn]] void throw_unsupported(const std::string& what) const {
    throw Error(ErrorCode::kUnsupported, name_ + " is " + what + ", a rare kind. Save it as a plain JPEG or PNG.");
  }

  Bytes bytes_;
  const std::string& name_;
  const ImageLimits& limits_;
  std::size_t position_ = 0;
  PictureHeader header_;
  int components_ = 0, scans_ = 0;
  bool adobe_ = false;
};

}  // namespace

PictureHeader check_jpeg(Bytes bytes, const std::string& name, const ImageLimits& limits) {
  return JpegWalk(bytes, name, limits).run();
}

}  // namespace pinwheel
