// A 64-bit FNV-1a over what must be the same: weights, a network's parameters, a data set. Not for secrets.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "data/dataset.h"
#include "data/split.h"
#include "nn/params.h"

namespace pinwheel {

class Fingerprint {
 public:
  void add_bytes(const void* data, std::size_t size);
  template <typename Value>
  void add_values(std::span<const Value> values) {
    static_assert(std::is_arithmetic_v<Value>);
    add_bytes(values.data(), values.size_bytes());
  }
  void add_text(std::string_view text);
  std::string hex() const;  // 16 digits

 private:
  std::uint64_t hash_ = 0xCBF29CE484222325ULL;
};

std::string network_fingerprint(const ParamLayout& layout, const Extent& input);
std::string data_fingerprint(const Dataset& dataset, const Split& split);

}  // namespace pinwheel
