#include "data/running_checksum.h"

#include <zlib.h>

namespace pinwheel {

void RunningChecksum::add(std::uint64_t at, std::span<const std::uint8_t> bytes) {
  if (at > end_ || at + bytes.size() <= end_) return;
  const auto fresh = bytes.subspan(static_cast<std::size_t>(end_ - at));
  value_ = static_cast<std::uint32_t>(crc32_z(value_, fresh.data(), fresh.size()));
  end_ = at + bytes.size();
}

}  // namespace pinwheel
