#include "nn/head.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "support/errors.h"

namespace pinwheel {
namespace {

// Two answers at the root; the second leads to three more.
const QuestionTree kSmallTree{{0, 2, -1}, {2, 5, 1}};

std::vector<float> apply(Head head, const std::vector<float>& logits, const QuestionTree& tree = {}) {
  std::vector<float> out(logits.size());
  apply_head(head, tree, logits, out);
  return out;
}

TEST(Head, NamesRoundTrip) {
  for (const Head head : {Head::kNone, Head::kSoftmax, Head::kSigmoid, Head::kTree, Head::kVotes}) {
    EXPECT_EQ(parse_head(head_name(head)), head);
  }
  const std::string message = test::message_of(ErrorCode::kInvalidArgument, [] { parse_head("sofmax"); });
  EXPECT_TRUE(test::contains(message, "sofmax") && test::contains(message, "softmax")) << message;
}

TEST(Head, NoneAndSigmoid) {
  EXPECT_EQ(apply(Head::kNone, {-3, 4}), (std::vector<float>{-3, 4}));
  const auto p = apply(Head::kSigmoid, {0, 2, -2, 1000, -1000});
  EXPECT_FLOAT_EQ(p[0], 0.5F);
  EXPECT_FLOAT_EQ(p[1], 0.880797F);
  EXPECT_FLOAT_EQ(p[2], 0.119202922F);
  EXPECT_EQ(p[3], 1.0F);
  EXPECT_EQ(p[4], 0.0F);
}

TEST(Head, SoftmaxSurvivesLargeLogits) {
  const auto p = apply(Head::kSoftmax, {1000, 1000 + std::log(3.0F), -1000});
  EXPECT_NEAR(p[0], 0.25, 1e-5);
  EXPECT_NEAR(p[1], 0.75, 1e-5);
  EXPECT_EQ(p[2], 0);
}

TEST(Head, TreeSharesScoresAndMultipliesDown) {
  const auto p = apply(Head::kTree, {1, 3, 2, -5, 6}, kSmallTree);
  EXPECT_FLOAT_EQ(p[0], 0.25F);
  EXPECT_FLOAT_EQ(p[1], 0.75F);
  EXPECT_FLOAT_EQ(p[2], 0.75F * 0.25F);
  EXPECT_NEAR(p[3], 0, 1e-9);
  EXPECT_FLOAT_EQ(p[4], 0.75F * 0.75F);
}

TEST(Head, TreeWithoutAnyScoreSharesEqually) {
  const auto p = apply(Head::kTree, {0, -1, -1, -2, -3}, kSmallTree);
  EXPECT_FLOAT_EQ(p[0], 0.5F);
  for (const std::size_t i : {2U, 3U, 4U}) EXPECT_FLOAT_EQ(p[i], 0.5F / 3);
}

TEST(Head, VotesAreExpectedValuesOfTheDirichlet) {
  const auto p = apply(Head::kVotes, {0, 1000, -1000, 0, 0}, kSmallTree);  // concentrations 51, 101 | 1, 51, 51
  EXPECT_FLOAT_EQ(p[0], 51.0F / 152);
  EXPECT_FLOAT_EQ(p[1], 101.0F / 152);
  EXPECT_FLOAT_EQ(p[2], 101.0F / 152 / 103);
  EXPECT_FLOAT_EQ(p[2] + p[3] + p[4], p[1]);
}

TEST(Head, RefusesATreeThatDoesNotFit) {
  test::message_of(ErrorCode::kInvalidArgument, [] { apply(Head::kTree, {1, 2}); });
  test::message_of(ErrorCode::kInvalidArgument, [] { apply(Head::kVotes, {1, 2}, kSmallTree); });
  test::message_of(ErrorCode::kInvalidArgument, [] { apply(Head::kTree, {1, 2}, {{0, 2, 7}}); });
}

}  // namespace
}  // namespace pinwheel
