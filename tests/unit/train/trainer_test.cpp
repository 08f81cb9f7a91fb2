// Training from start to end on pictures of a few pixels: it learns, it can stop and go on, it refuses what it must.
#include "train/trainer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <span>

#include "base/error.h"
#include "support.h"

namespace pinwheel {
namespace {

using testing::evaluate_in_pieces;
using testing::make_blobs;
using testing::make_voted_blobs;
using testing::small_model;
using testing::small_training;
using testing::split_by_remainder;
using testing::train_to_end;

struct Scene {
  Dataset data = make_blobs(60, 4);
  Split split = split_by_remainder(60, 5);
  TrainSpec spec = small_training(LossKind::kCrossEntropy, Head::kSoftmax);
  ThreadPool pool{1};

  Trainer make() const { return make(pool); }
  Trainer make(const ThreadPool& other) const {
    return Trainer(small_model(data, spec.loss.head), data, split, spec, other);
  }
};

std::string refusal(const Scene& scene) {
  try {
    scene.make();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(Trainer, LearnsTheCorners) {
  Scene s;
  s.spec.epochs = 12;
  Trainer trainer = s.make();
  train_to_end(trainer);
  EXPECT_LT(trainer.history().back().train_loss, 0.5 * trainer.history().front().train_loss);
  EXPECT_GE(*trainer.history().back().validation.accuracy, 0.9);
}

TEST(Trainer, ValidatesInPiecesOfWhichOthersMayComeBetween) {
  Scene s;
  s.data = make_blobs(700, 4);
  s.split = split_by_remainder(700, 5);  // 140 validate: several pieces
  s.spec.epochs = 1;
  Trainer whole = s.make(), pieces = s.make();
  while (!whole.step().epoch_end) pieces.step();
  pieces.step();
  const EpochReport expected = whole.finish_epoch();
  EXPECT_FALSE(pieces.finish_epoch_piece());
  const auto in_between = pieces.snapshot();
  std::optional<EpochReport> report;
  while (!report) report = pieces.finish_epoch_piece();
  EXPECT_EQ(report->validation.loss, expected.validation.loss);
  EXPECT_TRUE(pieces.done());

  Trainer restored = s.make();
  restored.restore(in_between);
  EXPECT_EQ(restored.finish_epoch().validation.loss, expected.validation.loss);
}

// Batch norm's running statistics, dropout, views and the average: after a step that was begun and thrown away, at any
// layer, all of them are as if it had never begun.
TEST(Trainer, AnInterruptedStepIsDoneAgainBitForBit) {
  Scene s;
  s.spec.weight_average = 0.8;
  Trainer whole = s.make();
  whole.step();
  const auto before = whole.snapshot();
  whole.step();
  const auto after = whole.snapshot();
  ASSERT_NE(before, after);
  for (std::int64_t pieces = 1;; ++pieces) {
    Trainer trainer = s.make();
    trainer.step();
    std::optional<StepReport> report;
    for (std::int64_t i = 0; i < pieces && !report; ++i) report = trainer.step_piece();
    if (report) {
      EXPECT_GT(pieces, 10) << "a piece should be one layer";
      EXPECT_EQ(trainer.snapshot(), after);
      break;
    }
    EXPECT_EQ(trainer.snapshot(), before) << "after " << pieces << " pieces";
    trainer.predict(s.split.validation);  // takes the executor away from the step
    trainer.step();
    EXPECT_EQ(trainer.snapshot(), after) << "after " << pieces << " pieces";
  }
}

TEST(Trainer, SomebodyMayAskInTheMiddleOfAValidation) {
  Scene s;
  s.data = make_blobs(700, 4);
  s.split = split_by_remainder(700, 5);
  s.spec.epochs = 1;
  Trainer plain = s.make(), asked = s.make();
  while (!plain.step().epoch_end) asked.step();
  asked.step();
  const EpochReport expected = plain.finish_epoch();
  std::optional<EpochReport> report;
  double validated = 0;
  for (int piece = 0; !report; ++piece) {
    if (piece % 40 == 5) asked.predict(std::span(s.split.train).first(3));
    report = asked.finish_epoch_piece();
    EXPECT_TRUE(report || asked.validated() >= validated);
    validated = std::max(validated, asked.validated());
  }
  EXPECT_EQ(report->validation.loss, expected.validation.loss);
  EXPECT_GT(validated, 0.8) << "128 of the 140 were judged at once";
  EXPECT_EQ(asked.snapshot(), plain.snapshot());
}

TEST(Trainer, JudgesWithTheWeightsOfTheResultAndPredictsWithThoseOfNow) {
  Scene s;
  s.spec.epochs = 12;
  Trainer trainer = s.make();
  train_to_end(trainer);
  const auto& indices = s.split.validation;
  const Trainer::Judged judged = evaluate_in_pieces(trainer, indices);
  const auto& result = judged.predictions;
  ASSERT_EQ(result.size(), indices.size() * 4);
  std::size_t right = 0;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const auto row = std::span(result).subspan(4 * i, 4);
    EXPECT_NEAR(row[0] + row[1] + row[2] + row[3], 1, 1e-5);
    const auto guess = std::max_element(row.begin(), row.end()) - row.begin();
    right += s.data.target(indices[i])[static_cast<std::size_t>(guess)] > 0 ? 1U : 0U;
    EXPECT_TRUE(std::ranges::equal(s.data.target(indices[i]), std::span(judged.truth).subspan(4 * i, 4)));
  }
  const Metrics whole = trainer.evaluate(indices);
  EXPECT_DOUBLE_EQ(static_cast<double>(right) / static_cast<double>(indices.size()), *whole.accuracy);
  EXPECT_EQ(judged.mean_loss, whole.loss);
  s.spec.restore_best = false;
  Trainer other = s.make();
  train_to_end(other);
  EXPECT_EQ(other.predict(indices), evaluate_in_pieces(other, indices).predictions);
}

TEST(Trainer, AStepAndAValidationMayInterruptAnEvaluation) {
  Scene s;
  s.spec.restore_best = false;
  Trainer plain = s.make(), asked = s.make();
  asked.start_evaluation(s.split.train);
  EXPECT_FALSE(asked.evaluation_piece());
  EXPECT_FALSE(asked.evaluation_piece());
  while (!asked.step().epoch_end) plain.step();
  plain.step();
  EXPECT_FALSE(asked.evaluation_piece());
  EXPECT_EQ(asked.finish_epoch().validation.loss, plain.finish_epoch().validation.loss);
  EXPECT_EQ(asked.snapshot(), plain.snapshot());
  std::optional<Trainer::Judged> judged;
  while (!judged) judged = asked.evaluation_piece();
  EXPECT_EQ(judged->mean_loss, asked.evaluate(s.split.train).loss);
}

TEST(Trainer, CountsWhatItLearnsFromAlsoOverAPause) {
  Scene s;
  s.spec.epochs = 12;
  Trainer whole = s.make();
  for (int i = 0; i < 4; ++i) whole.step();  // in the middle of the first epoch
  Trainer restored = s.make();
  restored.restore(whole.snapshot());
  train_to_end(whole);
  train_to_end(restored);
  const auto &first = whole.history().front(), &last = whole.history().back();
  ASSERT_TRUE(first.train_accuracy && last.train_accuracy);
  EXPECT_FALSE(last.train_rmse);
  EXPECT_EQ(restored.history().front().train_accuracy, first.train_accuracy);
  EXPECT_LT(*first.train_accuracy, *last.train_accuracy);
  EXPECT_GT(*last.train_accuracy, 0.8);
}

TEST(Trainer, LearnsFromVotesAlone) {
  Scene s;
  s.data = make_voted_blobs(60);
  s.spec = small_training(LossKind::kDirichletMultinomial, Head::kVotes);
  s.spec.epochs = 12;
  Trainer trainer = s.make();
  train_to_end(trainer);
  EXPECT_LT(trainer.history().back().validation.loss, 0.8 * trainer.history().front().validation.loss);
  EXPECT_GE(trainer.history().back().validation.question_accuracy[0], 0.9);
}

TEST(Trainer, SameWeightsWhateverTheThreads) {
  Scene s;
  s.spec.weight_average = 0.9;
  const ThreadPool three(3);
  Trainer one = s.make(), many = s.make(three);
  train_to_end(one);
  train_to_end(many);
  EXPECT_EQ(weights_hash(one.result().params), weights_hash(many.result().params));
}

TEST(Trainer, AnotherSeedGivesOtherWeights) {
  Scene s;
  Trainer one = s.make();
  s.spec.seed = 12;
  Trainer other = s.make();
  train_to_end(one);
  train_to_end(other);
  EXPECT_NE(weights_hash(one.result().params), weights_hash(other.result().params));
}

// Restored in the middle of an epoch, and in the middle of trying initialisations, it ends in the same bits.
TEST(Trainer, GoesOnFromASnapshotBitForBit) {
  Scene s;
  s.spec.weight_average = 0.8;
  s.spec.initialisations = 2;
  s.spec.patience = 10;
  Trainer whole = s.make();
  train_to_end(whole);
  for (const std::int64_t stop_after : {3, 12, 16}) {
    std::vector<std::uint8_t> bytes;
    {
      Trainer first = s.make();
      for (std::int64_t i = 0; i < stop_after; ++i) {
        if (first.step().epoch_end && i + 1 < stop_after) first.finish_epoch();
      }
      bytes = first.snapshot();
    }
    Trainer second = s.make();
    second.restore(bytes);
    EXPECT_EQ(second.snapshot(), bytes);
    if (stop_after % 6 == 0) second.finish_epoch();  // six steps an epoch: the snapshot lies before finish_epoch()
    train_to_end(second);
    EXPECT_EQ(weights_hash(second.result().params), weights_hash(whole.result().params));
    EXPECT_EQ(second.snapshot(), whole.snapshot());
    EXPECT_EQ(second.history().size(), whole.history().size());
  }
}

TEST(Trainer, RefusesForeignSnapshots) {
  Scene s;
  Trainer trainer = s.make();
  trainer.step();
  const auto bytes = trainer.snapshot();
  Scene other_data;
  other_data.data = make_blobs(60, 4, 99);
  other_data.data.ids[0] = "someone else";
  EXPECT_THROW(other_data.make().restore(bytes), Error);
  Scene other_batch;
  other_batch.spec.batch_size = 5;
  EXPECT_THROW(other_batch.make().restore(bytes), Error);
  Scene other_optimiser;
  other_optimiser.spec.optimiser.kind = OptimiserKind::kSgd;
  EXPECT_THROW(other_optimiser.make().restore(bytes), Error);
  auto cut = bytes;
  cut.resize(cut.size() / 2);
  EXPECT_THROW(trainer.restore(cut), Error);
  EXPECT_EQ(trainer.snapshot(), bytes) << "a refused snapshot must leave the trainer as it was";
}

TEST(Trainer, StopsEarlyWithTheBestWeights) {
  Scene s;
  s.spec.epochs = 50;
  s.spec.patience = 2;
  s.spec.optimiser.learning_rate = 0.02;
  Trainer trainer = s.make();
  train_to_end(trainer);
  const auto& history = trainer.history();
  ASSERT_LT(history.size(), 50U);
  double best = -std::numeric_limits<double>::infinity();
  std::size_t best_epoch = 0;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const bool better = history[i].validation.score() > best;
    EXPECT_EQ(history[i].best, better);
    if (!better) continue;
    best = history[i].validation.score();
    best_epoch = i;
  }
  EXPECT_EQ(history.size(), best_epoch + 1 + 2);
  Model restored = trainer.result();
  s.spec.max_steps = 1;
  Trainer judge(std::move(restored), s.data, s.split, s.spec, s.pool);
  EXPECT_EQ(judge.evaluate(s.split.validation).loss, history[best_epoch].validation.loss);
}

TEST(Trainer, TakesTheBestOfSeveralInitialisations) {
  Scene s;
  s.spec.initialisations = 3;
  s.spec.epochs = 1;
  s.spec.augment = {};
  s.spec.optimiser.learning_rate = 0;  // weights stay, so the result is one of the three starts
  Trainer trainer = s.make();
  EXPECT_EQ(trainer.total_steps(), 4 * 6);
  train_to_end(trainer);
  ASSERT_EQ(trainer.history().size(), 4U);
  EXPECT_NE(trainer.history()[0].validation.loss, trainer.history()[1].validation.loss);
  EXPECT_NE(trainer.history()[1].validation.loss, trainer.history()[2].validation.loss);
}

TEST(Trainer, AveragesWeights) {
  Scene s;
  s.spec.restore_best = false;
  Trainer plain = s.make();
  s.spec.weight_average = 0.5;
  Trainer averaged = s.make();
  plain.step();
  averaged.step();
  // After one step from w0 to w1 the young average has decay (1+1)/(10+1): 2/11 w0 + 9/11 w1.
  Scene fresh;
  fresh.spec.optimiser.learning_rate = 0;
  const Params w0 = fresh.make().result().params.clone();
  const Params w1 = plain.result().params.clone(), mean = averaged.result().params.clone();
  for (std::size_t i = 0; i < w0.values.size(); ++i) {
    EXPECT_NEAR(mean.values[i], (2 * w0.values[i] + 9 * w1.values[i]) / 11, 1e-6);
  }
}

TEST(Trainer, GoesOnFromGivenWeights) {
  Scene s;
  Model model = small_model(s.data, Head::kSoftmax);
  model.params = initialise(model.spec, Init{}, Rng(77));
  const std::string before = weights_hash(model.params);
  s.spec.restore_best = false;
  const Trainer trainer(std::move(model), s.data, s.split, s.spec, s.pool);
  EXPECT_EQ(weights_hash(trainer.result().params), before);
}

TEST(Trainer, WeightsOfExamplesCount) {
  Scene s;
  s.data.weights.assign(60, 1.0F);
  for (std::size_t i = 0; i < 60; ++i) s.data.weights[i] = i % 4 == 0 ? 1.0F : 0.0F;  // only the first corner counts
  s.spec.epochs = 12;
  Trainer trainer = s.make();
  train_to_end(trainer);
  const auto& confusion = trainer.history().back().validation.confusion;
  EXPECT_EQ(confusion[1][0], 3) << "whoever learns from one class alone sees only that class";
  EXPECT_EQ(confusion[2][0], 3);
}

TEST(Trainer, OneRandomExampleAStep) {
  Scene s;
  s.spec.with_replacement = true;
  s.spec.max_steps = 25;
  s.spec.batch_size = 4;
  Trainer trainer = s.make();
  std::int64_t steps = 0;
  while (!trainer.done()) {
    ++steps;
    if (trainer.step().epoch_end) trainer.finish_epoch();
  }
  EXPECT_EQ(steps, 25);
  EXPECT_EQ(trainer.history().size(), 3U);  // 12 steps an epoch, and the rest
}

TEST(Trainer, LeavesOutALastBatchOfOneWithBatchNorm) {
  Scene s;
  s.data = make_blobs(17, 4);
  s.split = Split();
  for (std::int64_t i = 0; i < 17; ++i) s.split.train.push_back(i);
  s.spec.epochs = 1;
  EXPECT_EQ(s.make().total_steps(), 2);
}

TEST(Trainer, RefusesWhatCannotTrain) {
  Scene zeros;
  std::fill(zeros.data.targets.begin(), zeros.data.targets.end(), 0.0F);
  EXPECT_NE(refusal(zeros).find("zero"), std::string::npos);

  Scene one_unlabelled;
  std::fill_n(one_unlabelled.data.targets.begin() + 4, 4, 0.0F);
  EXPECT_NE(refusal(one_unlabelled).find("blob1"), std::string::npos);

  Scene nothing;
  nothing.split.train.clear();
  EXPECT_NE(refusal(nothing), "");

  Scene not_a_number;
  not_a_number.data.targets[0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NE(refusal(not_a_number).find("blob0"), std::string::npos);

  Scene wrong_size;
  wrong_size.data.extent = Extent::image(4, 16, 1);
  EXPECT_NE(refusal(wrong_size).find("4x16x1"), std::string::npos);

  Scene wrong_loss;
  wrong_loss.data = make_voted_blobs(60);
  wrong_loss.spec = small_training(LossKind::kMse, Head::kSigmoid);
  EXPECT_NE(refusal(wrong_loss).find("vote counts"), std::string::npos);

  Scene huge_votes;
  huge_votes.data = make_voted_blobs(60);
  huge_votes.data.targets[0] = 1e9F;
  huge_votes.spec = small_training(LossKind::kDirichletMultinomial, Head::kVotes);
  EXPECT_NE(refusal(huge_votes).find("votes"), std::string::npos);

  Scene single;
  single.spec.batch_size = 1;
  EXPECT_NE(refusal(single).find("two"), std::string::npos);
}

TEST(Trainer, SaysWhenItComesApart) {
  Scene s;
  s.spec.optimiser.kind = OptimiserKind::kSgd;
  s.spec.optimiser.learning_rate = 1e30;
  Trainer trainer = s.make();
  EXPECT_THROW(train_to_end(trainer), Error);
}

TEST(Trainer, FillsInColumnWeights) {
  Scene s;
  s.spec = small_training(LossKind::kWeightedMse, Head::kSigmoid);
  const Trainer trainer = s.make();
  const std::vector<float> weights = trainer.spec().loss.column_weights;
  ASSERT_EQ(weights.size(), 4U);
  EXPECT_FLOAT_EQ(weights[0] + weights[1] + weights[2] + weights[3], 1.0F);
  EXPECT_FLOAT_EQ(weights[0], 12.0F / 48.0F);
}

}  // namespace
}  // namespace pinwheel
