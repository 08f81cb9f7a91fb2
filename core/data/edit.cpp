#include "data/edit.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "data/plan.h"
#include "galaxy/decision_tree.h"

namespace pinwheel {
namespace {

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::kInvalidArgument, why); }

void need_classes(const Dataset& dataset) {
  if (dataset.target_kind != TargetKind::kClasses)
    refuse("only a data set of classes can be sorted by hand; this one has votes or fractions");
}

std::size_t class_index(const Dataset& dataset, const std::string& name) {
  const auto found = std::find(dataset.outputs.begin(), dataset.outputs.end(), name);
  if (found == dataset.outputs.end()) refuse("there is no class '" + name + "'");
  return static_cast<std::size_t>(found - dataset.outputs.begin());
}

bool has_class(const Dataset& dataset, const std::string& name) {
  return std::find(dataset.outputs.begin(), dataset.outputs.end(), name) != dataset.outputs.end();
}

std::size_t label(const Dataset& dataset, std::int64_t i) {
  const auto row = dataset.target(i);
  return static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

// Writes all targets anew for `outputs`, each galaxy's class looked up by its old number.
void relabel(Dataset& dataset, std::vector<std::string> outputs, const std::vector<std::size_t>& new_of_old) {
  std::vector<float> targets;
  targets.reserve(dataset.ids.size() * outputs.size());
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const auto row = one_hot(outputs, outputs[new_of_old[label(dataset, i)]]);
    targets.insert(targets.end(), row.begin(), row.end());
  }
  dataset.targets = std::move(targets);
  dataset.outputs = std::move(outputs);
}

std::vector<std::size_t> counting(std::size_t n) {
  std::vector<std::size_t> places(n);
  std::iota(places.begin(), places.end(), std::size_t{0});
  return places;
}

// Takes out class `gone`; whoever is still of it becomes one of `heir` (in the old numbering).
void drop_class(Dataset& dataset, std::size_t gone, std::size_t heir) {
  auto outputs = dataset.outputs;
  outputs.erase(outputs.begin() + static_cast<std::ptrdiff_t>(gone));
  auto places = counting(dataset.outputs.size());
  places[gone] = heir;
  for (auto& place : places) place -= place > gone ? 1U : 0U;
  relabel(dataset, std::move(outputs), places);
}

void check_examples(const Dataset& dataset, std::span<const std::int64_t> examples) {
  for (const std::int64_t i : examples) {
    if (i < 0 || i >= dataset.size()) refuse("there is no galaxy number " + std::to_string(i));
  }
}

// Moves what `keep` lists (ascending) to the front, in place: the pixels of a large set exist only once.
void keep_examples(Dataset& dataset, const std::vector<std::int64_t>& keep) {
  const auto move_rows = [&keep](auto& values, std::int64_t width) {
    auto to = values.begin();
    for (const std::int64_t i : keep) to = std::move(values.begin() + i * width, values.begin() + (i + 1) * width, to);
    values.erase(to, values.end());
  };
  move_rows(dataset.pixels, dataset.extent.size());
  move_rows(dataset.targets, dataset.width());
  if (!dataset.groups.empty()) move_rows(dataset.groups, 1);
  if (!dataset.weights.empty()) move_rows(dataset.weights, 1);
  if (!dataset.parts.empty()) move_rows(dataset.parts, 1);
  move_rows(dataset.ids, 1);
}

std::string free_id(const std::unordered_set<std::string>& taken, const std::string& id) {
  std::string candidate = id;
  for (int n = 2; taken.count(candidate) > 0; ++n) candidate = id + " (" + std::to_string(n) + ")";
  return candidate;
}

}  // namespace

void add_class(Dataset& dataset, const std::string& name) {
  need_classes(dataset);
  if (name.empty()) refuse("a class needs a name");
  if (has_class(dataset, name)) refuse("there is already a class '" + name + "'");
  auto outputs = dataset.outputs;
  outputs.push_back(name);
  relabel(dataset, std::move(outputs), counting(dataset.outputs.size()));
}

void rename_class(Dataset& dataset, const std::string& from, const std::string& to) {
  need_classes(dataset);
  const std::size_t index = class_index(dataset, from);
  if (to.empty()) refuse("a class needs a name");
  if (from == to) return;
  if (has_class(dataset, to)) return drop_class(dataset, index, class_index(dataset, to));
  dataset.outputs[index] = to;
}

void remove_class(Dataset& dataset, const std::string& name) {
  need_classes(dataset);
  const std::size_t index = class_index(dataset, name);
  std::vector<std::int64_t> gone;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    if (label(dataset, i) == index) gone.push_back(i);
  }
  remove_examples(dataset, gone);
  drop_class(dataset, index, 0);
}

void move_to_class(Dataset& dataset, std::span<const std::int64_t> examples, const std::string& name) {
  need_classes(dataset);
  check_examples(dataset, examples);
  const auto row = one_hot(dataset.outputs, dataset.outputs[class_index(dataset, name)]);
  for (const std::int64_t i : examples) {
    std::copy(row.begin(), row.end(), dataset.targets.begin() + i * dataset.width());
  }
}

