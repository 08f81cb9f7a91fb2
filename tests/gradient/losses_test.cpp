// Every loss with every head that it goes with, by finite differences of its own value; combinations that make no sense
// must be refused.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "base/error.h"
#include "finite_difference.h"
#include "io/question_tree.h"
#include "train/loss.h"

namespace pinwheel {
namespace {

constexpr LossKind kLosses[] = {
    LossKind::kBceSum,       LossKind::kMse,         LossKind::kWeightedMse,         LossKind::kRmse,
    LossKind::kCrossEntropy, LossKind::kQuestionBce, LossKind::kDirichletMultinomial};
constexpr Head kHeads[] = {Head::kNone, Head::kSoftmax, Head::kSigmoid, Head::kTree, Head::kVotes};
constexpr std::int64_t kBatch = 4, kOutputs = 37;

LossSpec make_spec(LossKind kind, Head head) {
  LossSpec spec;
  spec.kind = kind;
  spec.head = head;
  spec.tree = galaxy_zoo_tree();
  if (kind == LossKind::kWeightedMse) {
    for (int j = 0; j < kOutputs; ++j) spec.column_weights.push_back(0.2F + 0.05F * static_cast<float>(j));
  }
  return spec;
}

bool is_accepted(const LossSpec& spec) {
  try {
    validate_loss(spec, kOutputs);
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::vector<float> make_targets(LossKind kind, Rng& rng) {
  std::vector<float> t(kBatch * kOutputs);
  for (float& v : t) v = static_cast<float>(rng.uniform());
  if (kind != LossKind::kDirichletMultinomial) return t;
  for (float& v : t) v = std::floor(v * 30);
  for (std::size_t j = 3; j < 5; ++j) t[j] = 0;  // a question without votes
  return t;
}

// Away from zero, where the tree head's scores have their kink.
std::vector<float> make_logits(Rng& rng) {
  std::vector<float> z(kBatch * kOutputs);
  for (float& v : z) v = static_cast<float>((rng.uniform() < 0.4 ? -1 : 1) * rng.uniform(0.2, 1.5));
  return z;
}

struct Pair {
  LossKind kind;
  Head head;
};

std::vector<Pair> accepted_pairs() {
  std::vector<Pair> pairs;
  for (const LossKind kind : kLosses) {
    for (const Head head : kHeads) {
      if (is_accepted(make_spec(kind, head))) pairs.push_back({kind, head});
    }
  }
  return pairs;
}

TEST(LossGradients, EveryLossHasAHead) { EXPECT_EQ(accepted_pairs().size(), 4U + 3U * 5U); }

class LossGradients : public ::testing::TestWithParam<Pair> {};

TEST_P(LossGradients, AgreeWithFiniteDifferences) {
  const LossSpec spec = make_spec(GetParam().kind, GetParam().head);
  Rng rng(23);
  const std::vector<float> targets = make_targets(spec.kind, rng), logits = make_logits(rng);
  const std::vector<float> row_weights{1.0F, 0.25F, 2.0F, 0.0F};
  for (const bool weighted : {false, true}) {
    const std::span<const float> weights = weighted ? std::span<const float>(row_weights) : std::span<const float>();
    std::vector<float> dlogits(logits.size()), ignored(logits.size());
    const double loss = loss_forward_backward(spec, dlogits, logits, targets, kBatch, kOutputs, weights);
    EXPECT_TRUE(std::isfinite(loss));
    const auto f = [&](std::span<const float> z) {
      return loss_forward_backward(spec, ignored, z, targets, kBatch, kOutputs, weights);
    };
    EXPECT_LT(testing::worst_disagreement(f, logits, dlogits, 0.02, rng.child(1), 6, 20), 1e-3);
  }
}

// Large logits of either sign: finite values and gradients.
TEST_P(LossGradients, StayFiniteFarOut) {
  const LossSpec spec = make_spec(GetParam().kind, GetParam().head);
  Rng rng(29);
  const std::vector<float> targets = make_targets(spec.kind, rng);
  std::vector<float> logits(kBatch * kOutputs), dlogits(logits.size());
  for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = i % 2 == 0 ? 400.0F : -400.0F;
  EXPECT_TRUE(std::isfinite(loss_forward_backward(spec, dlogits, logits, targets, kBatch, kOutputs)));
  for (const float d : dlogits) EXPECT_TRUE(std::isfinite(d));
}

INSTANTIATE_TEST_SUITE_P(All, LossGradients, ::testing::ValuesIn(accepted_pairs()), [](const auto& tested) {
  return std::string(loss_name(tested.param.kind)) + "_with_" + head_name(tested.param.head);
});

}  // namespace
}  // namespace pinwheel
