#include "data/dataset.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"

namespace pinwheel {
namespace {

constexpr std::array<std::pair<TargetKind, const char*>, 3> kTargets{
    {{TargetKind::kClasses, "classes"}, {TargetKind::kFractions, "fractions"}, {TargetKind::kVotes, "votes"}}};

}  // namespace

const char* target_name(TargetKind kind) {
  return std::find_if(kTargets.begin(), kTargets.end(), [&](const auto& entry) { return entry.first == kind; })->second;
}

TargetKind parse_target(std::string_view name) {
  for (const auto& [kind, text] : kTargets) {
    if (name == text) return kind;
  }
  throw Error(ErrorCode::kInvalidArgument,
              "There is no target '" + std::string(name) + "': choose classes, fractions or votes.");
}

Dataset same_galaxies(const Dataset& dataset, const Extent& extent) {
  Dataset same;
  same.extent = extent;
  same.target_kind = dataset.target_kind;
  same.outputs = dataset.outputs;
  same.ids = dataset.ids;
  same.targets = dataset.targets;
  same.groups = dataset.groups;
  same.weights = dataset.weights;
  same.parts = dataset.parts;
  return same;
}

}  // namespace pinwheel
