// The options that say which galaxies a command works on, shared by train and evaluate.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "data/dataset.h"
#include "data/readers.h"
#include "data/split.h"
#include "image/preprocess.h"

namespace pinwheel::cli {

struct DatasetOptions {
  std::vector<std::string> data;  // folder, zip or files
  std::string labels;             // CSV; empty: class folders, or the CSV inside the data
  std::string label_column;       // not empty: train on the classes of this column
  std::string target = "auto";    // auto, classes, fractions, votes
  std::string grouping;           // of Galaxy10's classes
  std::string split_file;         // CSV of who trains, validates and tests
};

void add_dataset_options(CLI::App& command, DatasetOptions& options);

// Reads with progress. The targets are those that were asked for; else classes when a label column was named or there
// is no CSV at all; else `preferred`. Unusable files go to standard error, at most `kShownProblems` of them, with their
// count. `loaded`, where one is given, gets the whole report.
Dataset read_dataset(const DatasetOptions& options, TargetKind preferred, const Preprocess& preprocess,
                     const Extent& input, const ThreadPool& pool, LoadReport* loaded = nullptr);

}  // namespace pinwheel::cli
