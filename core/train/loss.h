// The losses of the five systems and of votes. Each takes the logits of a batch, goes through the head itself and
// returns the loss with its gradient by the logits. Sums run in double, in row order: the value does not depend on
// threads. Targets are taken as checked (Trainer does that): finite, not negative, counts of a size that a sky survey
// can have.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "nn/head.h"

namespace pinwheel {

enum class LossKind {
  kBceSum,        // binary cross-entropy from logits, summed over outputs, mean over the batch (system A)
  kMse,           // mean over all entries of (p-t)^2 (system C)
  kWeightedMse,   // mean over all entries of w[column] (p-t)^2 (system D: w = column sums / total of the training set)
  kRmse,          // sqrt(mean over the batch's entries + 1e-12) (system B)
  kCrossEntropy,  // categorical, softmax head (system E)
  kQuestionBce,   // binary cross-entropy, mean inside each question, summed over questions ("hierarchical", system B)
  kDirichletMultinomial  // votes head: minus log likelihood of the counts, with the multinomial coefficient, summed
                         // over questions, mean over the batch; a question without votes contributes nothing
};
const char* loss_name(LossKind kind);  // "bce_sum", "mse", "weighted_mse", "rmse", "cross_entropy", "question_bce",
                                       // "dirichlet_multinomial"
LossKind parse_loss(std::string_view name);

struct LossSpec {
  LossKind kind = LossKind::kMse;
  Head head = Head::kSigmoid;
  QuestionTree tree;                  // for kTree, kVotes and kQuestionBce
  std::vector<float> column_weights;  // for kWeightedMse
};

// Throws Error(kInvalidArgument) for combinations that make no sense. What goes together:
//   bce_sum, question_bce: sigmoid · cross_entropy: softmax · dirichlet_multinomial: votes
//   mse, weighted_mse, rmse: any head, on what the head gives (weighted fractions for tree and votes)
void validate_loss(const LossSpec& spec, std::int64_t outputs);

// logits, targets, dlogits: [batch, outputs] row-major. Targets: probabilities, one-hot, or whole vote counts
// (kDirichletMultinomial; others are rounded). row_weights [batch] (empty: all 1) scale each example's part of the loss
// and its row of dlogits; kRmse, which is not a sum over examples, ignores them. Returns the batch's loss. The spec is
// valid.
double loss_forward_backward(const LossSpec& spec, std::span<float> dlogits, std::span<const float> logits,
                             std::span<const float> targets, std::int64_t batch, std::int64_t outputs,
                             std::span<const float> row_weights = {});

}  // namespace pinwheel
