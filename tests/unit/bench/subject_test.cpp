// What can be timed, by name.
#include "bench/subject.h"

#include <gtest/gtest.h>

#include "nn/presets.h"
#include "nn/shape_inference.h"
#include "support/errors.h"
#include "train/recipe.h"

namespace pinwheel::bench {
namespace {

using test::contains;
using test::message_of;

TEST(Subject, EveryPresetAndTheLargeNetworksAtTwoSizes) {
  const std::vector<std::string> names = subject_names();
  EXPECT_EQ(names.size(), recipe_names().size() + 6);
  for (const std::string& name : names) {
    const Subject subject = make_subject(name);
    EXPECT_EQ(subject.name, name);
    EXPECT_GE(subject.training_batch, 1) << name;
    EXPECT_LE(subject.training_batch, 64) << name;
    EXPECT_GT(count_cost(subject.learner).training_flop, 0) << name;
    EXPECT_GE(count_cost(subject.network).forward_flop, count_cost(subject.learner).forward_flop) << name;
  }
}

TEST(Subject, ALargeNetworkTakesAnySize) {
  const Subject subject = make_subject("densenet121-96");
  EXPECT_EQ(subject.network, nets::densenet121(37, Extent::image(96, 96, 3)));
  EXPECT_EQ(subject.learner, subject.network);
  EXPECT_LT(make_subject("resnet50-224").training_batch, make_subject("resnet50-64").training_batch);
}

TEST(Subject, AFrozenPresetTrainsItsLastLayerAndJudgesWithAll) {
  const Subject subject = make_subject("resnet18-frozen");
  EXPECT_EQ(subject.spec(Mode::kTraining).nodes.size(), 1U);
  EXPECT_EQ(subject.spec(Mode::kInference), make_subject("resnet18-224").network);
}

TEST(Subject, RefusalsSayWhatThereIs) {
  EXPECT_TRUE(contains(message_of(ErrorCode::kNotFound, [] { make_subject("resnet19-64"); }), "resnet18-224"));
  EXPECT_TRUE(contains(message_of(ErrorCode::kNotFound, [] { make_subject("resnet18"); }), "resnet18-224"));
  EXPECT_TRUE(contains(message_of(ErrorCode::kInvalidArgument, [] { make_subject("resnet18-8"); }), "32 to 1024"));
  EXPECT_TRUE(contains(message_of(ErrorCode::kInvalidArgument, [] { parse_mode("training"); }), "train or infer"));
}

}  // namespace
}  // namespace pinwheel::bench
