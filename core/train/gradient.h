// The gradient of a step, as the backward pass leaves it and the optimiser takes it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace pinwheel {

// A dense layer's weight gradient by one example is the product of two vectors: dweight[o,i] = dy[o] * x[i]. Written
// out it would be as large as the weights; the optimiser can multiply as it goes.
struct RankOneGradient {
  std::size_t offset;         // of the weights in the parameter buffer
  std::span<const float> dy;  // [O]
  std::span<const float> x;   // [I]
  std::size_t end() const { return offset + dy.size() * x.size(); }
};

// Both valid until the executor's next pass. What a product covers is undefined in `values`.
struct Gradient {
  std::span<const float> values;                // [trainable parameters]
  std::span<const RankOneGradient> products{};  // in the order of their offsets, without overlap
};

}  // namespace pinwheel
