#include "data/zip_archive.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "data/inflating.h"
#include "data/names.h"
#include "data/running_checksum.h"

namespace pinwheel {
namespace {

constexpr std::uint32_t kLocalMark = 0x04034b50, kDirectoryMark = 0x02014b50, kEndMark = 0x06054b50;
constexpr std::uint32_t kEnd64Mark = 0x06064b50, kEnd64LocatorMark = 0x07064b50;
constexpr std::size_t kLocalSize = 30, kDirectoryEntrySize = 46, kEndSize = 22, kEnd64Size = 56, kLocatorSize = 20;
constexpr std::uint64_t kMostEntries = 1'000'000;
constexpr std::uint64_t kLargestRatio = 1000;
constexpr std::uint16_t kStored = 0, kDeflated = 8, kEncryptedFlag = 1, kZip64Field = 1;

std::uint16_t u16(const std::uint8_t* p) { return static_cast<std::uint16_t>(p[0] | p[1] << 8); }
std::uint32_t u32(const std::uint8_t* p) { return u16(p) | std::uint32_t{u16(p + 2)} << 16; }
std::uint64_t u64(const std::uint8_t* p) { return u32(p) | std::uint64_t{u32(p + 4)} << 32; }

[[noreturn]] void refuse(const std::string& name, const std::string& what) {
  throw Error(ErrorCode::kBadFile, name + " " + what);
}

std::vector<std::uint8_t> read_at(const RandomAccess& bytes, std::uint64_t offset, std::uint64_t size,
                                  const std::string& name) {
  if (offset > bytes.size() || size > bytes.size() - offset) {
    refuse(name, "is damaged: it points beyond its own end. Download it again.");
  }
  std::vector<std::uint8_t> out(static_cast<std::size_t>(size));
  bytes.read(offset, out);
  return out;
}

struct Directory {
  std::uint64_t count = 0, size = 0, offset = 0;
};

[[noreturn]] void refuse_without_end(const RandomAccess& bytes, const std::string& name) {
  if (bytes.size() == 0) refuse(name, "is empty: nothing has arrived. Download it again.");
  const auto mark = read_at(bytes, 0, std::min<std::uint64_t>(bytes.size(), 2), name);
  if (mark != std::vector<std::uint8_t>{'P', 'K'}) {
    refuse(name, "is no zip, whatever its name says: perhaps a web page was saved in its place. Download it again.");
  }
  refuse(name, "is cut off or damaged: the list of its contents, at its end, is missing. Download it again.");
}

// The end record stands at the very end, before a comment of at most 64 kB.
std::uint64_t find_end(const RandomAccess& bytes, const std::string& name) {
  const std::uint64_t tail = std::min<std::uint64_t>(bytes.size(), kEndSize + 65535);
  const auto last = read_at(bytes, bytes.size() - tail, tail, name);
  for (std::size_t i = last.size() < kEndSize ? 0 : last.size() - kEndSize + 1; i-- > 0;) {
    const std::uint8_t* p = last.data() + i;
    if (u32(p) == kEndMark && i + kEndSize + u16(p + 20) == last.size()) return bytes.size() - tail + i;
  }
  refuse_without_end(bytes, name);
}

Directory read_zip64_end(const RandomAccess& bytes, std::uint64_t end, const std::string& name) {
  if (end < kLocatorSize) refuse(name, "is damaged: its 64-bit end record is missing. Download it again.");
  const auto locator = read_at(bytes, end - kLocatorSize, kLocatorSize, name);
  const auto record = u32(locator.data()) == kEnd64LocatorMark
                          ? read_at(bytes, u64(locator.data() + 8), kEnd64Size, name)
                          : std::vector<std::uint8_t>(kEnd64Size);
  if (u32(record.data()) != kEnd64Mark) {
    refuse(name, "is damaged: its 64-bit end record is missing. Download it again.");
  }
  return {u64(record.data() + 32), u64(record.data() + 40), u64(record.data() + 48)};
}

Directory find_directory(const RandomAccess& bytes, const std::string& name) {
  const std::uint64_t end = find_end(bytes, name);
  const auto record = read_at(bytes, end, kEndSize, name);
  const std::uint8_t* p = record.data();
  if (u16(p + 4) != u16(p + 6)) {
    throw Error(ErrorCode::kUnsupported, name + " is one part of a split archive: join the parts first.");
  }
  Directory directory{u16(p + 10), u32(p + 12), u32(p + 16)};
  const bool needs64 = directory.count == 0xFFFF || directory.size == 0xFFFFFFFF || directory.offset == 0xFFFFFFFF;
  if (needs64) directory = read_zip64_end(bytes, end, name);
  if (directory.count > kMostEntries || directory.size > kLargestRead) {
    throw Error(ErrorCode::kTooLarge, name + " lists more than a million files: split it.");
  }
  if (directory.offset > end || directory.size > end - directory.offset) {
    refuse(name, "is damaged: the list of its contents does not fit into it. Download it again.");
  }
  return directory;
}

// Sizes that do not fit 32 bits stand in an extra field, in this order, each only when its short form is all ones.
void read_zip64_field(std::span<const std::uint8_t> extra, ZipEntry& entry, const std::string& name) {
  std::array<std::uint64_t*, 3> wanted{entry.size == 0xFFFFFFFF ? &entry.size : nullptr,
                                       entry.packed == 0xFFFFFFFF ? &entry.packed : nullptr,
                                       entry.header == 0xFFFFFFFF ? &entry.header : nullptr};
  while (extra.size() >= 4) {
    const std::size_t length = u16(extra.data() + 2);
    if (length > extra.size() - 4) refuse(name, "is damaged: an entry's extra field is cut off. Download it again.");
    auto body = extra.subspan(4, length);
    for (std::uint64_t* value : wanted) {
      if (u16(extra.data()) != kZip64Field || value == nullptr || body.size() < 8) continue;
      *value = u64(body.data());
      body = body.subspan(8);
    }
    extra = extra.subspan(4 + length);
  }
}

std::string checked_name(std::string_view raw, const std::string& archive) {
  std::string name = utf8_name(raw);
  std::replace(name.begin(), name.end(), '\\', '/');
  if (leaves_root(name)) {
    refuse(archive, "holds a file named '" + name.substr(0, 80) + "', which points outside the archive: not opened.");
  }
  return name;
}

std::vector<ZipEntry> read_directory(const RandomAccess& bytes, const std::string& name) {
  const Directory directory = find_directory(bytes, name);
  const auto table = read_at(bytes, directory.offset, directory.size, name);
  std::vector<ZipEntry> entries;
  std::span<const std::uint8_t> rest(table);
  for (std::uint64_t i = 0; i < directory.count; ++i) {
    if (rest.size() < kDirectoryEntrySize || u32(rest.data()) != kDirectoryMark) {
      refuse(name, "is damaged: the list of its contents breaks off. Download it again.");
    }
    const std::uint8_t* p = rest.data();
    const std::size_t name_size = u16(p + 28), extra_size = u16(p + 30), comment_size = u16(p + 32);
    if (rest.size() - kDirectoryEntrySize < name_size + extra_size + comment_size) {
      refuse(name, "is damaged: the list of its contents breaks off. Download it again.");
    }
    const auto* text = reinterpret_cast<const char*>(p + kDirectoryEntrySize);
    ZipEntry entry{checked_name({text, name_size}, name),
                   u16(p + 10),
                   u16(p + 8),
                   u32(p + 16),
                   u32(p + 20),
                   u32(p + 24),
                   u32(p + 42)};
    read_zip64_field(rest.subspan(kDirectoryEntrySize + name_size, extra_size), entry, name);
    entries.push_back(std::move(entry));
    rest = rest.subspan(kDirectoryEntrySize + name_size + extra_size + comment_size);
  }
  return entries;
}

// Entries that share bytes are how a small archive unpacks to petabytes (Fifield 2019, "A better zip bomb").
void refuse_overlaps(const std::vector<ZipEntry>& entries, std::uint64_t archive_size, const std::string& name) {
  std::vector<const ZipEntry*> by_place;
  for (const ZipEntry& entry : entries) by_place.push_back(&entry);
  std::sort(by_place.begin(), by_place.end(), [](auto* a, auto* b) { return a->header < b->header; });
  std::uint64_t free_from = 0;
  for (const ZipEntry* entry : by_place) {
    if (entry->header < free_from) {
      refuse(name, "holds files that overlap ('" + entry->name + "'): it is damaged or made to do harm. Not opened.");
    }
    if (entry->header > archive_size || entry->packed > archive_size - entry->header) {
      refuse(name, "is cut off or damaged: '" + entry->name + "' lies beyond its end. Download it again.");
    }
    free_from = entry->header + kLocalSize + entry->packed;
  }
}

// An archive that was added to keeps the old versions; the last of a name is the one that counts.
void keep_last_files(std::vector<ZipEntry>& entries) {
  std::unordered_map<std::string_view, std::size_t> last;
  for (std::size_t i = 0; i < entries.size(); ++i) last[entries[i].name] = i;
  std::vector<ZipEntry> kept;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string& name = entries[i].name;
    if (last[name] == i && !name.empty() && name.back() != '/') kept.push_back(entries[i]);
  }
  entries = std::move(kept);
}

std::vector<std::uint8_t> inflate_all(const std::vector<std::uint8_t>& packed, std::uint64_t size,
                                      const std::string& label) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(size));
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    throw Error(ErrorCode::kTooLarge, "There is no memory left for " + label);
  stream.next_in = const_cast<std::uint8_t*>(packed.data());  // zlib's interface predates const
  stream.avail_in = static_cast<uInt>(packed.size());
  // zlib wants a place to write to even when nothing comes.
  std::uint8_t nothing = 0;
  stream.next_out = out.empty() ? &nothing : out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = inflate(&stream, Z_FINISH);
  const bool whole = result == Z_STREAM_END && stream.total_out == size;
  inflateEnd(&stream);
  if (!whole) refuse(label, "is damaged inside its zip: it does not unpack. Download the zip again.");
  return out;
}

