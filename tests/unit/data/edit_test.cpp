// A data set changed by hand: pixels, targets and names stay together.
#include "data/edit.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace pinwheel {
namespace {

// Four galaxies of two pixels; the pixels say which galaxy it is.
Dataset four() {
  Dataset d;
  d.extent = Extent::image(1, 2, 1);
  d.outputs = {"smooth", "spiral"};
  d.ids = {"a", "b", "c", "d"};
  d.pixels = {10, 11, 20, 21, 30, 31, 40, 41};
  d.targets = {1, 0, 0, 1, 1, 0, 0, 1};
  d.groups = {"", "g", "", ""};
  return d;
}
using Labels = std::vector<std::int16_t>;

TEST(Edit, TakesGalaxiesOut) {
  Dataset d = four();
  remove_examples(d, std::vector<std::int64_t>{0, 2});
  EXPECT_EQ(d.ids, (std::vector<std::string>{"b", "d"}));
  EXPECT_EQ(d.pixels, (std::vector<std::uint8_t>{20, 21, 40, 41}));
  EXPECT_EQ(d.groups, (std::vector<std::string>{"g", ""}));
  EXPECT_EQ(class_labels(d), (Labels{1, 1}));
  EXPECT_EQ(count_outputs(d), (std::vector<std::int64_t>{0, 2}));
}

TEST(Edit, MovesRenamesAndJoinsClasses) {
  Dataset d = four();
  add_class(d, "edge");
  move_to_class(d, std::vector<std::int64_t>{1}, "edge");
  EXPECT_EQ(class_labels(d), (Labels{0, 2, 0, 1}));
  rename_class(d, "smooth", "round");
  EXPECT_EQ(d.outputs[0], "round");
  rename_class(d, "round", "edge");  // taken: the two become one
  EXPECT_EQ(d.outputs, (std::vector<std::string>{"spiral", "edge"}));
  EXPECT_EQ(class_labels(d), (Labels{1, 1, 1, 0}));
  remove_class(d, "edge");
  EXPECT_EQ(d.outputs, (std::vector<std::string>{"spiral"}));
  EXPECT_EQ(d.ids, (std::vector<std::string>{"d"}));
  remove_class(d, "spiral");
  EXPECT_EQ(d.size(), 0);
  EXPECT_TRUE(d.outputs.empty());
}

TEST(Edit, RefusesWhatIsNotThere) {
  Dataset d = four();
  EXPECT_THROW(add_class(d, "smooth"), Error);
  EXPECT_THROW(add_class(d, ""), Error);
  EXPECT_THROW(rename_class(d, "ring", "x"), Error);
  EXPECT_THROW(remove_examples(d, std::vector<std::int64_t>{4}), Error);
  EXPECT_THROW(move_to_class(d, std::vector<std::int64_t>{-1}, "smooth"), Error);
  d.target_kind = TargetKind::kFractions;
  EXPECT_THROW(add_class(d, "ring"), Error);
}

TEST(Edit, JoinsTwoSetsByTheNamesOfTheirClasses) {
  Dataset d = four(), other = four();
  other.outputs = {"ring", "smooth"};  // a and c are rings now, b and d smooth
  append_dataset(d, other);
  EXPECT_EQ(d.outputs, (std::vector<std::string>{"smooth", "spiral", "ring"}));
  EXPECT_EQ(class_labels(d), (Labels{0, 1, 0, 1, 2, 0, 2, 0}));
  EXPECT_EQ(d.ids[4], "a (2)");
  EXPECT_EQ(d.pixels.size(), 16U);
  other.extent = Extent::image(2, 1, 1);
  EXPECT_THROW(append_dataset(d, other), Error);
}

TEST(Edit, KeepsItsChangesWhenFilesAreReadAgain) {
  Dataset edited = four();
  remove_examples(edited, std::vector<std::int64_t>{0});
  move_to_class(edited, std::vector<std::int64_t>{0}, "smooth");  // b
  Dataset fresh = four();
  fresh.extent = Extent::image(1, 1, 1);
  fresh.pixels = {1, 2, 3, 4};
  const Dataset again = reread_as(edited, fresh);
  EXPECT_EQ(again.pixels, (std::vector<std::uint8_t>{2, 3, 4}));
  EXPECT_EQ(class_labels(again), (Labels{0, 0, 1}));
  fresh.ids[3] = "gone";
  EXPECT_THROW(reread_as(edited, fresh), Error);
}

TEST(Edit, ShowsOriginalsToAnotherNetwork) {
  const Dataset originals = four();
  Preprocess half;
  half.steps = {Resize{1, 1, Resampler::kArea}};
  const ThreadPool pool(2);
  const Dataset small = preprocess_dataset(originals, half, Extent::image(1, 1, 1), pool);
  EXPECT_EQ(small.ids, originals.ids);
  EXPECT_EQ(small.targets, originals.targets);
  ASSERT_EQ(small.pixels.size(), 4U);
  EXPECT_THROW(preprocess_dataset(originals, half, Extent::image(2, 2, 1), pool), Error);
}

TEST(Edit, CountsFavouriteAnswersWhereTheQuestionWasAsked) {
  Dataset d;
  d.extent = Extent::image(1, 1, 1);
  d.target_kind = TargetKind::kVotes;
  d.outputs.resize(37);
  d.ids = {"a"};
  d.targets.resize(37, 0);
  d.targets[0] = 3;
  d.targets[1] = 30;
  const auto counts = count_outputs(d);
  EXPECT_EQ(counts[1], 1);
  EXPECT_EQ(counts[0], 0);
  EXPECT_EQ(counts[3], 0);
}

}  // namespace
}  // namespace pinwheel
