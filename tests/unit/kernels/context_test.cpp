// Scratch memory and the choice of an instruction set.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "kernels/dispatch.h"

namespace pinwheel::kernels {
namespace {

TEST(Context, ScratchIsAlignedAndStaysOnceItHasGrown) {
  const ThreadPool pool(1);
  Context ctx(pool);
  float* large = ctx.scratch(0, 1000);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(large) % 64, 0U);
  std::fill_n(large, 1000, 1.0F);
  EXPECT_EQ(ctx.scratch(0, 10), large);
  EXPECT_EQ(ctx.scratch(0, 1000), large);
  float* larger = ctx.scratch(0, 5000);
  std::fill_n(larger, 5000, 2.0F);
  EXPECT_EQ(ctx.scratch(0, 1000), larger);
}

TEST(Context, SlotsDoNotOverlap) {
  const ThreadPool pool(1);
  Context ctx(pool);
  for (std::size_t slot = 0; slot < 4; ++slot) std::fill_n(ctx.scratch(slot, 100), 100, static_cast<float>(slot));
  for (std::size_t slot = 0; slot < 4; ++slot) {
    const float* p = ctx.scratch(slot, 100);
    EXPECT_TRUE(std::all_of(p, p + 100, [=](float v) { return v == static_cast<float>(slot); }));
  }
}

TEST(Dispatch, NamesTheFirstUsableTable) {
  ASSERT_FALSE(usable_tables().empty());
  EXPECT_EQ(std::string(instruction_set()), usable_tables().front()->name);
}

// A table with a hole would only fail when the layer that needs it is first trained.
TEST(Dispatch, TablesAreComplete) {
  for (const KernelTable* table : usable_tables()) {
#define PINWHEEL_EXPECT_ENTRY(function) EXPECT_NE(table->function, nullptr) << table->name << " " << #function;
    PINWHEEL_FOR_EACH_KERNEL(PINWHEEL_EXPECT_ENTRY)
#undef PINWHEEL_EXPECT_ENTRY
  }
}

}  // namespace
}  // namespace pinwheel::kernels