// Bytes as they are, with a look at their checksum by who has read them all from front to back.
class SummedBytes final : public RandomAccess {
 public:
  SummedBytes(std::shared_ptr<const RandomAccess> bytes, std::uint32_t crc, std::string name)
      : bytes_(std::move(bytes)), crc_(crc), name_(std::move(name)) {}

  std::uint64_t size() const override { return bytes_->size(); }
  void read(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    bytes_->read(offset, out);
    const std::lock_guard lock(mutex_);
    if (offset + out.size() <= checksum_.end()) return;
    checksum_.add(offset, out);
    if (checksum_.end() == size() && checksum_.value() != crc_) {
      refuse(name_, "is damaged: its checksum is wrong. Download it again.");
    }
  }

 private:
  std::shared_ptr<const RandomAccess> bytes_;
  std::uint32_t crc_;
  std::string name_;
  mutable std::mutex mutex_;
  mutable RunningChecksum checksum_;
};

}  // namespace

bool starts_like_zip(const RandomAccess& bytes) {
  std::array<std::uint8_t, 4> mark{};
  if (bytes.size() < kEndSize) return false;
  bytes.read(0, mark);
  return u32(mark.data()) == kLocalMark || u32(mark.data()) == kEndMark;
}

ZipArchive::ZipArchive(std::shared_ptr<const RandomAccess> bytes, std::string name)
    : bytes_(std::move(bytes)), name_(std::move(name)), entries_(read_directory(*bytes_, name_)) {
  refuse_overlaps(entries_, bytes_->size(), name_);
  keep_last_files(entries_);
}

