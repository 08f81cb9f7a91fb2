// Each loss is a function of one row; the batch mean and the weights are laid over it in one place. Losses on fractions
// go through the head and back (head_backward); the others are written from the logits, where nothing overflows.
#include "train/loss.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "base/error.h"

namespace pinwheel {
namespace {

constexpr std::array<std::pair<LossKind, const char*>, 7> kNames{
    {{LossKind::kBceSum, "bce_sum"},
     {LossKind::kMse, "mse"},
     {LossKind::kWeightedMse, "weighted_mse"},
     {LossKind::kRmse, "rmse"},
     {LossKind::kCrossEntropy, "cross_entropy"},
     {LossKind::kQuestionBce, "question_bce"},
     {LossKind::kDirichletMultinomial, "dirichlet_multinomial"}}};
constexpr double kRmseEpsilon = 1e-12;  // system B's: keeps the root differentiable at zero

using Row = std::span<const float>;
using MutableRow = std::span<double>;

// s = scores of the answers of one question, c_j = s_j / sum s, p_j = c_j * reached. From dp: ds, and d reached.
template <typename Score, typename Slope>
void question_backward(const QuestionSpan& question, double reached, Row logits, MutableRow dp, double* dreached,
                       Score score, Slope slope) {
  const auto begin = static_cast<std::size_t>(question.begin), end = static_cast<std::size_t>(question.end);
  double sum = 0, weighted = 0;
  for (std::size_t j = begin; j < end; ++j) sum += score(logits[j]);
  for (std::size_t j = begin; j < end; ++j) weighted += dp[j] * score(logits[j]) / sum;
  if (dreached != nullptr) *dreached += weighted;
  for (std::size_t j = begin; j < end; ++j) dp[j] = (dp[j] - weighted) * reached / sum * slope(logits[j]);
}

// Children before parents, so that a parent's dp is complete (its own and its children's) when its turn comes.
template <typename Score, typename Slope>
void tree_backward(const QuestionTree& tree, Row logits, Row p, MutableRow dp, Score score, Slope slope) {
  for (auto question = tree.rbegin(); question != tree.rend(); ++question) {
    const bool root = question->parent < 0;
    const auto parent = static_cast<std::size_t>(std::max(question->parent, 0));
    question_backward(*question, root ? 1.0 : p[parent], logits, dp, root ? nullptr : &dp[parent], score, slope);
  }
}

// In place: d loss / d p becomes d loss / d logits, given p = apply_head(logits).
void head_backward(const LossSpec& spec, MutableRow dp, Row logits, Row p) {
  switch (spec.head) {
    case Head::kNone:
      return;
    case Head::kSigmoid:
      for (std::size_t j = 0; j < dp.size(); ++j) dp[j] *= static_cast<double>(p[j]) * (1.0 - p[j]);
      return;
    case Head::kSoftmax: {
      double mean = 0;
      for (std::size_t j = 0; j < dp.size(); ++j) mean += dp[j] * p[j];
      for (std::size_t j = 0; j < dp.size(); ++j) dp[j] = p[j] * (dp[j] - mean);
      return;
    }
    case Head::kTree:
      return tree_backward(spec.tree, logits, p, dp, tree_score, [](double z) { return z > 0 ? 1.0 : 0.0; });
    case Head::kVotes:
      return tree_backward(spec.tree, logits, p, dp, vote_concentration,
                           [](double z) { return kVoteScale * logistic(z) * logistic(-z); });
  }
}

// max(z,0) - z t + log(1 + exp(-|z|)): -t log s(z) - (1-t) log(1-s(z)) without overflow.
double bce(double z, double t) { return std::max(z, 0.0) - z * t + std::log1p(std::exp(-std::abs(z))); }

double bce_sum_row(MutableRow dz, Row z, Row t) {
  double loss = 0;
  for (std::size_t j = 0; j < z.size(); ++j) {
    loss += bce(z[j], t[j]);
    dz[j] = logistic(z[j]) - t[j];
  }
  return loss;
}

double question_bce_row(const QuestionTree& tree, MutableRow dz, Row z, Row t) {
  double loss = 0;
  for (const QuestionSpan& question : tree) {
    const double share = 1.0 / (question.end - question.begin);
    for (auto j = static_cast<std::size_t>(question.begin); j < static_cast<std::size_t>(question.end); ++j) {
      loss += share * bce(z[j], t[j]);
      dz[j] = share * (logistic(z[j]) - t[j]);
    }
  }
  return loss;
}

// -sum t log softmax(z), with log softmax(z) = z - max - log sum exp(z - max).
double cross_entropy_row(MutableRow dz, Row z, Row t) {
  const double largest = *std::max_element(z.begin(), z.end());
  double sum = 0, mass = 0, loss = 0;
  for (const float value : z) sum += std::exp(value - largest);
  for (const float value : t) mass += value;
  const double log_sum = largest + std::log(sum);
  for (std::size_t j = 0; j < z.size(); ++j) {
    loss += t[j] * (log_sum - z[j]);
    dz[j] = mass * std::exp(z[j] - log_sum) - t[j];
  }
  return loss;
}

// log Gamma(x + count) - log Gamma(x) = sum over i < count of log(x + i): exact and cheap for the counts of a survey.
struct RisingLog {
  double value = 0, slope = 0;
};
RisingLog rising_log(double x, std::int64_t count) {
  RisingLog sum;
  for (std::int64_t i = 0; i < count; ++i) {
    const double term = x + static_cast<double>(i);
    sum.value += std::log(term);
    sum.slope += 1 / term;
  }
  return sum;
}

// -log P(k | alpha) = log rising(A, N) - log N! + sum_j [log k_j! - log rising(alpha_j, k_j)], A = sum alpha, N = sum k
// (Walmsley et al. 2022, eq. 2). k! = rising(1, k).
double dirichlet_multinomial_row(const QuestionTree& tree, MutableRow dz, Row z, Row k) {
  std::fill(dz.begin(), dz.end(), 0.0);
  double loss = 0;
  for (const QuestionSpan& question : tree) {
    const auto begin = static_cast<std::size_t>(question.begin), end = static_cast<std::size_t>(question.end);
    std::int64_t votes = 0;
    double concentration = 0;
    for (std::size_t j = begin; j < end; ++j) {
      votes += std::llround(k[j]);
      concentration += vote_concentration(z[j]);
    }
    if (votes == 0) continue;
    const RisingLog all = rising_log(concentration, votes);
    loss += all.value - rising_log(1, votes).value;
    for (std::size_t j = begin; j < end; ++j) {
      const std::int64_t count = std::llround(k[j]);
      const RisingLog own = rising_log(vote_concentration(z[j]), count);
      loss += rising_log(1, count).value - own.value;
      dz[j] = (all.slope - own.slope) * kVoteScale * logistic(z[j]) * logistic(-z[j]);
    }
  }
  return loss;
}

// mean over the outputs of w (p-t)^2; dp before the head, dz after it.
double squared_row(const LossSpec& spec, MutableRow dz, Row z, Row t, std::span<float> p) {
  apply_head(spec.head, spec.tree, z, p);
  const double share = 1.0 / static_cast<double>(z.size());
  double loss = 0;
  for (std::size_t j = 0; j < z.size(); ++j) {
    const double weight = spec.kind == LossKind::kWeightedMse ? share * spec.column_weights[j] : share;
    const double difference = static_cast<double>(p[j]) - t[j];
    loss += weight * difference * difference;
    dz[j] = 2 * weight * difference;
  }
  head_backward(spec, dz, z, p);
  return loss;
}

double row_loss(const LossSpec& spec, MutableRow dz, Row z, Row t, std::span<float> p) {
  switch (spec.kind) {
    case LossKind::kBceSum:
      return bce_sum_row(dz, z, t);
    case LossKind::kMse:
    case LossKind::kWeightedMse:
    case LossKind::kRmse:
      return squared_row(spec, dz, z, t, p);
    case LossKind::kCrossEntropy:
      return cross_entropy_row(dz, z, t);
    case LossKind::kQuestionBce:
      return question_bce_row(spec.tree, dz, z, t);
    case LossKind::kDirichletMultinomial:
      return dirichlet_multinomial_row(spec.tree, dz, z, t);
  }
  throw Error(ErrorCode::kInternal, "[loss] unknown kind");
}

// rmse = sqrt(mse + eps), so d rmse = d mse / (2 rmse).
double rmse_from_mse(std::span<float> dlogits, double mse) {
  const double rmse = std::sqrt(mse + kRmseEpsilon);
  for (float& d : dlogits) d = static_cast<float>(d / (2 * rmse));
  return rmse;
}

bool head_fits(LossKind kind, Head head) {
  switch (kind) {
    case LossKind::kBceSum:
    case LossKind::kQuestionBce:
      return head == Head::kSigmoid;
    case LossKind::kCrossEntropy:
      return head == Head::kSoftmax;
    case LossKind::kDirichletMultinomial:
      return head == Head::kVotes;
    case LossKind::kMse:
    case LossKind::kWeightedMse:
    case LossKind::kRmse:
      return true;
  }
  return false;
}

// Every output belongs to exactly one question, and parents come before children.
bool tree_fits(const QuestionTree& tree, std::int64_t outputs) {
  std::vector<bool> seen(static_cast<std::size_t>(outputs), false);
  for (const QuestionSpan& question : tree) {
    if (question.begin < 0 || question.begin >= question.end || question.end > outputs) return false;
    if (question.parent >= outputs) return false;
    if (question.parent >= 0 && !seen[static_cast<std::size_t>(question.parent)]) return false;
    for (int j = question.begin; j < question.end; ++j) {
      if (seen[static_cast<std::size_t>(j)]) return false;
      seen[static_cast<std::size_t>(j)] = true;
    }
  }
  return std::find(seen.begin(), seen.end(), false) == seen.end();
}

}  // namespace

const char* loss_name(LossKind kind) {
  return std::find_if(kNames.begin(), kNames.end(), [&](const auto& entry) { return entry.first == kind; })->second;
}

LossKind parse_loss(std::string_view name) {
  std::string choices;
  for (const auto& [kind, text] : kNames) {
    if (name == text) return kind;
    choices += (choices.empty() ? "" : ", ") + std::string(text);
  }
  throw Error(ErrorCode::kInvalidArgument, "unknown loss '" + std::string(name) + "'; choose one of " + choices);
}

void validate_loss(const LossSpec& spec, std::int64_t outputs) {
  const std::string name = loss_name(spec.kind);
  if (!head_fits(spec.kind, spec.head)) {
    throw Error(ErrorCode::kInvalidArgument,
                "the loss '" + name + "' does not go with the head '" + head_name(spec.head) + "'");
  }
  const bool needs_tree = spec.head == Head::kTree || spec.head == Head::kVotes || spec.kind == LossKind::kQuestionBce;
  if (needs_tree && !tree_fits(spec.tree, outputs)) {
    throw Error(ErrorCode::kInvalidArgument, "the loss '" + name + "' with the head '" + head_name(spec.head) +
                                                 "' needs a question tree that covers each of the " +
                                                 std::to_string(outputs) + " outputs once");
  }
  if (spec.kind == LossKind::kWeightedMse && static_cast<std::int64_t>(spec.column_weights.size()) != outputs) {
    throw Error(ErrorCode::kInvalidArgument, "the loss 'weighted_mse' has " +
                                                 std::to_string(spec.column_weights.size()) + " column weights for " +
                                                 std::to_string(outputs) + " outputs");
  }
}

double loss_forward_backward(const LossSpec& spec, std::span<float> dlogits, std::span<const float> logits,
                             std::span<const float> targets, std::int64_t batch, std::int64_t outputs,
                             std::span<const float> row_weights) {
  const bool weighted = !row_weights.empty() && spec.kind != LossKind::kRmse;
  const auto width = static_cast<std::size_t>(outputs);
  std::vector<double> dz(width);
  std::vector<float> p(width);
  double total = 0;
  for (std::size_t n = 0; n < static_cast<std::size_t>(batch); ++n) {
    const double share = (weighted ? row_weights[n] : 1.0) / static_cast<double>(batch);
    total += share * row_loss(spec, dz, logits.subspan(n * width, width), targets.subspan(n * width, width), p);
    for (std::size_t j = 0; j < width; ++j) dlogits[n * width + j] = static_cast<float>(share * dz[j]);
  }
  return spec.kind == LossKind::kRmse ? rmse_from_mse(dlogits, total) : total;
}

}  // namespace pinwheel
