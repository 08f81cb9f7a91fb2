#include "data/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "unit/data/helpers.h"

namespace pinwheel {
namespace {

Dataset dataset(int count, int classes = 2) {
  Dataset data;
  for (int c = 0; c < classes; ++c) data.outputs.push_back("c" + std::to_string(c));
  for (int i = 0; i < count; ++i) {
    data.ids.push_back("galaxy_" + std::to_string(i) + ".jpg");
    data.groups.emplace_back();
    for (int c = 0; c < classes; ++c) data.targets.push_back(i % classes == c ? 1.0F : 0.0F);
  }
  return data;
}

void expect_partition(const Split& split, std::int64_t count) {
  std::vector<std::int64_t> all;
  for (const auto* part : {&split.train, &split.validation, &split.test}) {
    EXPECT_TRUE(std::is_sorted(part->begin(), part->end()));
    all.insert(all.end(), part->begin(), part->end());
  }
  std::sort(all.begin(), all.end());
  std::vector<std::int64_t> want(static_cast<std::size_t>(count));
  std::iota(want.begin(), want.end(), 0);
  EXPECT_EQ(all, want);
}

constexpr SplitKind kKinds[] = {SplitKind::kHash, SplitKind::kRandom, SplitKind::kStratified};

std::set<std::string> test_names(const Dataset& data, const SplitSpec& spec) {
  std::set<std::string> names;
  for (const auto i : split_dataset(data, spec).test) names.insert(data.ids[static_cast<std::size_t>(i)]);
  return names;
}

TEST(Split, EveryKindIsAPartitionOfAboutTheAskedSizes) {
  for (const SplitKind kind : kKinds) {
    const Split split = split_dataset(dataset(2000), {kind, 0.1, 0.2, 3});
    expect_partition(split, 2000);
    EXPECT_NEAR(static_cast<double>(split.test.size()), 400, 60);
    EXPECT_NEAR(static_cast<double>(split.validation.size()), 200, 50);
  }
}

TEST(Split, TheOrderOfFilesDoesNotMatter) {
  const Dataset data = dataset(300);
  Dataset reversed = data;
  std::reverse(reversed.ids.begin(), reversed.ids.end());
  std::reverse(reversed.targets.begin(), reversed.targets.end());
  for (std::size_t i = 0; i < reversed.targets.size(); i += 2) std::swap(reversed.targets[i], reversed.targets[i + 1]);
  for (const SplitKind kind : kKinds) {
    const SplitSpec spec{kind, 0.1, 0.2, 5};
    EXPECT_EQ(test_names(data, spec), test_names(reversed, spec));
  }
}

TEST(Split, SeedsGiveDifferentSplits) {
  const Dataset data = dataset(300);
  for (const SplitKind kind : kKinds)
    EXPECT_NE(test_names(data, {kind, 0.1, 0.2, 1}), test_names(data, {kind, 0.1, 0.2, 2}));
}

TEST(Split, UnderAHashANameKeepsItsSideWhenOthersAreAdded) {
  const SplitSpec spec{SplitKind::kHash, 0.1, 0.2, 0};
  const auto few = test_names(dataset(200), spec);
  const auto many = test_names(dataset(400), spec);
  EXPECT_TRUE(std::includes(many.begin(), many.end(), few.begin(), few.end()));
  for (const auto& name : few) EXPECT_EQ(hash_side(name, spec), 'e');
}

TEST(Split, HashSidesAreFixedForever) {
  // Shipped models are judged on the test side: these letters may never change.
  std::string sides;
  for (int i = 0; i < 24; ++i)
    sides += hash_side("galaxy_" + std::to_string(i) + ".jpg", {SplitKind::kHash, 0.25, 0.25, 7});
  EXPECT_EQ(sides, "vvteetttttttetttettvteet");
}

TEST(Split, GroupsStayTogether) {
  Dataset data = dataset(400);
  for (std::size_t i = 0; i < 400; ++i) data.groups[i] = i % 4 == 3 ? "" : "sky_" + std::to_string(i % 60);
  for (const SplitKind kind : kKinds) {
    const Split split = split_dataset(data, {kind, 0.15, 0.25, 1});
    expect_partition(split, 400);
    std::map<std::string, std::set<int>> sides;
    int side = 0;
    for (const auto* part : {&split.train, &split.validation, &split.test}) {
      for (const auto i : *part) sides[data.groups[static_cast<std::size_t>(i)]].insert(side);
      ++side;
    }
    sides.erase("");
    for (const auto& [group, seen] : sides) EXPECT_EQ(seen.size(), 1U) << group;
  }
}

TEST(Split, StratifiedKeepsEachClassesShare) {
  Dataset data = dataset(1400, 4);
  const Split split = split_dataset(data, {SplitKind::kStratified, 0.0, 0.2, 1});
  EXPECT_EQ(split.test.size(), 280U);
  EXPECT_EQ(split.train.size(), 1120U);
  std::array<int, 4> counts{};
  for (const auto i : split.test) ++counts[static_cast<std::size_t>(i % 4)];
  for (const int count : counts) EXPECT_EQ(count, 70);
  data.target_kind = TargetKind::kVotes;
  expect_error(ErrorCode::kInvalidArgument, "needs classes", [&] {
    split_dataset(data, {SplitKind::kStratified, 0, 0.2, 1});
  });
}

TEST(Split, EmptyPartsAndImpossibleSharesAreRefused) {
  expect_error(ErrorCode::kInvalidArgument, "With 3 pictures nothing is left for", [] {
    split_dataset(dataset(3), {SplitKind::kRandom, 0.1, 0.1, 0});
  });
  expect_error(ErrorCode::kInvalidArgument, "leave something to train on", [] {
    split_dataset(dataset(30), {SplitKind::kRandom, 0.5, 0.5, 0});
  });
  expect_error(ErrorCode::kInvalidArgument, "leave something to train on", [] {
    split_dataset(dataset(30), {SplitKind::kHash, -0.1, 0.5, 0});
  });
  EXPECT_EQ(split_dataset(dataset(3), {SplitKind::kHash, 0, 0, 0}).train.size(), 3U);
}

}  // namespace
}  // namespace pinwheel
