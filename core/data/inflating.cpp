#include "data/inflating.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "data/running_checksum.h"

namespace pinwheel {
namespace {

constexpr std::size_t kPiece = 1 << 16;
constexpr std::uint64_t kLargestRatio = 1100;  // deflate gives at most 1032
constexpr std::uint64_t kWrap = std::uint64_t{1} << 32;
constexpr int kGzipBits = 16 + MAX_WBITS;
constexpr std::uint64_t kFirstSpacing = 4 << 20;  // bytes between two marks, doubled when there are too many marks
constexpr std::size_t kMostMarks = 256;           // each holds about 40 kB, most of it deflate's window

// zlib's state with who must free it. Its inner state points back to the z_stream, so it may not move.
class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  ~Stream() { stop(); }

  bool start(int bits) {
    stop();
    raw_ = {};
    running_ = inflateInit2(&raw_, bits) == Z_OK;
    return running_;
  }
  bool start_as(const Stream& other) {
    stop();
    running_ = inflateCopy(&raw_, const_cast<z_stream*>(&other.raw_)) == Z_OK;  // zlib's interface predates const
    return running_;
  }
  void stop() {
    if (running_) inflateEnd(&raw_);
    running_ = false;
  }
  bool running() const { return running_; }
  z_stream& raw() { return raw_; }
  const z_stream& raw() const { return raw_; }

 private:
  z_stream raw_{};
  bool running_ = false;
};

class InflatingBytes final : public RandomAccess {
 public:
  InflatingBytes(std::shared_ptr<const RandomAccess> packed, std::uint64_t size, int bits,
                 std::optional<std::uint32_t> crc, std::string name)
      : packed_(std::move(packed)),
        size_(size),
        bits_(bits),
        crc_(crc),
        name_(std::move(name)),
        in_(kPiece),
        skipped_(kPiece) {}

  std::uint64_t size() const override { return size_; }
  void read(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    const std::lock_guard lock(mutex_);
    go_to(offset);
    unpack(out);
  }

 private:
  // A place to which the stream can go back.
  struct Mark {
    std::uint64_t at = 0, next = 0;
    std::unique_ptr<Stream> stream;
  };

  [[noreturn]] void refuse(const std::string& what) const {
    stream_.stop();
    throw Error(ErrorCode::kBadFile, name_ + " " + what + " Download it again.");
  }
  [[noreturn]] void refuse_for_memory() const {
    throw Error(ErrorCode::kTooLarge, "There is no memory left to unpack " + name_ + ".");
  }

  void go_to(std::uint64_t offset) const {
    const auto after = std::upper_bound(marks_.begin(), marks_.end(), offset,
                                        [](std::uint64_t place, const Mark& mark) { return place < mark.at; });
    const Mark* mark = after == marks_.begin() ? nullptr : &*std::prev(after);
    const bool back = !stream_.running() || offset < at_;
    if (back || (mark != nullptr && mark->at > at_)) start(mark);
    while (at_ < offset) {
      const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(skipped_.size(), offset - at_));
      unpack({skipped_.data(), piece});
    }
  }

  void start(const Mark* mark) const {
    if (mark == nullptr ? !stream_.start(bits_) : !stream_.start_as(*mark->stream)) refuse_for_memory();
    at_ = mark == nullptr ? 0 : mark->at;
    next_ = mark == nullptr ? 0 : mark->next;
    stream_.raw().avail_in = 0;
  }

  // Only at new places, so that marks ascend.
  void leave_mark() const {
    const std::uint64_t last = marks_.empty() ? 0 : marks_.back().at;
    if (at_ < last + spacing_) return;
    if (marks_.size() == kMostMarks) {
      for (std::size_t i = 0; i < kMostMarks / 2; ++i) marks_[i] = std::move(marks_[2 * i + 1]);
      marks_.resize(kMostMarks / 2);
      spacing_ *= 2;
    }
    auto copy = std::make_unique<Stream>();
    if (!copy->start_as(stream_)) refuse_for_memory();
    marks_.push_back({at_, next_ - stream_.raw().avail_in, std::move(copy)});
  }

