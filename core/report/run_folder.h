// What a training run left behind, read for showing: every part may be missing, columns are found by their names, and
// what is there but broken is an Error that names the file. Nothing here trains or judges.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pinwheel::report {

// Columns of numbers; blank or non-numeric cells are NaN.
struct NumberTable {
  std::map<std::string, std::vector<double>> columns;
  std::size_t rows = 0;
  // Null when there is no such column, or nothing in it.
  const std::vector<double>* find(const std::string& name) const;
};

struct RunRecord {
  std::string name;  // the folder's
  std::filesystem::path folder;
  std::map<std::string, std::string> facts;  // of the training record: "preset", "seed", "galaxies", …
  std::map<std::string, double> test;        // figures on the part kept for the test: "accuracy", "rmse", …
  std::optional<NumberTable> curve;          // a row an epoch
  std::optional<NumberTable> steps;          // a row a step
};

// Throws Error: kNotFound when the folder is not there or holds neither a model nor a curve; kBadFile.
RunRecord read_run(const std::filesystem::path& folder);

// Throws Error(kBadFile).
NumberTable read_number_table(const std::filesystem::path& file);

}  // namespace pinwheel::report
