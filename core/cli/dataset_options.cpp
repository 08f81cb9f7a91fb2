#include "cli/dataset_options.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/error.h"
#include "cli/progress.h"
#include "data/parts.h"
#include "data/readers.h"

namespace pinwheel::cli {
namespace {

constexpr std::size_t kShownProblems = 10;

std::vector<std::filesystem::path> as_paths(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

bool holds_csv(const FileSource& source) {
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (source.name(i).ends_with(".csv")) return true;
  }
  return false;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The explicit target, or: classes when a label column was named or there is no CSV at all, else `preferred`.
TargetKind resolve_target(const DatasetOptions& options, const FileSource& source, TargetKind preferred) {
  if (options.target != "auto") return parse_target(options.target);
  if (!options.label_column.empty()) return TargetKind::kClasses;
  return options.labels.empty() && !holds_csv(source) ? TargetKind::kClasses : preferred;
}

void tell_problems(const LoadReport& report) {
  const std::size_t shown = std::min(report.problems.size(), kShownProblems);
  for (std::size_t i = 0; i < shown; ++i) {
    std::cerr << report.problems[i].file << ": " << report.problems[i].reason << "\n";
  }
  if (report.problems.size() > shown) {
    std::cerr << "… and " << report.problems.size() - shown << " more files that could not be used\n";
  }
}

}  // namespace

void add_dataset_options(CLI::App& command, DatasetOptions& options) {
  command
      .add_option("--data", options.data,
                  "Galaxies: a folder (of class folders, or with a CSV), a zip, files; npz, HDF5 or a pickle")
      ->required();
  command.add_option("--labels", options.labels, "CSV with an id or file column and classes, fractions or votes")
      ->check(CLI::ExistingFile);
  command.add_option("--label-column", options.label_column, "Use the classes in this column of the CSV");
  command.add_option("--target", options.target, "What to learn: auto, classes, fractions (37 columns) or votes")
      ->check(CLI::IsMember({"auto", "classes", "fractions", "votes"}));
  command.add_option("--grouping", options.grouping, "Of Galaxy10's classes: galaxy10-5subset or galaxy10-5merged")
      ->check(CLI::IsMember({"galaxy10-5subset", "galaxy10-5merged"}));
  command.add_option("--split-file", options.split_file, "CSV with columns file and part: train, validation or test")
      ->check(CLI::ExistingFile);
}

Dataset read_dataset(const DatasetOptions& options, TargetKind preferred, const Preprocess& preprocess,
                     const Extent& input, const ThreadPool& pool, LoadReport* loaded) {
  const auto source = open_source(as_paths(options.data));
  ProgressBar bar("reading", static_cast<std::int64_t>(source->size()));
  LoadOptions load;
  load.preprocess = preprocess;
  load.extent = stored_extent(preprocess, input);
  load.target_kind = resolve_target(options, *source, preferred);
  load.label_column = options.label_column;
  load.grouping = options.grouping;
  load.progress = [&bar](std::int64_t done, std::int64_t) {
    bar.update(done);
    return true;
  };
  LoadReport report;
  Dataset dataset = load_dataset(*source, options.labels, load, pool, report);
  bar.clear();
  tell_problems(report);
  if (!options.split_file.empty()) read_parts(dataset, text_of(options.split_file), options.split_file);
  if (loaded != nullptr) *loaded = std::move(report);
  return dataset;
}

}  // namespace pinwheel::cli
