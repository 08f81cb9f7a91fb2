// Each kind of finding is one function that looks over the data set and adds at most one problem.
#include "data/check.h"

#include <algorithm>
#include <array>

#include "data/duplicates.h"

namespace pinwheel {
namespace {

constexpr std::array<const char*, 8> kNames{"unusable",   "empty_class",   "rare_class",    "no_label",
                                            "same_label", "contradiction", "blank_picture", "unbalanced"};

std::string counted(std::int64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string in_quotes(const std::string& name) { return "'" + name + "'"; }

// Counts as it goes, and keeps the name of the first.
struct Tally {
  std::int64_t count = 0;
  std::string first;
  void add(const std::string& name) {
    if (count++ == 0) first = name;
  }
};

void report(DataReport& to, Finding finding, const Tally& tally, const std::string& sentence) {
  if (tally.count > 0) to.problems.push_back({finding, tally.count, tally.first, sentence});
}

// Some reasons are sentences already.
std::string ended(const std::string& text) { return text.ends_with('.') ? text : text + "."; }

void find_unusable(DataReport& to, const LoadReport& loaded) {
  Tally tally;
  for (const Problem& problem : loaded.problems) tally.add(problem.file);
  const std::string reason = loaded.problems.empty() ? "" : loaded.problems[0].reason;
  report(to, Finding::kUnusable, tally,
         counted(tally.count, "line of the report is", "lines of the report are") +
             " about what could not be used; the first: " + in_quotes(tally.first) + " " + ended(reason));
}

void find_rare_classes(DataReport& to) {
  Tally empty, rare;
  for (std::size_t k = 0; k < to.outputs.size(); ++k) {
    if (to.sums[k] <= 0) {
      empty.add(to.outputs[k]);
    } else if (to.target_kind == TargetKind::kClasses && to.sums[k] < static_cast<double>(kFewExamples)) {
      rare.add(to.outputs[k]);
    }
  }
  const bool classes = to.target_kind == TargetKind::kClasses;
  report(to, Finding::kEmptyClass, empty,
         (classes ? counted(empty.count, "class has", "classes have")
                  : counted(empty.count, "answer has", "answers have")) +
             " no galaxy, such as " + in_quotes(empty.first) + ": a network cannot learn what it never sees.");
  report(to, Finding::kRareClass, rare,
         counted(rare.count, "class has", "classes have") + " fewer than " + std::to_string(kFewExamples) +
             " galaxies, such as " + in_quotes(rare.first) + ": add some, or judge its figures with care.");
}

void find_unbalanced(DataReport& to) {
  if (to.target_kind != TargetKind::kClasses || to.sums.empty()) return;
  std::size_t most = 0, least = 0;
  for (std::size_t k = 0; k < to.sums.size(); ++k) {
    if (to.sums[k] > to.sums[most]) most = k;
    if (to.sums[k] > 0 && (to.sums[least] <= 0 || to.sums[k] < to.sums[least])) least = k;
  }
  Tally tally;
  if (!to.sums.empty() && to.sums[least] > 0 && to.sums[most] > kMostTimes * to.sums[least])
    tally.add(to.outputs[least]);
  report(to, Finding::kUnbalanced, tally,
         in_quotes(tally.first) + " has " + std::to_string(static_cast<std::int64_t>(to.sums[least])) + " galaxies, " +
             in_quotes(to.outputs[most]) + " " + std::to_string(static_cast<std::int64_t>(to.sums[most])) +
             ": look at the figures of each class, not at the accuracy alone.");
}

void find_without_label(DataReport& to, const Dataset& dataset) {
  Tally tally;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const auto target = dataset.target(i);
    const bool none = std::all_of(target.begin(), target.end(), [](float value) { return value <= 0; });
    if (none) tally.add(dataset.ids[static_cast<std::size_t>(i)]);
  }
  report(to, Finding::kNoLabel, tally,
         counted(tally.count, "galaxy has", "galaxies have") + " no label at all, the first " + in_quotes(tally.first) +
             ": give each one a label, or leave it out.");
}

bool is_blank(const Dataset& dataset, std::int64_t i) {
  const std::uint8_t* pixels = dataset.image(i);
  return std::all_of(pixels, pixels + dataset.extent.size(), [&](std::uint8_t value) { return value == pixels[0]; });
}

void find_blank(DataReport& to, const Dataset& dataset) {
  Tally tally;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    if (is_blank(dataset, i)) tally.add(dataset.ids[static_cast<std::size_t>(i)]);
  }
  report(to, Finding::kBlankPicture, tally,
         counted(tally.count, "picture is", "pictures are") + " blank, the first " + in_quotes(tally.first) +
             ": there is nothing on it to learn from.");
}

void find_duplicates(DataReport& to, const Dataset& dataset) {
  Tally same, different;
  for (const auto& set : equal_pictures(dataset)) {
    if (is_blank(dataset, set[0])) continue;  // no galaxy is on them that could be there twice
    const auto target = dataset.target(set[0]);
    const bool agree = std::all_of(set.begin(), set.end(), [&](std::int64_t i) {
      return std::equal(target.begin(), target.end(), dataset.target(i).begin());
    });
    (agree ? same : different)
        .add(dataset.ids[static_cast<std::size_t>(set[0])] + " = " + dataset.ids[static_cast<std::size_t>(set[1])]);
  }
  report(to, Finding::kSameLabel, same,
         counted(same.count, "picture is", "pictures are") + " there more than once, the first " +
             in_quotes(same.first) + ": copies stay on one side of a split, but they count twice.");
  report(to, Finding::kContradiction, different,
         counted(different.count, "picture is", "pictures are") +
             " there more than once with different labels, the first " + in_quotes(different.first) +
             ": decide which label is right.");
}

}  // namespace

const char* finding_name(Finding finding) { return kNames[static_cast<std::size_t>(finding)]; }

DataReport check_dataset(const Dataset& dataset, const LoadReport& loaded) {
  DataReport report;
  report.galaxies = dataset.size();
  report.unusable = static_cast<std::int64_t>(loaded.problems.size());
  report.extent = dataset.extent;
  report.target_kind = dataset.target_kind;
  report.outputs = dataset.outputs;
  report.sums.assign(dataset.outputs.size(), 0);
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const auto target = dataset.target(i);
    for (std::size_t k = 0; k < target.size(); ++k) report.sums[k] += target[k];
  }
  find_unusable(report, loaded);
  find_rare_classes(report);
  find_without_label(report, dataset);
  find_duplicates(report, dataset);
  find_blank(report, dataset);
  find_unbalanced(report);
  return report;
}

}  // namespace pinwheel
