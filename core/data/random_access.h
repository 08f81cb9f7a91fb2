// Bytes that can be read from any place: a file on disk, a buffer, or a stretch of another. Lets a zip of gigabytes be
// used without ever being in memory as a whole. Reading is safe from several threads at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace pinwheel {

class RandomAccess {
 public:
  virtual ~RandomAccess() = default;
  virtual std::uint64_t size() const = 0;
  // Fills `out` from `offset`; the caller has checked that it lies inside. Throws Error(kBadFile) when the disk
  // refuses.
  virtual void read(std::uint64_t offset, std::span<std::uint8_t> out) const = 0;
  // Where it lies on disk as a file of its own, for libraries that want to open it themselves; empty: nowhere.
  virtual std::filesystem::path path() const { return {}; }
};

std::shared_ptr<const RandomAccess> open_file(const std::filesystem::path& path);
std::shared_ptr<const RandomAccess> open_buffer(std::vector<std::uint8_t> bytes);
std::shared_ptr<const RandomAccess> open_stretch(std::shared_ptr<const RandomAccess> whole, std::uint64_t offset,
                                                 std::uint64_t size);

// No single file, packed or not, may be larger when it is read at once.
inline constexpr std::uint64_t kLargestRead = 256'000'000;

}  // namespace pinwheel
