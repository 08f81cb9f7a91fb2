#include "base/rng.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

namespace pinwheel {
namespace {

TEST(Rng, MatchesThePublishedTestVector) {
  // Random123's known answer for philox4x32-10 with counter 0 and key 0.
  Rng rng(0);
  const std::array<std::uint32_t, 4> expected{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
  for (const auto value : expected) EXPECT_EQ(rng.next_u32(), value);
}

TEST(Rng, GoesOnFromASavedState) {
  Rng rng(42);
  for (int i = 0; i < 7; ++i) rng.next_u32();
  Rng restored(rng.state());
  for (int i = 0; i < 20; ++i) EXPECT_EQ(restored.next_u32(), rng.next_u32());
}

TEST(Rng, ChildrenDifferAndDoNotAdvanceTheirParent) {
  Rng parent(7);
  const auto before = parent.state();
  Rng first = parent.child(0), second = parent.child(1), again = parent.child(0);
  EXPECT_EQ(parent.state(), before);
  const auto value = first.next_u32();
  EXPECT_EQ(again.next_u32(), value);
  EXPECT_NE(second.next_u32(), value);
  EXPECT_NE(parent.next_u32(), value);
}

TEST(Rng, BelowIsUniformAndInRange) {
  Rng rng(3);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) ++counts.at(rng.below(7));
  for (const int count : counts) EXPECT_NEAR(count, 10000, 500);  // five standard deviations
}

TEST(Rng, UniformAndNormalHaveTheirMoments) {
  Rng rng(11);
  double uniform_sum = 0, normal_sum = 0, normal_square = 0;
  constexpr int kDraws = 100000;
  for (int i = 0; i < kDraws; ++i) {
    const double u = rng.uniform();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    uniform_sum += u;
    const double z = rng.normal();
    normal_sum += z;
    normal_square += z * z;
  }
  EXPECT_NEAR(uniform_sum / kDraws, 0.5, 0.005);
  EXPECT_NEAR(normal_sum / kDraws, 0.0, 0.016);
  EXPECT_NEAR(normal_square / kDraws, 1.0, 0.025);
}

TEST(Rng, ShuffleKeepsEveryItem) {
  Rng rng(5);
  std::vector<int> items(100);
  std::iota(items.begin(), items.end(), 0);
  auto shuffled = items;
  rng.shuffle(shuffled);
  EXPECT_NE(shuffled, items);
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_EQ(shuffled, items);
}

}  // namespace
}  // namespace pinwheel
