#include "nn/half.h"

#include <bit>
#include <cmath>

namespace pinwheel {
namespace {
constexpr std::uint32_t kInfinity = 0x7F800000U;
constexpr float kSmallestNormal = 0x1p-14F;
constexpr float kOverflow = 65520.0F;  // from here on the nearest half is infinity
}  // namespace

std::uint16_t to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000U);
  const float magnitude = std::fabs(value);
  if (std::isnan(value)) return sign | 0x7E00U;
  if (magnitude >= kOverflow) return sign | 0x7C00U;
  if (magnitude < kSmallestNormal) {
    // Subnormal halves are whole multiples of 2^-24; nearbyint rounds ties to even.
    return static_cast<std::uint16_t>(sign | static_cast<std::uint16_t>(std::nearbyint(magnitude * 0x1p24F)));
  }
  // Rebias the exponent by 112 and add half a unit of the last kept place, a little less when that place is even.
  const std::uint32_t rebased = (bits & 0x7FFFFFFFU) - (112U << 23);
  return static_cast<std::uint16_t>(sign | (rebased + 0xFFFU + (rebased >> 13 & 1U)) >> 13);
}

float from_half(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t{half & 0x8000U} << 16;
  const std::uint32_t magnitude = half & 0x7FFFU;
  if (magnitude >= 0x7C00U) return std::bit_cast<float>(sign | kInfinity | magnitude << 13);  // infinity, NaN
  // Read as a binary32 the same bits have a bias that is 112 too large; a multiplication corrects it and also makes
  // subnormal halves right.
  const float value = std::bit_cast<float>(magnitude << 13) * 0x1p112F;
  return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(value));
}

void round_weights_to_half(Params& params) {
  for (const ParamSlot& slot : params.layout.slots) {
    if (slot.role != ParamRole::kWeight) continue;
    for (float& value : params.slot(slot)) value = from_half(to_half(value));
  }
}

}  // namespace pinwheel
