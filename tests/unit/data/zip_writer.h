// Writes zips for these tests, honest ones and, by changing the entries' own words, dishonest ones.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pinwheel {

struct ZipItem {
  std::string name;
  std::string content;
  bool deflate = false;
  // What the directory says instead of the truth; -1: the truth.
  std::int64_t claimed_size = -1, claimed_crc = -1, claimed_offset = -1;
  std::uint16_t flags = 0, method = 0xFFFF;
};

class ZipWriter {
 public:
  explicit ZipWriter(bool zip64 = false) : zip64_(zip64) {}

  ZipWriter& add(const ZipItem& item) {
    const std::string packed = item.deflate ? deflated(item.content) : item.content;
    const auto crc = static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(item.content.data()), static_cast<uInt>(item.content.size())));
    const std::uint16_t method = item.method != 0xFFFF ? item.method : item.deflate ? 8 : 0;
    const auto size = item.claimed_size >= 0 ? static_cast<std::uint64_t>(item.claimed_size) : item.content.size();
    const auto offset = item.claimed_offset >= 0 ? static_cast<std::uint64_t>(item.claimed_offset) : bytes_.size();
    put(bytes_, 0x04034b50, 4);
    put_common(bytes_, item, method, crc, packed.size(), size);
    put(bytes_, 0, 2);
    bytes_ += item.name + packed;

    put(directory_, 0x02014b50, 4);
    put(directory_, 20, 2);
    const std::string extra = zip64_ ? zip64_field(size, packed.size(), offset) : "";
    put_common(directory_, item, method, item.claimed_crc >= 0 ? static_cast<std::uint64_t>(item.claimed_crc) : crc,
               zip64_ ? 0xFFFFFFFF : packed.size(), zip64_ ? 0xFFFFFFFF : size);
    put(directory_, extra.size(), 2);
    put(directory_, 0, 10);  // comment, disk, attributes
    put(directory_, zip64_ ? 0xFFFFFFFF : offset, 4);
    directory_ += item.name + extra;
    ++count_;
    return *this;
  }
  ZipWriter& add(const std::string& name, const std::string& content, bool deflate = false) {
    return add(ZipItem{name, content, deflate, -1, -1, -1, 0, 0xFFFF});
  }

  std::string text(const std::string& comment = "") const {
    std::string out = bytes_ + directory_;
    if (zip64_) {
      const std::uint64_t record = out.size();
      put(out, 0x06064b50, 4);
      put(out, 44, 8);
      put(out, 45 | 45 << 16, 4);
      put(out, 0, 8);
      put(out, count_, 8);
      put(out, count_, 8);
      put(out, directory_.size(), 8);
      put(out, bytes_.size(), 8);
      put(out, 0x07064b50, 4);
      put(out, 0, 4);
      put(out, record, 8);
      put(out, 1, 4);
    }
    put(out, 0x06054b50, 4);
    put(out, 0, 4);
    put(out, zip64_ ? 0xFFFF : count_, 2);
    put(out, zip64_ ? 0xFFFF : count_, 2);
    put(out, zip64_ ? 0xFFFFFFFF : directory_.size(), 4);
    put(out, zip64_ ? 0xFFFFFFFF : bytes_.size(), 4);
    put(out, comment.size(), 2);
    return out + comment;
  }
  std::vector<std::uint8_t> bytes() const {
    const std::string all = text();
    return {all.begin(), all.end()};
  }

 private:
  static void put(std::string& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(i < 8 ? value >> (8 * i) & 0xFF : 0);
  }
  // From "version needed" to the length of the name: the same in both headers.
  static void put_common(std::string& out, const ZipItem& item, std::uint64_t method, std::uint64_t crc,
                         std::uint64_t packed, std::uint64_t size) {
    put(out, 20, 2);
    put(out, item.flags, 2);
    put(out, method, 2);
    put(out, 0, 4);
    put(out, crc, 4);
    put(out, packed, 4);
    put(out, size, 4);
    put(out, item.name.size(), 2);
  }
  static std::string zip64_field(std::uint64_t size, std::uint64_t packed, std::uint64_t offset) {
    std::string out;
    put(out, 1, 2);
    put(out, 24, 2);
    put(out, size, 8);
    put(out, packed, 8);
    put(out, offset, 8);
    return out;
  }
  static std::string deflated(const std::string& content) {
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    std::string out(content.size() + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
  }

  bool zip64_;
  std::string bytes_, directory_;
  std::uint64_t count_ = 0;
};

}  // namespace pinwheel
