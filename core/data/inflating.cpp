#include "data/inflating.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>
#include <vector>

#include "base/error.h"

namespace pinwheel {
namespace {

constexpr std::size_t kPiece = 1 << 16;
constexpr std::uint64_t kLargestRatio = 1100;  // deflate gives at most 1032
constexpr int kGzipBits = 16 + MAX_WBITS;

class InflatingBytes final : public RandomAccess {
 public:
  InflatingBytes(std::shared_ptr<const RandomAccess> packed, std::uint64_t size, Wrapping wrapping, std::string name)
      : packed_(std::move(packed)),
        size_(size),
        bits_(wrapping == Wrapping::kGzip ? kGzipBits : -MAX_WBITS),
        name_(std::move(name)),
        in_(kPiece),
        skipped_(kPiece) {}
  ~InflatingBytes() override { stop(); }

  std::uint64_t size() const override { return size_; }
  void read(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    const std::lock_guard lock(mutex_);
    if (!running_ || offset < at_) start();
    while (at_ < offset) {
      const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(skipped_.size(), offset - at_));
      unpack({skipped_.data(), piece});
    }
    unpack(out);
  }

 private:
  void stop() const {
    if (running_) inflateEnd(&stream_);
    running_ = false;
  }

  void start() const {
    stop();
    stream_ = {};
    if (inflateInit2(&stream_, bits_) != Z_OK) {
      throw Error(ErrorCode::kTooLarge, "There is no memory left to unpack " + name_ + ".");
    }
    running_ = true;
    at_ = next_ = 0;
  }

  void refill() const {
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(in_.size(), packed_->size() - next_));
    packed_->read(next_, {in_.data(), piece});
    next_ += piece;
    stream_.next_in = in_.data();
    stream_.avail_in = static_cast<uInt>(piece);
  }

  // Fills `out` from where the stream stands.
  void unpack(std::span<std::uint8_t> out) const {
    constexpr std::size_t kMost = 1U << 30;
    while (!out.empty()) {
      const std::size_t piece = std::min(out.size(), kMost);
      stream_.next_out = out.data();
      stream_.avail_out = static_cast<uInt>(piece);
      while (stream_.avail_out > 0) {
        if (stream_.avail_in == 0) refill();
        const int result = inflate(&stream_, Z_NO_FLUSH);
        const bool good = result == Z_OK || (result == Z_STREAM_END && stream_.avail_out == 0);
        if (!good) {
          stop();
          throw Error(ErrorCode::kBadFile, name_ + " is cut off or damaged: it does not unpack. Download it again.");
        }
      }
      at_ += piece;
      out = out.subspan(piece);
    }
  }

  std::shared_ptr<const RandomAccess> packed_;
  std::uint64_t size_;
  int bits_;
  std::string name_;
  mutable std::mutex mutex_;
  mutable z_stream stream_{};
  mutable bool running_ = false;
  mutable std::uint64_t at_ = 0, next_ = 0;  // of the unpacked bytes; of the packed ones
  mutable std::vector<std::uint8_t> in_, skipped_;
};

}  // namespace

std::shared_ptr<const RandomAccess> open_inflating(std::shared_ptr<const RandomAccess> packed, std::uint64_t size,
                                                   Wrapping wrapping, std::string name) {
  return std::make_shared<InflatingBytes>(std::move(packed), size, wrapping, std::move(name));
}

bool starts_like_gzip(const RandomAccess& bytes) {
  std::array<std::uint8_t, 3> mark{};
  if (bytes.size() < 18) return false;
  bytes.read(0, mark);
  return mark == std::array<std::uint8_t, 3>{0x1F, 0x8B, 8};
}

std::shared_ptr<const RandomAccess> open_gzip(std::shared_ptr<const RandomAccess> packed, const std::string& name) {
  std::array<std::uint8_t, 4> end{};
  packed->read(packed->size() - end.size(), end);
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < end.size(); ++i) size |= std::uint64_t{end[i]} << (8 * i);
  if (size / kLargestRatio > packed->size()) {
    throw Error(ErrorCode::kBadFile, name + " is cut off or damaged: it claims to unpack to " + std::to_string(size) +
                                         " bytes. Download it again.");
  }
  return open_inflating(std::move(packed), size, Wrapping::kGzip, name);
}

}  // namespace pinwheel
