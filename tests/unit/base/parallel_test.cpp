#include "base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
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

TEST_P(ForEach, NoTwoTasksShareALane) {
  const ThreadPool pool(GetParam());
  std::vector<std::atomic<int>> calls(1000);
  std::vector<std::atomic<int>> busy(pool.threads());
  std::atomic<int> shared = 0;
  const auto call_all = [&] {
    pool.for_each_in_lanes(calls.size(), [&](std::size_t lane, std::size_t i) {
      if (lane >= busy.size() || busy[lane]++ != 0) ++shared;
      ++calls[i];
      if (lane < busy.size()) --busy[lane];
    });
  };
  call_all();
  pool.standing_by(call_all);
  EXPECT_EQ(shared, 0);
  for (const auto& n : calls) EXPECT_EQ(n, 2);
}

// Thousands of calls one after the other: a helper that comes late finds the next one under way.
TEST_P(ForEach, CallsEveryIndexOnceWhileThreadsStandBy) {
  const ThreadPool pool(GetParam());
  std::vector<int> calls(100);  // plain numbers: a piece is done once, and seen to be done before the next call
  std::size_t wanted = 0;
  pool.standing_by([&] {
    for (int round = 0; round < 2000; ++round) {
      const std::size_t count = static_cast<std::size_t>(round) % (calls.size() + 1);
      pool.for_each(count, [&](std::size_t i) { ++calls[i]; });
      for (std::size_t i = 0; i < count; ++i) ++wanted;
    }
  });
  std::size_t found = 0;
  for (const int n : calls) found += static_cast<std::size_t>(n);
  EXPECT_EQ(found, wanted);
  EXPECT_EQ(calls[0], 1980) << "every round but those of no piece";
}

TEST_P(ForEach, StandsByWithinStandingByAndAgainAfterAnError) {
  const ThreadPool pool(GetParam());
  std::atomic<int> calls = 0;
  const auto three = [&] { pool.for_each(3, [&](std::size_t) { ++calls; }); };
  EXPECT_THROW(pool.standing_by([&] {
    pool.standing_by(three);
    throw std::runtime_error("of the work");
  }),
               std::runtime_error);
  three();
  pool.standing_by(three);
  EXPECT_EQ(calls, 9);
}

INSTANTIATE_TEST_SUITE_P(Threads, ForEach, ::testing::Values(1, 2, 5));

}  // namespace
}  // namespace pinwheel
