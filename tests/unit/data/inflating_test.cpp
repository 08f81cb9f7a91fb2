// Deflated bytes from front to back, backwards, and with lies about themselves.
#include "data/inflating.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>

#include "unit/data/helpers.h"

namespace pinwheel {
namespace {

using Bytes = std::vector<std::uint8_t>;

// Deflates hardly at all, so that packed and unpacked sizes are alike.
Bytes noise(std::size_t size) {
  Bytes bytes(size);
  std::uint32_t state = 1;
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>((state = state * 1664525U + 1013904223U) >> 24);
  return bytes;
}

// flush: Z_FINISH ends the stream; Z_FULL_FLUSH leaves a piece that can follow any other.
Bytes packed(const Bytes& content, int window_bits, int flush = Z_FINISH) {
  z_stream stream{};
  deflateInit2(&stream, 1, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
  Bytes out(deflateBound(&stream, static_cast<uLong>(content.size())) + 64);
  stream.next_in = const_cast<Bytef*>(content.data());
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, flush);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}
Bytes raw(const Bytes& content) { return packed(content, -MAX_WBITS); }
Bytes gzip(const Bytes& content) { return packed(content, 16 + MAX_WBITS); }
std::uint32_t crc_of(const Bytes& content) {
  return static_cast<std::uint32_t>(crc32_z(0, content.data(), content.size()));
}

// Counts what is read of the packed bytes.
class Counted final : public RandomAccess {
 public:
  explicit Counted(Bytes bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  void read(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    count += out.size();
  }
  mutable std::uint64_t count = 0;

 private:
  Bytes bytes_;
};

Bytes read(const RandomAccess& bytes, std::uint64_t offset, std::size_t size) {
  Bytes out(size);
  bytes.read(offset, out);
  return out;
}

TEST(Inflating, ReadsAnyPlaceInAnyOrder) {
  const Bytes content = noise(20'000'000);
  const auto bytes = open_deflated(open_buffer(raw(content)), content.size(), crc_of(content), "sky");
  for (const std::size_t offset : {19'999'990U, 0U, 9'000'000U, 8'999'000U, 12'500'001U, 4'194'304U, 19'000'000U, 7U}) {
    const auto from = content.begin() + static_cast<std::ptrdiff_t>(offset);
    EXPECT_EQ(read(*bytes, offset, 10), Bytes(from, from + 10)) << offset;
  }
}

TEST(Inflating, GoingBackDoesNotStartAtTheBeginning) {
  const Bytes content = noise(40'000'000);
  const auto counted = std::make_shared<Counted>(raw(content));
  const auto bytes = open_deflated(counted, content.size(), crc_of(content), "sky");
  read(*bytes, content.size() - 1, 1);
  const std::uint64_t once = counted->count;
  for (int i = 0; i < 10; ++i) {
    read(*bytes, 39'000'000, 1);
    read(*bytes, 38'000'000, 1);
  }
  EXPECT_LT(counted->count - once, 10 * 10'000'000U);
}

TEST(Inflating, AWrongChecksumShowsWithTheLastByte) {
  const Bytes content = noise(300'000);
  const auto bytes = open_deflated(open_buffer(raw(content)), content.size(), crc_of(content) ^ 1U, "sky.npy");
  read(*bytes, 0, 200'000);
  read(*bytes, 100'000, 1000);  // what is read twice counts once
  expect_error(ErrorCode::kBadFile, "sky.npy is damaged: its checksum is wrong",
               [&] { read(*bytes, 200'000, 100'000); });
  const auto good = open_deflated(open_buffer(raw(content)), content.size(), crc_of(content), "sky.npy");
  read(*good, 0, 200'000);
  read(*good, 100'000, 1000);
  EXPECT_EQ(read(*good, 200'000, 100'000), Bytes(content.begin() + 200'000, content.end()));
}

TEST(Inflating, AStreamThatGoesOnIsRefused) {
  const Bytes content = noise(100'000);
  const auto bytes = open_deflated(open_buffer(raw(content)), 99'999, 0, "sky.npy");
  expect_error(ErrorCode::kBadFile, "longer than it says", [&] { read(*bytes, 0, 99'999); });
}

TEST(Inflating, GzipsOwnChecksumIsLookedAt) {
  const Bytes content = noise(100'000);
  Bytes file = gzip(content);
  EXPECT_EQ(read(*open_gzip(open_buffer(file), "sky.gz"), 0, content.size()), content);
  file[file.size() - 8] ^= 1;  // the CRC
  const auto bytes = open_gzip(open_buffer(file), "sky.gz");
  EXPECT_EQ(read(*bytes, 0, 100), Bytes(content.begin(), content.begin() + 100));
  expect_error(ErrorCode::kBadFile, "damaged", [&] { read(*bytes, 100, content.size() - 100); });
}

TEST(Inflating, ALargeGzipThatIsCutIsRefusedWhenItIsOpened) {
  Bytes file = gzip(noise(6'000'000));
  file.erase(file.end() - 1000, file.end());
  std::fill(file.end() - 4, file.end(), std::uint8_t{0});
  expect_error(ErrorCode::kBadFile, "sky.gz is cut off or damaged", [&] { open_gzip(open_buffer(file), "sky.gz"); });
}

// 4.3 GB of zeros from one piece of a million, repeated as it is.
TEST(Inflating, AGzipOfMoreThan4GBHasItsRealSize) {
  constexpr std::uint64_t kPieces = 4300, kPiece = 1'000'000;
  const Bytes zeros(kPiece);
  const Bytes piece = packed(zeros, -MAX_WBITS, Z_FULL_FLUSH);
  Bytes file{0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3};
  uLong crc = 0;
  for (std::uint64_t i = 0; i < kPieces; ++i) {
    file.insert(file.end(), piece.begin(), piece.end());
    crc = crc32_z(crc, zeros.data(), zeros.size());  // crc32_combine takes an off_t, of which builds of zlib differ
  }
  const Bytes end = raw({});
  file.insert(file.end(), end.begin(), end.end());
  for (int i = 0; i < 4; ++i) file.push_back(static_cast<std::uint8_t>(crc >> (8 * i)));
  for (int i = 0; i < 4; ++i) file.push_back(static_cast<std::uint8_t>(kPieces * kPiece >> (8 * i)));
  const auto bytes = open_gzip(open_buffer(std::move(file)), "sky.gz");
  EXPECT_EQ(bytes->size(), kPieces * kPiece);
  EXPECT_EQ(read(*bytes, 1000, 1000), Bytes(1000));
}

}  // namespace
}  // namespace pinwheel
