// From logits to answers. A network ends in raw scores (logits); the head says what they mean. Losses start from logits
// and the head, so that sigmoid + cross entropy and the like are computed without overflow.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace pinwheel {

enum class Head {
  kNone,     // outputs are the logits themselves
  kSoftmax,  // exclusive classes
  kSigmoid,  // independent fractions (systems A to D)
  kTree,     // 37 answers: per question relu scores / their sum, multiplied down the tree (Dieleman et al. 2015)
  kVotes,    // 37 answers: Dirichlet-multinomial, concentrations 1 + 100*sigmoid(z) (Walmsley et al. 2022)
};

const char* head_name(Head head);        // "none", "softmax", "sigmoid", "tree", "votes"
Head parse_head(std::string_view name);  // throws Error(kInvalidArgument) naming the choices

// One node of a question tree, as the heads need it: answers [begin, end), each question's parent answer (or -1: the
// root). galaxy/decision_tree fills this for Galaxy Zoo 2; nn knows no galaxies.
struct QuestionSpan {
  int begin = 0, end = 0;
  int parent = -1;  // column whose weighted fraction multiplies this question
};
using QuestionTree = std::vector<QuestionSpan>;  // parents before children

// The three functions of one logit that heads are made of; losses differentiate the same ones.
double logistic(double z);            // 1 / (1 + exp(-z))
double tree_score(double z);          // max(z, 0) + kTreeEpsilon: a question without any score gives equal shares
double vote_concentration(double z);  // 1 + kVoteScale * logistic(z)
inline constexpr double kTreeEpsilon = 1e-12;
inline constexpr double kVoteScale = 100;

// Probabilities of one example from its logits; both of the same length. kTree and kVotes give *weighted* fractions
// (every answer times the weighted fraction of its parent), kVotes from the expected value of the Dirichlet.
void apply_head(Head head, const QuestionTree& tree, std::span<const float> logits, std::span<float> out);

}  // namespace pinwheel
