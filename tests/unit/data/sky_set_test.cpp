// The rendered data set: mixed as asked for, the same in pieces as at once.
#include "data/sky_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace pinwheel {
namespace {

SkySetSpec small_sky(std::int64_t count) {
  SkySetSpec spec;
  spec.kinds = {GalaxyKind::kRoundSmooth, GalaxyKind::kEdgeOn, GalaxyKind::kSpiral};
  spec.count = count;
  spec.sky.size = 32;
  return spec;
}

Preprocess to_16() {
  Preprocess p;
  p.steps = {Resize{16, 16, Resampler::kArea}};
  return p;
}

Dataset drawn(const SkySetSpec& spec, std::int64_t piece, std::size_t threads = 1) {
  const ThreadPool pool(threads);
  SkySet sky(spec, to_16(), Extent::image(16, 16, 3));
  while (sky.drawn() < sky.total()) sky.draw(piece, pool);
  return sky.take();
}

TEST(SkySet, TakesTurnsWhenBalanced) {
  const auto plan = plan_kinds(small_sky(300));
  for (std::size_t i = 0; i < plan.size(); ++i) EXPECT_EQ(plan[i], static_cast<int>(i % 3)) << i;
}

TEST(SkySet, HalvesEachKindWhenUnbalancedInAnyBeginning) {
  SkySetSpec spec = small_sky(700);
  spec.balance = 0.5;  // 4 : 2 : 1
  const auto plan = plan_kinds(spec);
  for (const std::ptrdiff_t begin : {70, 700}) {
    for (int kind = 0; kind < 3; ++kind) {
      const double expected = static_cast<double>(begin) * (4 >> kind) / 7;
      EXPECT_NEAR(static_cast<double>(std::count(plan.begin(), plan.begin() + begin, kind)), expected, 1) << begin;
    }
  }
}

TEST(SkySet, IsTheSameInPiecesAndOnThreads) {
  const Dataset whole = drawn(small_sky(20), 20), pieces = drawn(small_sky(20), 7, 3);
  EXPECT_EQ(whole.pixels, pieces.pixels);
  EXPECT_EQ(whole.ids, pieces.ids);
  EXPECT_EQ(whole.targets, pieces.targets);
  ASSERT_EQ(whole.size(), 20);
  EXPECT_EQ(whole.ids[1], "edge_on/000001.png");
  EXPECT_EQ(whole.outputs, (std::vector<std::string>{"round_smooth", "edge_on", "spiral"}));
  EXPECT_EQ(whole.target(1)[1], 1);
}

TEST(SkySet, KnowsTheAnswersOfTheTree) {
  SkySetSpec spec = small_sky(3);
  spec.target = TargetKind::kFractions;
  const Dataset fractions = drawn(spec, 3);
  ASSERT_EQ(fractions.width(), 37);
  EXPECT_EQ(fractions.target(0)[0], 1);  // smooth
  EXPECT_EQ(fractions.target(2)[1], 1);  // features or disk
  spec.target = TargetKind::kVotes;
  const Dataset votes = drawn(spec, 3);
  EXPECT_EQ(votes.target(0)[0], 40);
}

TEST(SkySet, RefusesWhatMakesNoSet) {
  SkySetSpec none = small_sky(0), twice = small_sky(3), tilted = small_sky(3);
  twice.kinds.push_back(twice.kinds[0]);
  tilted.balance = 0;
  for (const auto& spec : {none, twice, tilted}) EXPECT_THROW(drawn(spec, 1), Error);
}

}  // namespace
}  // namespace pinwheel
