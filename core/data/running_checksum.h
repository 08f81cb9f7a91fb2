// The CRC-32 of bytes that are read from front to back in pieces, some of them perhaps more than once: each counts
// once.
#pragma once

#include <cstdint>
#include <span>

namespace pinwheel {

class RunningChecksum {
 public:
  // `bytes` lie from `at`. What follows a gap is left out, and then `end()` never reaches it.
  void add(std::uint64_t at, std::span<const std::uint8_t> bytes);
  std::uint64_t end() const { return end_; }  // bytes from the start that are summed up
  std::uint32_t value() const { return value_; }

 private:
  std::uint64_t end_ = 0;
  std::uint32_t value_ = 0;
};

}  // namespace pinwheel
