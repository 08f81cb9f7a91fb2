// The plan of a file of arrays: its labels as classes, grouped where that was asked for, or as votes on the tree.
#include <array>

#include "base/error.h"
#include "data/plan.h"
#include "data/votes.h"

namespace pinwheel {
namespace {

struct Grouping {
  const char* name;
  std::array<int, 10> group_of;  // Galaxy10's class → group; -1: left out
  std::vector<std::string> names;
};

const std::array<Grouping, 2>& groupings() {
  static const std::array<Grouping, 2> kGroupings{
      {{"galaxy10-5subset",
        {0, 1, 2, -1, 3, -1, -1, 4, -1, -1},
        {"disk_face_on_no_spiral", "smooth_completely_round", "smooth_in_between_round", "disk_edge_on_rounded_bulge",
         "disk_face_on_tight_spiral"}},
       {"galaxy10-5merged",
        {0, 1, 2, 2, 3, 3, 3, 4, 4, 4},
        {"disk_face_on_no_spiral", "smooth_completely_round", "smooth_elongated", "disk_edge_on",
         "disk_face_on_spiral"}}}};
  return kGroupings;
}

const Grouping* find_grouping(const LoadOptions& options, const ArrayLabels& labels) {
  if (options.grouping.empty()) return nullptr;
  for (const Grouping& grouping : groupings()) {
    if (options.grouping != grouping.name) continue;
    if (labels.classes.size() == grouping.group_of.size()) return &grouping;
    throw Error(ErrorCode::kInvalidArgument, "The grouping '" + options.grouping +
                                                 "' is of ten classes, and this file has " +
                                                 std::to_string(labels.classes.size()) + ".");
  }
  throw Error(ErrorCode::kInvalidArgument,
              "There is no grouping '" + options.grouping + "': choose galaxy10-5subset or galaxy10-5merged.");
}

std::optional<Part> part_of(const ArrayLabels& labels, std::size_t i) {
  return labels.parts.empty() ? std::nullopt : std::optional(labels.parts[i]);
}

Plan class_plan(const ArrayLabels& labels, const Grouping* grouping) {
  Plan plan{grouping != nullptr ? grouping->names : labels.classes, {}};
  for (std::size_t i = 0; i < labels.of_picture.size(); ++i) {
    const int label = labels.of_picture[i];
    const int group = grouping != nullptr ? grouping->group_of[static_cast<std::size_t>(label)] : label;
    if (group < 0) continue;
    std::vector<float> target(plan.outputs.size(), 0.0F);
    target[static_cast<std::size_t>(group)] = 1.0F;
    plan.images.push_back({i, std::move(target), "", false, part_of(labels, i)});
  }
  return plan;
}

Plan votes_plan(const FileSource& source, const ArrayLabels& labels, LoadReport& report) {
  Plan plan{vote_columns(), {}};
  for (std::size_t i = 0; i < labels.of_picture.size(); ++i) {
    const std::string& name = labels.classes[static_cast<std::size_t>(labels.of_picture[i])];
    if (const auto votes = votes_from_any_scheme(name)) {
      plan.images.push_back({i, {votes->begin(), votes->end()}, "", false, part_of(labels, i)});
    } else {
      report.problems.push_back(
          {source.name(i), "is of '" + name + "', a class that the tree of questions does not know"});
    }
  }
  return plan;
}

}  // namespace

Plan plan_from_arrays(const FileSource& source, const ArrayLabels& labels, const LoadOptions& options,
                      LoadReport& report) {
  switch (options.target_kind) {
    case TargetKind::kClasses:
      return class_plan(labels, find_grouping(options, labels));
    case TargetKind::kVotes:
      return votes_plan(source, labels, report);
    case TargetKind::kFractions:
      break;
  }
  throw Error(ErrorCode::kInvalidArgument,
              "This file holds classes, not vote fractions: learn classes from it (--target classes), or add a CSV.");
}

}  // namespace pinwheel
