// What the logits mean. Sums run in double: 37 outputs cost nothing and the answers of a question then sum to one.
#include "nn/head.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "base/error.h"

namespace pinwheel {
namespace {

constexpr std::array<std::pair<Head, const char*>, 5> kNames{{{Head::kNone, "none"},
                                                              {Head::kSoftmax, "softmax"},
                                                              {Head::kSigmoid, "sigmoid"},
                                                              {Head::kTree, "tree"},
                                                              {Head::kVotes, "votes"}}};

void softmax(std::span<const float> logits, std::span<float> out) {
  const float largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float z : logits) sum += std::exp(static_cast<double>(z) - largest);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<float>(std::exp(static_cast<double>(logits[i]) - largest) / sum);
  }
}

void check_question(const QuestionSpan& question, std::size_t outputs) {
  const int count = static_cast<int>(outputs);
  if (question.begin >= 0 && question.begin < question.end && question.end <= count && question.parent >= -1 &&
      question.parent < count) {
    return;
  }
  throw Error(ErrorCode::kInvalidArgument, "the question tree does not fit a network of " + std::to_string(count) +
                                               " outputs; choose the head 'sigmoid' or 'softmax'");
}

template <typename Score>
void share_out(const QuestionTree& tree, std::span<const float> logits, std::span<float> out, Score score) {
  if (tree.empty()) {
    throw Error(ErrorCode::kInvalidArgument,
                "the heads 'tree' and 'votes' need a question tree, which only the 37 Galaxy Zoo 2 outputs have");
  }
  for (const QuestionSpan& question : tree) {
    check_question(question, logits.size());
    const auto begin = static_cast<std::size_t>(question.begin), end = static_cast<std::size_t>(question.end);
    const double reached = question.parent < 0 ? 1.0 : out[static_cast<std::size_t>(question.parent)];
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += score(logits[i]);
    for (std::size_t i = begin; i < end; ++i) out[i] = static_cast<float>(score(logits[i]) / sum * reached);
  }
}

}  // namespace

const char* head_name(Head head) {
  return std::find_if(kNames.begin(), kNames.end(), [&](const auto& entry) { return entry.first == head; })->second;
}

Head parse_head(std::string_view name) {
  for (const auto& [head, text] : kNames) {
    if (name == text) return head;
  }
  throw Error(ErrorCode::kInvalidArgument,
              "unknown head '" + std::string(name) + "'; choose none, softmax, sigmoid, tree or votes");
}

double logistic(double z) {
  // exp of a negative number only, so that neither end overflows.
  const double e = std::exp(-std::abs(z));
  return z >= 0 ? 1 / (1 + e) : e / (1 + e);
}

double tree_score(double z) { return std::max(z, 0.0) + kTreeEpsilon; }

double vote_concentration(double z) { return 1 + kVoteScale * logistic(z); }

void apply_head(Head head, const QuestionTree& tree, std::span<const float> logits, std::span<float> out) {
  if (logits.size() != out.size() || logits.empty()) {
    throw Error(ErrorCode::kInternal, "apply_head got " + std::to_string(logits.size()) + " logits for " +
                                          std::to_string(out.size()) + " answers");
  }
  switch (head) {
    case Head::kNone:
      std::copy(logits.begin(), logits.end(), out.begin());
      return;
    case Head::kSoftmax:
      return softmax(logits, out);
    case Head::kSigmoid:
      std::transform(logits.begin(), logits.end(), out.begin(),
                     [](float z) { return static_cast<float>(logistic(z)); });
      return;
    case Head::kTree:
      return share_out(tree, logits, out, tree_score);
    case Head::kVotes:
      return share_out(tree, logits, out, vote_concentration);
  }
}

}  // namespace pinwheel