  void refill() const {
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(in_.size(), packed_->size() - next_));
    packed_->read(next_, {in_.data(), piece});
    next_ += piece;
    stream_.raw().next_in = in_.data();
    stream_.raw().avail_in = static_cast<uInt>(piece);
  }

  // Fills `out` from where the stream stands.
  void unpack(std::span<std::uint8_t> out) const {
    while (!out.empty()) {
      const std::size_t piece = std::min<std::size_t>(out.size(), kFirstSpacing);
      z_stream& raw = stream_.raw();
      raw.next_out = out.data();
      raw.avail_out = static_cast<uInt>(piece);
      while (raw.avail_out > 0) {
        if (raw.avail_in == 0) refill();
        const int result = inflate(&raw, Z_NO_FLUSH);
        const bool good = result == Z_OK || (result == Z_STREAM_END && raw.avail_out == 0);
        if (!good) refuse("is cut off or damaged: it does not unpack.");
      }
      checksum_.add(at_, out.first(piece));
      at_ += piece;
      at_ == size_ ? finish() : leave_mark();
      out = out.subspan(piece);
    }
  }

  // Nothing may follow the last byte, and the checksums must hold: gzip's is looked at by zlib on the way to its end.
  void finish() const {
    std::uint8_t beyond = 0;
    z_stream& raw = stream_.raw();
    int result = Z_OK;
    do {
      if (raw.avail_in == 0) refill();
      raw.next_out = &beyond;
      raw.avail_out = 1;
      result = inflate(&raw, Z_NO_FLUSH);
    } while (result == Z_OK && raw.avail_out > 0);
    if (result != Z_STREAM_END || raw.avail_out == 0) {
      refuse("is damaged: it is longer than it says, or its checksum is wrong.");
    }
    if (crc_ && checksum_.value() != *crc_) refuse("is damaged: its checksum is wrong.");
  }

  std::shared_ptr<const RandomAccess> packed_;
  std::uint64_t size_;
  int bits_;
  std::optional<std::uint32_t> crc_;  // where the archive holds one that zlib does not look at itself
  std::string name_;
  mutable std::mutex mutex_;
  mutable Stream stream_;
  mutable std::uint64_t at_ = 0, next_ = 0;  // of the unpacked bytes; of the packed ones
  mutable std::vector<Mark> marks_;          // ascending
  mutable std::uint64_t spacing_ = kFirstSpacing;
  mutable RunningChecksum checksum_;
  mutable std::vector<std::uint8_t> in_, skipped_;
};

// Unpacks all of it once, for nothing but its length: the last four bytes of a gzip file give it modulo 4 GB only.
std::uint64_t unpacked_size(const RandomAccess& packed, const std::string& name) {
  const auto refuse = [&] {
    throw Error(ErrorCode::kBadFile, name + " is cut off or damaged: it does not unpack. Download it again.");
  };
  Stream stream;
  if (!stream.start(kGzipBits)) throw Error(ErrorCode::kTooLarge, "There is no memory left to unpack " + name + ".");
  std::vector<std::uint8_t> in(kPiece), out(kPiece);
  std::uint64_t size = 0;
  int result = Z_OK;
  for (std::uint64_t next = 0; result != Z_STREAM_END;) {
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(in.size(), packed.size() - next));
    if (piece == 0) refuse();
    packed.read(next, {in.data(), piece});
    next += piece;
    stream.raw().next_in = in.data();
    stream.raw().avail_in = static_cast<uInt>(piece);
    do {
      stream.raw().next_out = out.data();
      stream.raw().avail_out = static_cast<uInt>(out.size());
      result = inflate(&stream.raw(), Z_NO_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) refuse();
      size += out.size() - stream.raw().avail_out;
    } while (result == Z_OK && stream.raw().avail_out == 0);
  }
  return size;
}

}  // namespace

std::shared_ptr<const RandomAccess> open_deflated(std::shared_ptr<const RandomAccess> packed, std::uint64_t size,
                                                  std::uint32_t crc, std::string name) {
  return std::make_shared<InflatingBytes>(std::move(packed), size, -MAX_WBITS, crc, std::move(name));
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
  if (packed->size() >= kWrap / kLargestRatio) size = unpacked_size(*packed, name);
  return std::make_shared<InflatingBytes>(std::move(packed), size, kGzipBits, std::nullopt, name);
}

}  // namespace pinwheel
