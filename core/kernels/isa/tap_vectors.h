// A filter's taps as vectors: where they lie in an image, line by line.
#pragma once

#include "kernels/isa/kernel_set.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

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

}  // namespace pinwheel::kernels::PINWHEEL_ISA
