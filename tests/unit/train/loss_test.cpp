// Values of the losses by hand; their gradients are in tests/gradient.
#include "train/loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/error.h"

namespace pinwheel {
namespace {

struct Result {
  double loss;
  std::vector<float> gradient;
};
Result evaluate(const LossSpec& spec, const std::vector<float>& z, const std::vector<float>& t, std::int64_t batch,
                std::span<const float> weights = {}) {
  Result r{0, std::vector<float>(z.size())};
  const auto outputs = static_cast<std::int64_t>(z.size()) / batch;
  validate_loss(spec, outputs);
  r.loss = loss_forward_backward(spec, r.gradient, z, t, batch, outputs, weights);
  return r;
}

LossSpec make(LossKind kind, Head head) {
  LossSpec spec;
  spec.kind = kind;
  spec.head = head;
  return spec;
}

TEST(Loss, CrossEntropyByHand) {
  const Result r = evaluate(make(LossKind::kCrossEntropy, Head::kSoftmax), {0, 0, std::log(2.0F)}, {1, 0, 0}, 1);
  EXPECT_NEAR(r.loss, std::log(4.0), 1e-6);
  EXPECT_NEAR(r.gradient[0], 0.25 - 1, 1e-6);
  EXPECT_NEAR(r.gradient[2], 0.5, 1e-6);
}

TEST(Loss, BinaryCrossEntropySumsOutputsAndAveragesRows) {
  const Result r = evaluate(make(LossKind::kBceSum, Head::kSigmoid), {0, 0, 0, 0}, {1, 0, 1, 1}, 2);
  EXPECT_NEAR(r.loss, 2 * std::log(2.0), 1e-6);
  EXPECT_NEAR(r.gradient[0], -0.25, 1e-6);
}

TEST(Loss, RootMeanSquareOfTheBatch) {
  const Result r = evaluate(make(LossKind::kRmse, Head::kNone), {3, 0, 0, 4}, {0, 0, 0, 0}, 2);
  EXPECT_NEAR(r.loss, 2.5, 1e-6);
  EXPECT_NEAR(r.gradient[3], 4 / (4 * 2.5), 1e-6);  // d/dp sqrt(sum p^2 / 4) = p / (4 rmse)
}

TEST(Loss, WeightsOfColumnsAndRows) {
  LossSpec spec = make(LossKind::kWeightedMse, Head::kNone);
  spec.column_weights = {1, 3};
  const std::vector<float> rows{1, 0.5F};
  const Result r = evaluate(spec, {1, 1, 2, 2}, {0, 0, 0, 0}, 2, rows);
  EXPECT_NEAR(r.loss, ((1 + 3) / 2.0 + 0.5 * (4 + 12) / 2.0) / 2, 1e-6);
  EXPECT_NEAR(r.gradient[3], 0.5 * 2 * 3 * 2 / 2.0 / 2, 1e-6);
}

// One question of two answers with concentrations 51 and 51 and votes 2 and 1:
// P = 3!/(2!1!) * B-ratio = 3 * (51*52*51) / (102*103*104)
TEST(Loss, DirichletMultinomialByHand) {
  LossSpec spec = make(LossKind::kDirichletMultinomial, Head::kVotes);
  spec.tree = {{0, 2, -1}};
  const Result r = evaluate(spec, {0, 0}, {2, 1}, 1);
  EXPECT_NEAR(r.loss, -std::log(3.0 * 51 * 52 * 51 / (102.0 * 103 * 104)), 1e-9);
}

TEST(Loss, AQuestionWithoutVotesContributesNothing) {
  LossSpec spec = make(LossKind::kDirichletMultinomial, Head::kVotes);
  spec.tree = {{0, 2, -1}, {2, 4, 0}};
  const Result r = evaluate(spec, {0.3F, 0, 1, -1}, {2, 1, 0, 0}, 1);
  EXPECT_EQ(r.gradient[2], 0);
  EXPECT_EQ(r.gradient[3], 0);
  EXPECT_NE(r.gradient[0], 0);
  EXPECT_EQ(evaluate(spec, {0, 0, 1, -1}, {0, 0, 0, 0}, 1).loss, 0);
}

TEST(Loss, RefusesWhatMakesNoSense) {
  EXPECT_THROW(validate_loss(make(LossKind::kCrossEntropy, Head::kTree), 3), Error);
  EXPECT_THROW(validate_loss(make(LossKind::kMse, Head::kTree), 3), Error) << "no tree given";
  EXPECT_THROW(validate_loss(make(LossKind::kWeightedMse, Head::kSigmoid), 3), Error) << "no weights given";
  LossSpec children_first = make(LossKind::kMse, Head::kTree);
  children_first.tree = {{0, 2, 2}, {2, 4, -1}};
  EXPECT_THROW(validate_loss(children_first, 4), Error);
  LossSpec gap = make(LossKind::kMse, Head::kTree);
  gap.tree = {{0, 2, -1}};
  EXPECT_THROW(validate_loss(gap, 3), Error);
}

TEST(Loss, NamesReadBack) {
  for (const auto kind : {LossKind::kBceSum, LossKind::kMse, LossKind::kWeightedMse, LossKind::kRmse,
                          LossKind::kCrossEntropy, LossKind::kQuestionBce, LossKind::kDirichletMultinomial}) {
    EXPECT_EQ(parse_loss(loss_name(kind)), kind);
  }
  EXPECT_THROW(parse_loss("hinge"), Error);
}

}  // namespace
}  // namespace pinwheel
