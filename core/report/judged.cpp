#include "report/judged.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "galaxy/labels.h"

namespace pinwheel::report {
namespace {

constexpr std::size_t kBatch = 64;

std::vector<Image> pictures_of(const Dataset& dataset, std::span<const std::int64_t> indices) {
  const auto size = static_cast<std::size_t>(dataset.extent.size());
  std::vector<Image> pictures;
  for (const std::int64_t index : indices) {
    const std::uint8_t* pixels = dataset.image(index);
    pictures.push_back({dataset.extent.height, dataset.extent.width, dataset.extent.channels, {pixels, pixels + size}});
  }
  return pictures;
}

bool is_five_classes(const std::vector<std::string>& classes) {
  return std::equal(classes.begin(), classes.end(), galaxy::five_classes().begin(), galaxy::five_classes().end());
}

std::vector<float> five_class_shares(std::span<const float> answers) {
  std::vector<float> shares;
  for (const int column : galaxy::five_class_columns()) shares.push_back(answers[static_cast<std::size_t>(column)]);
  const float total = std::accumulate(shares.begin(), shares.end(), 1e-12F);
  for (float& share : shares) share /= total;
  return shares;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < 6; ++i) out += (i == 0 ? "" : ", ") + names[i];
  return names.size() > 6 ? out + ", …" : out;
}

double share_reached(const galaxy::Question& question, const galaxy::Fractions& weighted) {
  return question.parent < 0 ? 1 : weighted[static_cast<std::size_t>(question.parent)];
}

}  // namespace

Metrics Judged::metrics() const {
  return compute_metrics(kind, answers, targets, static_cast<std::int64_t>(size()),
                         static_cast<std::int64_t>(outputs.size()), 0);
}

Judged judge(Classifier& classifier, const Dataset& dataset, std::vector<std::int64_t> indices, const std::string& part,
             const std::function<void(std::int64_t)>& progress) {
  const Model& model = classifier.model();
  const bool as_five = dataset.outputs != model.outputs && model.is_decision_tree() && is_five_classes(dataset.outputs);
  if (dataset.outputs != model.outputs && !as_five) {
    throw Error(ErrorCode::kInvalidArgument, "'" + model.name + "' answers " + listed(model.outputs) +
                                                 "; the data has " + listed(dataset.outputs) +
                                                 ": give the data that it was trained on, or the same classes");
  }
  Judged judged{part, dataset.target_kind, dataset.outputs, std::move(indices), {}, {}, {}};
  const std::span<const std::int64_t> all(judged.indices);
  for (std::size_t begin = 0; begin < all.size(); begin += kBatch) {
    const auto chosen = all.subspan(begin, std::min(kBatch, all.size() - begin));
    for (const Answers& answers : classifier.classify_seen(pictures_of(dataset, chosen))) {
      const auto values = as_five ? five_class_shares(answers.values) : answers.values;
      judged.answers.insert(judged.answers.end(), values.begin(), values.end());
    }
    for (const std::int64_t i : chosen) {
      judged.ids.push_back(dataset.ids[static_cast<std::size_t>(i)]);
      judged.targets.insert(judged.targets.end(), dataset.target(i).begin(), dataset.target(i).end());
    }
    if (progress) progress(static_cast<std::int64_t>(begin + chosen.size()));
  }
  return judged;
}

TreeRow tree_answer(std::span<const float> answers) {
  galaxy::Fractions weighted{};
  std::copy_n(answers.begin(), weighted.size(), weighted.begin());
  TreeRow row;
  row.conditional = galaxy::conditional_from_weighted(weighted);
  for (std::size_t q = 0; q < galaxy::kQuestions; ++q) row.reach[q] = share_reached(galaxy::questions()[q], weighted);
  return row;
}

TreeRow tree_truth(TargetKind kind, std::span<const float> target) {
  if (kind != TargetKind::kVotes) return tree_answer(target);
  galaxy::Votes votes{};
  std::copy_n(target.begin(), votes.size(), votes.begin());
  TreeRow row;
  row.conditional = galaxy::conditional_from_votes(votes);
  const galaxy::Fractions weighted = galaxy::weighted_from_conditional(row.conditional);
  for (std::size_t q = 0; q < galaxy::kQuestions; ++q) {
    const galaxy::Question& question = galaxy::questions()[q];
    const float asked = std::accumulate(votes.begin() + question.begin, votes.begin() + question.end, 0.0F);
    row.reach[q] = asked > 0 ? share_reached(question, weighted) : -1;
  }
  return row;
}

}  // namespace pinwheel::report
