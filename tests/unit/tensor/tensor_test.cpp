#include "tensor/tensor.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>

namespace pinwheel {
namespace {

TEST(FloatBuffer, IsZeroedAndAligned) {
  const FloatBuffer buffer(37);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % 64, 0U);
  for (const float value : buffer) EXPECT_EQ(value, 0.0F);
}

TEST(FloatBuffer, CloneIsIndependentAndMoveEmpties) {
  FloatBuffer original(3);
  original[1] = 5;
  FloatBuffer copy = original.clone();
  copy[1] = 6;
  EXPECT_EQ(original[1], 5.0F);
  const FloatBuffer moved = std::move(original);
  EXPECT_EQ(moved[1], 5.0F);
  EXPECT_TRUE(original.empty());
}

TEST(Extent, SaysItselfInWords) {
  EXPECT_EQ(Extent::image(64, 32, 3).text(), "64x32x3");
  EXPECT_EQ(Extent::vector(37).text(), "37");
  EXPECT_EQ(Extent::image(64, 32, 3).size(), 6144);
}

TEST(Tensor, FindsItsExamples) {
  Tensor tensor(4, Extent::image(2, 2, 3));
  EXPECT_EQ(tensor.example(2) - tensor.example(0), 24);
  EXPECT_EQ(tensor.values.size(), 48U);
}

}  // namespace
}  // namespace pinwheel
