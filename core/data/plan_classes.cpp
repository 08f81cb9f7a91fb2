// Classes from words: what is common to class folders and class columns, and the plan of a folder of class folders.
#include <algorithm>
#include <set>

#include "base/error.h"
#include "data/names.h"
#include "data/plan.h"
#include "data/votes.h"
#include "galaxy/labels.h"

namespace pinwheel {
namespace {

// More classes than this means that the wrong column was taken for the class: an identifier, a measurement.
constexpr std::size_t kMostClasses = 1000;

bool is_whole_number(const std::string& text) {
  return !text.empty() && text.size() <= 9 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_five_class(const std::string& label) {
  const auto& five = galaxy::five_classes();
  return std::find(five.begin(), five.end(), label) != five.end();
}

struct FolderImage {
  std::size_t file;
  std::string label;
};

std::vector<FolderImage> images_in_folders(const FileSource& source, const std::vector<std::size_t>& pictures,
                                           LoadReport& report) {
  std::vector<FolderImage> found;
  for (const std::size_t file : pictures) {
    const std::string label(parent_name(source.name(file)));
    if (label.empty()) {
      report.problems.push_back({source.name(file), "lies in no class folder"});
    } else {
      found.push_back({file, label});
    }
  }
  if (found.empty()) {
    throw Error(ErrorCode::kInvalidArgument,
                "The pictures have no labels: put those of each class in a folder named after it, or add a CSV file.");
  }
  return found;
}

Plan one_hot_plan(const std::vector<FolderImage>& images, std::size_t fewest) {
  std::vector<std::string> labels;
  for (const FolderImage& image : images) labels.push_back(image.label);
  Plan plan{class_order(std::move(labels), fewest), {}};
  for (const FolderImage& image : images)
    plan.images.push_back({image.file, one_hot(plan.outputs, image.label), "", false, std::nullopt});
  return plan;
}

Plan votes_plan(const FileSource& source, const std::vector<FolderImage>& images, LoadReport& report) {
  Plan plan{vote_columns(), {}};
  for (const FolderImage& image : images) {
    const auto votes = votes_from_any_scheme(image.label);
    if (votes) {
      plan.images.push_back({image.file, {votes->begin(), votes->end()}, "", false, std::nullopt});
    } else {
      report.problems.push_back(
          {source.name(image.file), "lies in '" + image.label + "', a class that the tree of questions does not know"});
    }
  }
  return plan;
}

}  // namespace

std::vector<std::string> class_order(std::vector<std::string> labels, std::size_t fewest) {
  const std::set<std::string> different(labels.begin(), labels.end());
  if (different.size() < fewest) {
    throw Error(ErrorCode::kInvalidArgument, "All pictures have the same class '" + *different.begin() +
                                                 "': there is nothing to tell apart. Add another class.");
  }
  if (different.size() > kMostClasses) {
    throw Error(ErrorCode::kInvalidArgument,
                "There are " + std::to_string(different.size()) +
                    " different classes: that looks like a column of names or numbers, not of classes.");
  }
  std::vector<std::string> classes(different.begin(), different.end());
  if (classes.size() > 1 && std::all_of(classes.begin(), classes.end(), is_five_class)) {
    return {galaxy::five_classes().begin(), galaxy::five_classes().end()};
  }
  if (std::all_of(classes.begin(), classes.end(), is_whole_number)) {
    std::stable_sort(classes.begin(), classes.end(),
                     [](const auto& a, const auto& b) { return std::stol(a) < std::stol(b); });
  }
  return classes;
}

std::vector<float> one_hot(const std::vector<std::string>& classes, const std::string& label) {
  std::vector<float> row(classes.size(), 0.0F);
  row[static_cast<std::size_t>(std::find(classes.begin(), classes.end(), label) - classes.begin())] = 1.0F;
  return row;
}

Plan plan_from_folders(const FileSource& source, const std::vector<std::size_t>& pictures, const LoadOptions& options,
                       LoadReport& report) {
  if (options.target_kind == TargetKind::kFractions) {
    throw Error(ErrorCode::kInvalidArgument,
                "Vote fractions come from a CSV with the columns Class1.1 … Class11.6, and there is no CSV here.");
  }
  const auto images = images_in_folders(source, pictures, report);
  return options.target_kind == TargetKind::kVotes ? votes_plan(source, images, report)
                                                   : one_hot_plan(images, options.fewest_classes);
}

}  // namespace pinwheel
