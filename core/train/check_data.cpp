// Each rule is one small function that refuses with a sentence naming the galaxy.
#include "train/check_data.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "base/error.h"

namespace pinwheel {
namespace {

constexpr float kMostVotes = 100000;  // per answer; the vote loss takes one step for each

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::kInvalidArgument, why); }

float row_sum(std::span<const float> row) { return std::accumulate(row.begin(), row.end(), 0.0F); }

void check_value(const Dataset& dataset, std::int64_t i, float value) {
  const std::string& id = dataset.ids[static_cast<std::size_t>(i)];
  if (!std::isfinite(value) || value < 0) refuse("'" + id + "' has a target that is negative or not a number");
  if (dataset.target_kind == TargetKind::kVotes && value > kMostVotes) {
    refuse("'" + id + "' has " + std::to_string(static_cast<std::int64_t>(value)) + " votes for one answer; at most " +
           std::to_string(static_cast<std::int64_t>(kMostVotes)) + " are possible");
  }
}

void check_part(const Dataset& dataset, const std::vector<std::int64_t>& part) {
  for (const std::int64_t i : part) {
    if (i < 0 || i >= dataset.size()) refuse("the split names an example that the data set does not have");
    for (const float value : dataset.target(i)) check_value(dataset, i, value);
  }
}

// A row of zeros is no class and no fractions at all; among votes it is a galaxy that nobody was asked about.
void check_not_zero(const Dataset& dataset, const std::vector<std::int64_t>& train) {
  const auto is_zero = [&](std::int64_t i) { return row_sum(dataset.target(i)) <= 0; };
  const auto zeros = std::count_if(train.begin(), train.end(), is_zero);
  if (zeros == static_cast<std::ptrdiff_t>(train.size())) {
    refuse("the targets of all " + std::to_string(train.size()) +
           " training examples are zero: the label columns were not read; check the names of the columns");
  }
  if (zeros > 0 && dataset.target_kind != TargetKind::kVotes) {
    const std::int64_t first = *std::find_if(train.begin(), train.end(), is_zero);
    refuse(std::to_string(zeros) + " training examples have no label (all their targets are zero), first '" +
           dataset.ids[static_cast<std::size_t>(first)] + "'; leave them out or correct the table");
  }
}

void check_kind(const Dataset& dataset, const LossSpec& loss) {
  const bool votes_loss = loss.kind == LossKind::kDirichletMultinomial;
  if (votes_loss == (dataset.target_kind == TargetKind::kVotes)) return;
  refuse(votes_loss ? "the loss 'dirichlet_multinomial' needs vote counts, but the data set holds none"
                    : std::string("the data set holds vote counts, which the loss '") + loss_name(loss.kind) +
                          "' cannot use; choose 'dirichlet_multinomial', or load the data as fractions");
}

}  // namespace

void check_data(const Dataset& dataset, const Split& split, const LossSpec& loss, std::int64_t outputs) {
  if (split.train.empty()) refuse("there are no training examples");
  if (dataset.width() != outputs) {
    refuse("the data set has " + std::to_string(dataset.width()) + " target columns but the network has " +
           std::to_string(outputs) + " outputs");
  }
  if (!dataset.weights.empty() && static_cast<std::int64_t>(dataset.weights.size()) != dataset.size()) {
    refuse("the data set has " + std::to_string(dataset.weights.size()) + " weights for " +
           std::to_string(dataset.size()) + " examples");
  }
  if (!dataset.features.empty() &&
      static_cast<std::int64_t>(dataset.features.size()) != dataset.size() * dataset.extent.size()) {
    refuse("the data set has " + std::to_string(dataset.features.size()) + " features for " +
           std::to_string(dataset.size()) + " examples of " + dataset.extent.text());
  }
  check_part(dataset, split.train);
  check_part(dataset, split.validation);
  check_not_zero(dataset, split.train);
  check_kind(dataset, loss);
}

std::vector<float> column_weights(const Dataset& dataset, const Split& split) {
  std::vector<double> sums(static_cast<std::size_t>(dataset.width()), 0);
  for (const std::int64_t i : split.train) {
    const auto row = dataset.target(i);
    for (std::size_t j = 0; j < row.size(); ++j) sums[j] += row[j];
  }
  const double total = std::accumulate(sums.begin(), sums.end(), 0.0);
  std::vector<float> weights;
  for (const double sum : sums) weights.push_back(static_cast<float>(total > 0 ? sum / total : 0));
  return weights;
}

}  // namespace pinwheel
