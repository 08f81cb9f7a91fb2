#include "data/duplicates.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

namespace pinwheel {
namespace {

// FNV-1a over words of eight bytes: only a filter, equal hashes are compared byte for byte.
std::uint64_t hash_pixels(const std::uint8_t* pixels, std::size_t size) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (std::size_t i = 0; i < size; i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, pixels + i, std::min<std::size_t>(8, size - i));
    hash = (hash ^ word) * 0x100000001B3ULL;
    hash ^= hash >> 29;
  }
  return hash;
}

}  // namespace

std::vector<std::vector<std::int64_t>> equal_pictures(const Dataset& dataset) {
  const auto size = static_cast<std::size_t>(dataset.extent.size());
  if (dataset.pixels.empty()) return {};
  const auto equal = [&](std::int64_t a, std::int64_t b) {
    return std::memcmp(dataset.image(a), dataset.image(b), size) == 0;
  };
  std::unordered_map<std::uint64_t, std::vector<std::vector<std::int64_t>>> by_hash;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    auto& sets = by_hash[hash_pixels(dataset.image(i), size)];
    const auto same = std::find_if(sets.begin(), sets.end(), [&](const auto& set) { return equal(set[0], i); });
    if (same == sets.end()) {
      sets.push_back({i});
    } else {
      same->push_back(i);
    }
  }
  std::vector<std::vector<std::int64_t>> found;
  for (auto& [hash, sets] : by_hash) {
    for (auto& set : sets) {
      if (set.size() > 1) found.push_back(std::move(set));
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace pinwheel
