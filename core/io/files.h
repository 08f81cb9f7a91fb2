// Whole files in and out, with sentences instead of errno. It knows no format.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace pinwheel {

// Throws Error: kNotFound, kTooLarge (over `limit` bytes, decided before anything is read), kBadFile (not readable).
std::vector<std::uint8_t> read_file(const std::filesystem::path& path, std::uint64_t limit);

// Writes beside the target and renames, so that a reader sees the old file or the new one and never a part. Makes
// missing folders. Throws Error(kInvalidArgument) when the place cannot be written.
void write_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);

}  // namespace pinwheel
