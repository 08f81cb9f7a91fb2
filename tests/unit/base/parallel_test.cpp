#include "base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace pinwheel {
namespace {

class ForEach : public ::testing::TestWithParam<std::size_t> {};

TEST_P(ForEach, CallsEveryIndexOnce) {
  const ThreadPool pool(GetParam());
  for (const std::size_t count : {0U, 1U, 2U, 7U, 1000U}) {
    std::vector<std::atomic<int>> calls(count);
    pool.for_each(count, [&](std::size_t i) { ++calls[i]; });
    for (const auto& n : calls) EXPECT_EQ(n, 1);
  }
}

TEST_P(ForEach, RangesCoverEverythingWithoutOverlap) {
  const ThreadPool pool(GetParam());
  std::vector<std::atomic<int>> calls(103);
  std::atomic<int> pieces = 0;
  pool.for_ranges(calls.size(), 10, [&](std::size_t begin, std::size_t end) {
    ++pieces;
    for (std::size_t i = begin; i < end; ++i) ++calls[i];
  });
  EXPECT_EQ(pieces, 11);
  for (const auto& n : calls) EXPECT_EQ(n, 1);
}

INSTANTIATE_TEST_SUITE_P(Threads, ForEach, ::testing::Values(1, 2, 5));

}  // namespace
}  // namespace pinwheel
