#include "nn/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "nn/spec.h"

namespace pinwheel {
namespace {

TEST(Half, KnownValues) {
  EXPECT_EQ(to_half(0.0F), 0x0000);
  EXPECT_EQ(to_half(-0.0F), 0x8000);
  EXPECT_EQ(to_half(1.0F), 0x3C00);
  EXPECT_EQ(to_half(-2.0F), 0xC000);
  EXPECT_EQ(to_half(65504.0F), 0x7BFF);
  EXPECT_EQ(to_half(65520.0F), 0x7C00);
  EXPECT_EQ(to_half(0x1p-24F), 0x0001);
  EXPECT_EQ(to_half(0x1p-14F), 0x0400);
  EXPECT_EQ(to_half(1.0F + 0x1p-11F), 0x3C00) << "a tie goes to the even neighbour";
  EXPECT_EQ(to_half(1.0F + 3 * 0x1p-11F), 0x3C02) << "a tie goes to the even neighbour";
  EXPECT_TRUE(std::isnan(from_half(to_half(std::numeric_limits<float>::quiet_NaN()))));
}

TEST(Half, EveryHalfSurvivesTheRoundTrip) {
  for (std::uint32_t bits = 0; bits < 0x10000U; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    if ((half & 0x7C00U) == 0x7C00U && (half & 0x3FFU) != 0) continue;  // NaNs are one
    ASSERT_EQ(to_half(from_half(half)), half);
  }
}

TEST(Half, RoundsOnlyWeights) {
  NetBuilder b(Extent::image(4, 4, 1));
  b.add("conv", Conv2d{.out_channels = 2});
  b.add("bn", BatchNorm{});
  const NetSpec spec = std::move(b).build();
  Params params = initialise(spec, Init{}, Rng(1));
  for (const ParamSlot& slot : params.layout.slots) {
    for (float& value : params.slot(slot)) value = 0.1F;
  }
  round_weights_to_half(params);
  for (const ParamSlot& slot : params.layout.slots) {
    const bool weight = slot.role == ParamRole::kWeight;
    for (const float value : params.slot(slot)) EXPECT_EQ(value, weight ? from_half(to_half(0.1F)) : 0.1F) << slot.name;
  }
}

}  // namespace
}  // namespace pinwheel
