#include "bench/subject.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "galaxy/decision_tree.h"
#include "nn/presets.h"
#include "nn/shape_inference.h"
#include "train/frozen.h"
#include "train/recipe.h"

namespace pinwheel::bench {
namespace {

struct LargeNetwork {
  const char* name;
  NetSpec (*make)(std::int64_t outputs, const Extent& input);
};
constexpr std::array<LargeNetwork, 3> kLargeNetworks{
    {{"resnet18", nets::resnet18}, {"resnet50", nets::resnet50}, {"densenet121", nets::densenet121}}};
constexpr std::array<std::int64_t, 2> kSizes{224, 64};
constexpr std::int64_t kSmallest = 32, kLargest = 1024;
constexpr std::int64_t kMostAtOnce = 64;  // some presets learn from a thousand at once; a browser's tab has no room

void finish(Subject& subject, std::int64_t wanted_batch) {
  const std::int64_t outputs = infer_shapes(subject.learner).back().size();
  if (subject.loss.kind == LossKind::kWeightedMse) {
    subject.loss.column_weights.assign(static_cast<std::size_t>(outputs), 1.0F / static_cast<float>(outputs));
  }
  validate_loss(subject.loss, outputs);
  subject.training_batch = std::min(wanted_batch, kMostAtOnce);
}

Subject of_recipe(const Recipe& recipe) {
  Subject subject;
  subject.name = recipe.name;
  subject.network = recipe.spec;
  subject.learner = recipe.frozen ? split_before_last(recipe.spec).last : recipe.spec;
  subject.init = recipe.train.init;
  subject.loss = recipe.train.loss;
  subject.target = recipe.target_kind;
  subject.optimiser = recipe.train.optimiser;
  finish(subject, recipe.train.batch_size);
  return subject;
}

// All layers learn the 37 fractions, by Adam.
Subject of_large_network(const LargeNetwork& large, std::int64_t size) {
  constexpr std::int64_t kSmall = 128, kBatch = 32, kLargeBatch = 4;
  Subject subject;
  subject.name = large.name + std::string("-") + std::to_string(size);
  subject.network = large.make(galaxy::kAnswers, Extent::image(size, size, 3));
  subject.learner = subject.network;
  subject.loss.kind = LossKind::kMse;
  subject.target = TargetKind::kFractions;
  finish(subject, size <= kSmall ? kBatch : kLargeBatch);
  return subject;
}

// "resnet18-224"
std::optional<Subject> find_large_network(std::string_view name) {
  const auto dash = name.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  std::int64_t size = 0;
  const auto read = std::from_chars(name.data() + dash + 1, name.data() + name.size(), size);
  if (read.ec != std::errc() || read.ptr != name.data() + name.size()) return std::nullopt;
  for (const LargeNetwork& large : kLargeNetworks) {
    if (name.substr(0, dash) != large.name) continue;
    if (size < kSmallest || size > kLargest) {
      throw Error(ErrorCode::kInvalidArgument, std::string(large.name) + " can be timed on pictures of " +
                                                   std::to_string(kSmallest) + " to " + std::to_string(kLargest) +
                                                   " pixels, not of " + std::to_string(size));
    }
    return of_large_network(large, size);
  }
  return std::nullopt;
}

}  // namespace

const char* mode_name(Mode mode) { return mode == Mode::kTraining ? "train" : "infer"; }

Mode parse_mode(std::string_view name) {
  for (const Mode mode : {Mode::kTraining, Mode::kInference}) {
    if (name == mode_name(mode)) return mode;
  }
  throw Error(ErrorCode::kInvalidArgument, "the mode is train or infer, not '" + std::string(name) + "'");
}

std::vector<std::string> subject_names() {
  std::vector<std::string> names = recipe_names();
  for (const LargeNetwork& large : kLargeNetworks) {
    for (const std::int64_t size : kSizes) names.push_back(large.name + std::string("-") + std::to_string(size));
  }
  return names;
}

Subject make_subject(std::string_view name) {
  if (auto large = find_large_network(name)) return *std::move(large);
  const std::vector<std::string> presets = recipe_names();
  if (std::find(presets.begin(), presets.end(), name) == presets.end()) {
    throw Error(ErrorCode::kNotFound,
                "there is no '" + std::string(name) + "' to time; choose one of " + listed(subject_names()));
  }
  return of_recipe(make_recipe(name, published_outputs(name)));
}

}  // namespace pinwheel::bench
