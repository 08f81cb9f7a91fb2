// Equal pictures are found whatever lies between them, and only equal ones.
#include "data/duplicates.h"

#include <gtest/gtest.h>

#include "data/split.h"

namespace pinwheel {
namespace {

// One picture of 3x3x1 an entry, all of one grey.
Dataset pictures(const std::vector<std::uint8_t>& greys) {
  Dataset data;
  data.extent = Extent::image(3, 3, 1);
  data.outputs = {"a", "b"};
  for (std::size_t i = 0; i < greys.size(); ++i) {
    data.ids.push_back(std::to_string(i) + ".png");
    data.groups.emplace_back();
    data.pixels.insert(data.pixels.end(), 9, greys[i]);
    data.targets.insert(data.targets.end(), {i % 2 == 0 ? 1.0F : 0.0F, i % 2 == 0 ? 0.0F : 1.0F});
  }
  return data;
}

using Sets = std::vector<std::vector<std::int64_t>>;

TEST(Duplicates, FindsEqualPictures) {
  EXPECT_EQ(equal_pictures(pictures({1, 2, 3})), Sets{});
  EXPECT_EQ(equal_pictures(pictures({7, 2, 7, 2, 7, 9})), (Sets{{0, 2, 4}, {1, 3}}));
  EXPECT_EQ(equal_pictures(Dataset{}), Sets{});
}

TEST(Duplicates, APictureThatDiffersInItsLastPixelIsAnother) {
  Dataset data = pictures({5, 5});
  data.pixels.back() = 6;
  EXPECT_EQ(equal_pictures(data), Sets{});
}

TEST(Duplicates, StayOnOneSideOfEverySplitAndBringTheirGroupsAlong) {
  std::vector<std::uint8_t> greys;
  for (int i = 0; i < 200; ++i) greys.push_back(static_cast<std::uint8_t>(i % 100));
  Dataset data = pictures(greys);
  data.groups[5] = "pair";  // joins the equal pictures 5 and 105 with 60 and 160
  data.groups[60] = "pair";
  for (const SplitKind kind : {SplitKind::kHash, SplitKind::kRandom, SplitKind::kStratified}) {
    const Split split = split_dataset(data, {kind, 0.2, 0.3, 4});
    EXPECT_EQ(split.train.size() + split.validation.size() + split.test.size(), 200U);
    std::vector<int> side(200, 0);
    for (const auto i : split.validation) side[static_cast<std::size_t>(i)] = 1;
    for (const auto i : split.test) side[static_cast<std::size_t>(i)] = 2;
    for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(side[i], side[i + 100]) << i;
    EXPECT_EQ(side[5], side[160]);
  }
}

}  // namespace
}  // namespace pinwheel