void remove_examples(Dataset& dataset, std::span<const std::int64_t> examples) {
  check_examples(dataset, examples);
  std::vector<bool> gone(dataset.ids.size(), false);
  for (const std::int64_t i : examples) gone[static_cast<std::size_t>(i)] = true;
  std::vector<std::int64_t> keep;
  for (std::size_t i = 0; i < gone.size(); ++i) {
    if (!gone[i]) keep.push_back(static_cast<std::int64_t>(i));
  }
  keep_examples(dataset, keep);
}

void append_dataset(Dataset& dataset, const Dataset& other) {
  if (dataset.extent != other.extent || dataset.target_kind != other.target_kind)
    refuse("these two data sets are of different size or kind and cannot be joined");
  if (dataset.target_kind == TargetKind::kClasses) {
    for (const auto& name : other.outputs) {
      if (!has_class(dataset, name)) add_class(dataset, name);
    }
  }
  std::unordered_set<std::string> taken(dataset.ids.begin(), dataset.ids.end());
  for (std::int64_t i = 0; i < other.size(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    dataset.ids.push_back(*taken.insert(free_id(taken, other.ids[at])).first);
    if (dataset.target_kind == TargetKind::kClasses) {
      const auto row = one_hot(dataset.outputs, other.outputs[label(other, i)]);
      dataset.targets.insert(dataset.targets.end(), row.begin(), row.end());
    } else {
      dataset.targets.insert(dataset.targets.end(), other.target(i).begin(), other.target(i).end());
    }
    dataset.groups.push_back(at < other.groups.size() ? other.groups[at] : "");
  }
  dataset.pixels.insert(dataset.pixels.end(), other.pixels.begin(), other.pixels.end());
  if (!dataset.weights.empty()) dataset.weights.resize(dataset.ids.size(), 1.0F);
  if (!dataset.parts.empty()) dataset.parts.resize(dataset.ids.size(), Part::kNone);
}

Dataset reread_as(const Dataset& edited, const Dataset& fresh) {
  std::unordered_map<std::string_view, std::int64_t> place;
  for (std::int64_t i = 0; i < fresh.size(); ++i) place.emplace(fresh.ids[static_cast<std::size_t>(i)], i);
  Dataset out = same_galaxies(edited, fresh.extent);
  out.pixels.reserve(edited.ids.size() * static_cast<std::size_t>(fresh.extent.size()));
  for (const std::string& id : edited.ids) {
    const auto found = place.find(id);
    if (found == place.end()) throw Error(ErrorCode::kNotFound, id + " cannot be read again.");
    const std::uint8_t* pixels = fresh.image(found->second);
    out.pixels.insert(out.pixels.end(), pixels, pixels + fresh.extent.size());
  }
  return out;
}

Dataset preprocess_dataset(const Dataset& originals, const Preprocess& preprocess, const Extent& stored,
                           const ThreadPool& pool) {
  Dataset out = same_galaxies(originals, stored);
  const auto size = static_cast<std::size_t>(stored.size());
  out.pixels.resize(originals.ids.size() * size);
  const auto picture = [&originals](std::int64_t i) {
    const Extent& e = originals.extent;
    return Image{e.height, e.width, e.channels, {originals.image(i), originals.image(i) + e.size()}};
  };
  if (originals.size() > 0) (void)run_steps(preprocess, picture(0), stored);  // throws here, not from within the pool
  pool.for_each(originals.ids.size(), [&](std::size_t i) {
    const Image image = run_steps(preprocess, picture(static_cast<std::int64_t>(i)), stored);
    std::copy(image.pixels.begin(), image.pixels.end(), out.pixels.begin() + static_cast<std::ptrdiff_t>(i * size));
  });
  return out;
}

std::vector<std::int64_t> count_outputs(const Dataset& dataset) {
  std::vector<std::int64_t> counts(dataset.outputs.size(), 0);
  if (dataset.target_kind == TargetKind::kClasses) {
    for (std::int64_t i = 0; i < dataset.size(); ++i) ++counts[label(dataset, i)];
    return counts;
  }
  if (dataset.width() != galaxy::kAnswers) return counts;
  const float least = dataset.target_kind == TargetKind::kFractions ? 0.5F : 1.0F;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const auto row = dataset.target(i);
    for (const galaxy::Question& question : galaxy::questions()) {
      const auto answers = row.subspan(static_cast<std::size_t>(question.begin),
                                       static_cast<std::size_t>(question.end - question.begin));
      if (std::accumulate(answers.begin(), answers.end(), 0.0F) < least) continue;
      const auto best = std::max_element(answers.begin(), answers.end()) - answers.begin();
      ++counts[static_cast<std::size_t>(question.begin + best)];
    }
  }
  return counts;
}

std::vector<std::int16_t> class_labels(const Dataset& dataset) {
  std::vector<std::int16_t> labels;
  labels.reserve(dataset.ids.size());
  for (std::int64_t i = 0; i < dataset.size(); ++i) labels.push_back(static_cast<std::int16_t>(label(dataset, i)));
  return labels;
}

}  // namespace pinwheel
