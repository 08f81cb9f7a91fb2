// The published experiments have the published numbers of parameters, and hang together.
#include "train/recipe.h"

#include <gtest/gtest.h>

#include <set>

#include "base/error.h"
#include "galaxy/decision_tree.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

std::vector<std::string> columns() {
  std::vector<std::string> out;
  for (const galaxy::Answer& answer : galaxy::answers()) out.emplace_back(answer.column);
  return out;
}

std::size_t parameters(std::string_view name, const std::vector<std::string>& outputs) {
  return count_parameters(make_recipe(name, outputs).spec);
}

TEST(Recipe, ParameterCountsAreThePublishedOnes) {
  const std::vector<std::string> four{"normal", "ringed", "merger", "other"}, five(5, "class");
  EXPECT_EQ(parameters("two-layer", five), 476705U);
  EXPECT_EQ(parameters("convnet", columns()), 327667U);
  EXPECT_EQ(parameters("linnet", columns()), 1240237U);
  EXPECT_EQ(parameters("resnet18-frozen", columns()), 11195493U);
  EXPECT_EQ(parameters("densenet121-frozen", columns()), 6991781U);
  EXPECT_EQ(parameters("small-cnn", columns()), 207205U);
  EXPECT_EQ(parameters("resnet50", columns()), 23583845U);  // 25,557,032 of ImageNet's 1000 classes less 963 of 2,049
  EXPECT_EQ(parameters("four-block", columns()), 9310757U);
  EXPECT_EQ(parameters("four-block-readme", columns()), 11213861U);
  EXPECT_EQ(parameters("lesson", four), 7164U);
}

TEST(Recipe, SaysWhichSourcesStartedFromImageNet) {
  std::vector<std::string> imagenet;
  for (const std::string& name : recipe_names()) {
    if (published_from_imagenet(name)) imagenet.push_back(name);
  }
  EXPECT_EQ(imagenet, (std::vector<std::string>{"resnet18-frozen", "densenet121-frozen", "resnet50"}));
}

TEST(Recipe, EveryOneHasATitleOfItsOwn) {
  std::set<std::string> titles;
  for (const std::string& name : recipe_names()) titles.insert(recipe_title(name));
  EXPECT_EQ(titles.size(), recipe_names().size());
  EXPECT_EQ(recipe_title("densenet121-frozen"), "DenseNet-121, frozen");
  EXPECT_EQ(recipe_title("somebody's own"), "somebody's own");
}

TEST(Recipe, PublishedOutputsAreThoseOfTheSources) {
  EXPECT_EQ(published_outputs("two-layer").size(), 5U);
  EXPECT_EQ(published_outputs("lesson").size(), 4U);
  EXPECT_EQ(published_outputs("convnet"), columns());
  for (const std::string& name : recipe_names()) EXPECT_NO_THROW(make_recipe(name, published_outputs(name))) << name;
}

TEST(Recipe, EveryOneFitsTogether) {
  for (const std::string& name : recipe_names()) {
    const Recipe r = make_recipe(name, columns());
    EXPECT_EQ(r.name, name);
    EXPECT_FALSE(r.summary.empty());
    EXPECT_EQ(r.head, r.train.loss.head);
    EXPECT_EQ(infer_shapes(r.spec).back().size(), 37);
    if (r.train.loss.kind != LossKind::kWeightedMse) {
      EXPECT_NO_THROW(validate_loss(r.train.loss, 37)) << name;
    }
  }
}

TEST(Recipe, ClassNamesMakeClassTargets) {
  const Recipe r = make_recipe("small-cnn", {"smooth", "spiral", "edge_on"});
  EXPECT_EQ(r.target_kind, TargetKind::kClasses);
  EXPECT_EQ(make_recipe("small-cnn", columns()).target_kind, TargetKind::kFractions);
  EXPECT_EQ(make_recipe("galaxy-resnet", columns()).target_kind, TargetKind::kVotes);
}

TEST(Recipe, FirstLightIsMadeForClasses) {
  const Recipe r = make_recipe("first-light", {"smooth", "spiral", "edge_on"});
  EXPECT_EQ(r.target_kind, TargetKind::kClasses);
  EXPECT_EQ(r.head, Head::kSoftmax);
  EXPECT_EQ(r.split.kind, SplitKind::kStratified);
}

TEST(Recipe, SaysWhatItKnows) {
  try {
    make_recipe("alexnet", columns());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_NE(std::string(error.what()).find("galaxy-resnet-classes"), std::string::npos);
  }
  EXPECT_THROW(make_recipe("galaxy-resnet", {"a", "b"}), Error);
  EXPECT_THROW(make_recipe("lesson", {}), Error);
}

}  // namespace
}  // namespace pinwheel
