// A zip archive (PKWARE APPNOTE 6.3; stored and deflated entries, ZIP64) read from its central directory. Nothing is
// ever written to disk, and an archive that lies about itself is refused: names that leave the archive, entries that
// overlap, sizes beyond any picture.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/random_access.h"

namespace pinwheel {

struct ZipEntry {
  std::string name;  // '/' between parts, valid UTF-8
  std::uint16_t method = 0, flags = 0;
  std::uint32_t crc = 0;
  std::uint64_t packed = 0, size = 0;
  std::uint64_t header = 0;  // place of the local header
};

class ZipArchive {
 public:
  // `name` is for messages. Throws Error(kBadFile, kUnsupported, kTooLarge).
  ZipArchive(std::shared_ptr<const RandomAccess> bytes, std::string name);

  const std::vector<ZipEntry>& entries() const { return entries_; }  // files only, in the directory's order
  std::vector<std::uint8_t> read(std::size_t i) const;               // unpacked and checked; throws Error; thread-safe
  // The entry as bytes of its own, for a zip inside the zip: in place when it is stored, unpacked into memory when that
  // is small, else unpacked anew as it is read.
  std::shared_ptr<const RandomAccess> open(std::size_t i) const;
  // The same for who reads from front to back: never in memory as a whole; its checksum is looked at with the last
  // byte.
  std::shared_ptr<const RandomAccess> open_forward(std::size_t i) const;

 private:
  std::string label(const ZipEntry& entry) const { return name_ + "/" + entry.name; }
  void refuse_unreadable(const ZipEntry& entry) const;
  std::uint64_t data_offset(const ZipEntry& entry) const;

  std::shared_ptr<const RandomAccess> bytes_;
  std::string name_;
  std::vector<ZipEntry> entries_;
};

// Begins like a zip (also an empty one).
bool starts_like_zip(const RandomAccess& bytes);

}  // namespace pinwheel
