// A written split is followed, and no picture gets on two sides by it.
#include "data/parts.h"

#include <gtest/gtest.h>

#include "data/split.h"
#include "unit/data/helpers.h"

namespace pinwheel {
namespace {

Dataset named(const std::vector<std::string>& ids) {
  Dataset data;
  data.outputs = {"a", "b"};
  data.ids = ids;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    data.groups.emplace_back();
    data.targets.insert(data.targets.end(), {1, 0});
  }
  return data;
}

using Indices = std::vector<std::int64_t>;

TEST(Parts, AreFollowed) {
  Dataset data = named({"x/1.png", "x/2.png", "x/3.png", "x/4.png", "x/5.png"});
  read_parts(data, "file,part\n1.png,train\nx/2.png,Test\n3,validation\n5,\n", "split.csv");
  const Split split = split_dataset(data, {SplitKind::kGiven, 0.4, 0.4, 1});
  EXPECT_EQ(split.train, Indices{0});
  EXPECT_EQ(split.validation, Indices{2});
  EXPECT_EQ(split.test, Indices{1});  // 4 and 5 are on no side
}

TEST(Parts, ValidationComesOutOfTrainingWhereNobodyGaveIt) {
  std::vector<std::string> ids;
  std::string csv = "file,split\n";
  for (int i = 0; i < 200; ++i) {
    ids.push_back(std::to_string(i) + ".png");
    csv += ids.back() + (i < 150 ? ",train\n" : ",test\n");
  }
  Dataset data = named(ids);
  read_parts(data, csv, "split.csv");
  const Split split = split_dataset(data, {SplitKind::kGiven, 0.2, 0, 1});
  EXPECT_EQ(split.test.size(), 50U);
  EXPECT_NEAR(static_cast<double>(split.validation.size()), 30, 15);
  EXPECT_EQ(split.train.size() + split.validation.size(), 150U);
}

TEST(Parts, AnEqualPictureIsHeldOutEverywhere) {
  Dataset data = named({"1.png", "2.png", "3.png"});
  data.extent = Extent::image(2, 2, 1);
  data.pixels = {1, 2, 3, 4, 1, 2, 3, 4, 9, 9, 9, 8};
  read_parts(data, "file,part\n1,train\n2,test\n3,train\n", "split.csv");
  const Split split = split_dataset(data, {SplitKind::kGiven, 0, 0, 1});
  EXPECT_EQ(split.train, Indices{2});
  EXPECT_EQ(split.test, (Indices{0, 1}));
}

TEST(Parts, RefusalsSayWhatToWrite) {
  Dataset data = named({"1.png"});
  expect_error(ErrorCode::kBadFile, "write train, validation or test",
               [&] { read_parts(data, "file,part\n1,spare\n", "split.csv"); });
  expect_error(ErrorCode::kBadFile, "names none of the 1 pictures",
               [&] { read_parts(data, "file,part\n7,train\n", "split.csv"); });
  expect_error(ErrorCode::kBadFile, "no column 'part'", [&] { read_parts(data, "file,x\n1,train\n", "split.csv"); });
  EXPECT_TRUE(data.parts.empty());
  expect_error(ErrorCode::kInvalidArgument, "who trains and who tests", [&] {
    split_dataset(data, {SplitKind::kGiven, 0.1, 0.1, 1});
  });
  EXPECT_EQ(parse_split(split_name(SplitKind::kGiven)), SplitKind::kGiven);
  expect_error(ErrorCode::kInvalidArgument, "choose random", [] { parse_split("odd"); });
}

}  // namespace
}  // namespace pinwheel
