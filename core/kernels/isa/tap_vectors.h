// A filter's taps as vectors: where they lie in an image, line by line.
#pragma once

#include "kernels/isa/kernel_set.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

// The shortest line of taps worth vectors of its own. The same for vectors of any width: another way to the same sum
// gives other bits.
inline constexpr std::int64_t kLeastLine = 4;

// For each line of taps as many vectors as cover it, the last one partly over the one before.
struct TapVectors {
  std::int64_t line, of_line, count;

  explicit TapVectors(const ConvDims& d) : line(d.kw * d.c), of_line(divide_up(line, kLanes)), count(d.kh * of_line) {}
  std::int64_t lanes() const { return smaller(line, kLanes); }
  std::int64_t row(std::int64_t vector) const { return vector / of_line; }
  std::int64_t column(std::int64_t vector) const {
    return smaller(vector % of_line * kLanes, larger(0, line - kLanes));
  }
};

// What lies at a position under one of the vectors; lanes as TapVectors says. Vectors of four lanes are always full.
PINWHEEL_INLINE Floats load_taps(const float* p, std::int64_t lanes) {
  if constexpr (kLanes > kLeastLine) {
    return load_partial(p, lanes);
  } else {
    return load(p);
  }
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