void ZipArchive::refuse_unreadable(const ZipEntry& entry) const {
  if ((entry.flags & kEncryptedFlag) != 0) {
    throw Error(ErrorCode::kUnsupported, label(entry) + " is encrypted: unpack it with its password first.");
  }
  if (entry.method != kStored && entry.method != kDeflated) {
    throw Error(ErrorCode::kUnsupported, label(entry) + " is packed by method " + std::to_string(entry.method) +
                                             ", not deflate: pack the zip again in the usual way.");
  }
  if (entry.method == kStored && entry.packed != entry.size) refuse(label(entry), "is damaged: it has two sizes.");
  if (entry.size / kLargestRatio > entry.packed) {
    refuse(label(entry),
           "claims to grow more than " + std::to_string(kLargestRatio) + " times when unpacked: not opened.");
  }
}

std::uint64_t ZipArchive::data_offset(const ZipEntry& entry) const {
  const auto local = read_at(*bytes_, entry.header, kLocalSize, name_);
  if (u32(local.data()) != kLocalMark) refuse(label(entry), "is not where its zip says. Download the zip again.");
  const std::uint64_t offset = entry.header + kLocalSize + u16(local.data() + 26) + u16(local.data() + 28);
  if (offset > bytes_->size() || entry.packed > bytes_->size() - offset) {
    refuse(name_, "is cut off inside '" + entry.name + "'. Download it again.");
  }
  return offset;
}

std::vector<std::uint8_t> ZipArchive::read(std::size_t i) const {
  const ZipEntry& entry = entries_[i];
  refuse_unreadable(entry);
  if (entry.size > kLargestRead || entry.packed > kLargestRead) {
    throw Error(ErrorCode::kTooLarge, label(entry) + " is larger than " + std::to_string(kLargestRead / 1'000'000) +
                                          " MB: unpack the zip first.");
  }
  auto bytes = read_at(*bytes_, data_offset(entry), entry.packed, name_);
  if (entry.method == kDeflated) bytes = inflate_all(bytes, entry.size, label(entry));
  const auto crc = crc32(0, bytes.data(), static_cast<uInt>(bytes.size()));
  if (crc != entry.crc) refuse(label(entry), "is damaged: its checksum is wrong. Download the zip again.");
  return bytes;
}

std::shared_ptr<const RandomAccess> ZipArchive::open(std::size_t i) const {
  const ZipEntry& entry = entries_[i];
  refuse_unreadable(entry);
  // A stored zip is hopped about in, and its own files are checked one by one.
  if (entry.method == kStored) return open_stretch(bytes_, data_offset(entry), entry.packed);
  return entry.size > kLargestRead ? open_forward(i) : open_buffer(read(i));
}

std::shared_ptr<const RandomAccess> ZipArchive::open_forward(std::size_t i) const {
  const ZipEntry& entry = entries_[i];
  refuse_unreadable(entry);
  auto packed = open_stretch(bytes_, data_offset(entry), entry.packed);
  if (entry.method == kStored) return std::make_shared<SummedBytes>(std::move(packed), entry.crc, label(entry));
  return open_deflated(std::move(packed), entry.size, entry.crc, label(entry));
}

}  // namespace pinwheel
