// Who trains, who validates, who tests. A split is a function of names or of a seed, never of the order files came in,
// and keeps groups (the same galaxy in two sets) and equal pictures together.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"

namespace pinwheel {

enum class SplitKind { kRandom, kStratified, kHash, kGiven };
const char* split_name(SplitKind kind);  // "random", "stratified", "hash", "given"
// Throws Error(kInvalidArgument) listing the names.
SplitKind parse_split(std::string_view name);

struct SplitSpec {
  SplitKind kind = SplitKind::kHash;
  double validation = 0.1, test = 0.2;  // parts; the rest trains
  std::uint64_t seed = 0;
  bool operator==(const SplitSpec&) const = default;
};
struct Split {
  std::vector<std::int64_t> train, validation, test;  // indices, ascending
};

// kHash: a 64-bit FNV-1a of seed and name (or group) decides, so an image keeps its side when others are added.
// kStratified: by class of the one-hot target. kGiven: as dataset.parts says; an example without a part is on no side,
// equal pictures in several parts are all held out, and where no part is for validation, the spec's share of the
// training part is taken for it by hash. Throws Error when a part that was asked for would be empty.
Split split_dataset(const Dataset& dataset, const SplitSpec& spec);
// The part a single name falls into under kHash: 't', 'v' or 'e' (test).
char hash_side(std::string_view name, const SplitSpec& spec);

}  // namespace pinwheel
