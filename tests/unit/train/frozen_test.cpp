// Training the last layer on features is training the whole with every other gradient left out: checked against that,
// step by step, and that nothing but the last layer moves.
#include "train/frozen.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "nn/shape_inference.h"
#include "support.h"
#include "support/errors.h"
#include "train/batcher.h"
#include "train/executor.h"

namespace pinwheel {
namespace {

using testing::make_blobs;
using testing::small_model;
using testing::small_training;
using testing::split_by_remainder;
using testing::train_to_end;

struct Scene {
  Dataset data = make_blobs(45, 3);
  Split split = split_by_remainder(45, 5);
  TrainSpec spec = small_training(LossKind::kRmse, Head::kSigmoid);
  ThreadPool pool{2};
  Model model = small_model(data, Head::kSigmoid);

  Scene() {
    spec.augment = {};
    spec.batch_size = 36;  // the whole training part: a step has no order
    spec.epochs = 12;
    spec.restore_best = false;
    spec.optimiser.kind = OptimiserKind::kAdam;
    model.params = initialise(model.spec, spec.init, Rng(5));
    const ParamSlot& mean = *model.params.layout.find("norm.running_mean");
    for (float& value : model.params.slot(mean)) value = 0.1F;  // as if it had learned
  }
  Dataset features() const {
    return *compute_features(model, data, pool, [](std::int64_t) { return true; });
  }
};

// The reference: whole network in evaluation mode, the gradient of the last layer by hand from what it reads, the
// ordinary optimiser on a buffer in which every other gradient is zero.
Params train_whole(const Scene& s) {
  Params params = s.model.params.clone();
  const auto batch = static_cast<std::int64_t>(s.split.train.size());
  const auto rows = static_cast<std::size_t>(batch);
  const std::size_t outputs = s.data.outputs.size();
  Executor executor(s.model.spec, batch, s.pool);
  const Batcher batcher(s.data, s.model.preprocess, s.model.spec.input);
  std::vector<float> input(rows * static_cast<std::size_t>(s.model.spec.input.size())), targets(rows * outputs);
  batcher.plain(s.split.train, input, s.pool);
  batcher.targets(s.split.train, targets);
  const int last = static_cast<int>(s.model.spec.nodes.size()) - 1;
  const ParamSlot weight = *params.layout.find(last, ParamRole::kWeight),
                  bias = *params.layout.find(last, ParamRole::kBias);
  const std::size_t width = weight.size / outputs;
  Optimiser optimiser(s.spec.optimiser, params.layout.trainable);
  std::vector<float> dlogits(rows * outputs);
  for (int step = 0; step < 12; ++step) {
    const auto logits = executor.forward_eval(params, input, batch);
    loss_forward_backward(s.spec.loss, dlogits, logits, targets, batch, static_cast<std::int64_t>(outputs));
    const auto read = executor.activation(last - 1);
    std::vector<float> gradient(params.layout.trainable, 0.0F);
    for (std::size_t n = 0; n < rows; ++n) {
      for (std::size_t o = 0; o < outputs; ++o) {
        const float d = dlogits[n * outputs + o];
        gradient[bias.offset + o] += d;
        for (std::size_t i = 0; i < width; ++i) gradient[weight.offset + o * width + i] += d * read[n * width + i];
      }
    }
    optimiser.step(params.values, {gradient}, s.spec.optimiser.learning_rate, s.pool);
  }
  return params;
}

Params train_frozen(Scene& s, const Dataset& seen) {
  Trainer trainer(last_layer(s.model), seen, s.split, s.spec, s.pool);
  train_to_end(trainer);
  set_last_layer(s.model, trainer.result());
  return s.model.params.clone();
}

TEST(Frozen, EqualsTrainingTheWholeWithoutTheOtherGradients) {
  Scene s;
  const Params before = s.model.params.clone(), expected = train_whole(s), frozen = train_frozen(s, s.features());
  for (const ParamSlot& slot : before.layout.slots) {
    const auto ours = frozen.slot(slot), reference = expected.slot(slot), start = before.slot(slot);
    const bool last = slot.node == static_cast<int>(s.model.spec.nodes.size()) - 1;
    EXPECT_NE(last, std::equal(ours.begin(), ours.end(), start.begin())) << slot.name;
    for (std::size_t i = 0; i < slot.size; ++i) EXPECT_NEAR(ours[i], reference[i], 2e-4) << slot.name << " " << i;
  }
}

TEST(Frozen, TheWholeAnswersAsTheLastLayerDidOnFeatures) {
  Scene s;
  const Dataset seen = s.features();
  Trainer on_features(last_layer(s.model), seen, s.split, s.spec, s.pool);
  train_to_end(on_features);
  const auto expected = testing::evaluate_in_pieces(on_features, s.split.validation).predictions;
  set_last_layer(s.model, on_features.result());
  Trainer whole(std::move(s.model), s.data, s.split, s.spec, s.pool);
  const auto answers = testing::evaluate_in_pieces(whole, s.split.validation).predictions;
  ASSERT_EQ(answers.size(), expected.size());
  for (std::size_t i = 0; i < answers.size(); ++i) EXPECT_NEAR(answers[i], expected[i], 1e-6);
}

TEST(Frozen, FeaturesAreTheSameOnAnyThreadsAndCanBeStopped) {
  Scene s;
  const ThreadPool one(1);
  std::vector<std::int64_t> seen;
  const auto features = compute_features(s.model, s.data, one, [&](std::int64_t done) {
    seen.push_back(done);
    return true;
  });
  EXPECT_EQ(features->features, s.features().features);
  EXPECT_TRUE(features->pixels.empty());
  EXPECT_EQ(features->ids, s.data.ids);
  EXPECT_EQ(seen.back(), 45);
  EXPECT_GT(seen.size(), 2U);
  EXPECT_FALSE(compute_features(s.model, s.data, one, [](std::int64_t done) { return done < 9; }));
}

TEST(Frozen, OtherFeaturesAreAnotherRun) {
  Scene s;
  Dataset seen = s.features();
  Trainer trainer(last_layer(s.model), seen, s.split, s.spec, s.pool);
  const auto snapshot = trainer.snapshot();
  Dataset other = seen;
  other.features[7] += 1;
  Trainer elsewhere(last_layer(s.model), other, s.split, s.spec, s.pool);
  EXPECT_TRUE(test::contains(test::message_of(ErrorCode::kBadFile, [&] { elsewhere.restore(snapshot); }), "data set"));
}

TEST(Frozen, RefusesRandomViewsAndWhatDoesNotFit) {
  Scene s;
  Dataset seen = s.features();
  TrainSpec turning = s.spec;
  turning.augment.rotate_degrees = 90;
  const auto refusal = [&](const TrainSpec& spec) {
    return test::message_of(ErrorCode::kInvalidArgument,
                            [&] { Trainer(last_layer(s.model), seen, s.split, spec, s.pool); });
  };
  EXPECT_TRUE(test::contains(refusal(turning), "no random views"));
  seen.features.pop_back();
  EXPECT_TRUE(test::contains(refusal(s.spec), "features for 45 examples"));

  Model other = small_model(make_blobs(8, 4), Head::kSigmoid);
  other.params = initialise(other.spec, s.spec.init, Rng(1));
  EXPECT_THROW(set_last_layer(s.model, last_layer(other)), Error);
  NetBuilder b(Extent::image(4, 4, 1));
  b.add("conv", Conv2d{});
  EXPECT_TRUE(test::contains(
      test::message_of(ErrorCode::kInvalidArgument, [&] { split_before_last(std::move(b).build()); }), "dense layer"));
}

}  // namespace
}  // namespace pinwheel
