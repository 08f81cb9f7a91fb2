#include "report/run_folder.h"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "data/readers.h"
#include "io/bounded_json.h"
#include "io/files.h"

namespace pinwheel::report {
namespace {
namespace fs = std::filesystem;

constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20;

std::string read_text(const fs::path& file) {
  const auto bytes = read_file(file, kMostBytes);
  return {bytes.begin(), bytes.end()};
}

double number_of(const std::string& cell) {
  char* end = nullptr;
  const double value = std::strtod(cell.c_str(), &end);
  return cell.empty() || *end != '\0' ? std::numeric_limits<double>::quiet_NaN() : value;
}

std::optional<NumberTable> read_if_there(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return std::nullopt;
  return read_number_table(file);
}

std::string text_of(const nlohmann::json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

// The record that training leaves in the model's configuration: simple values are facts, numbers under "test" figures.
void take_record(const nlohmann::json& record, RunRecord& run) {
  if (!record.is_object()) return;
  for (const auto& [key, value] : record.items()) {
    if (value.is_primitive() && !value.is_null()) run.facts[key] = text_of(value);
  }
  const auto test = record.find("test");
  if (test == record.end() || !test->is_object()) return;
  for (const auto& [key, value] : test->items()) {
    if (value.is_number()) run.test[key] = value.get<double>();
  }
}

void take_config(const fs::path& file, RunRecord& run) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return;
  const auto config = parse_bounded_json(read_text(file), file.string(), {});
  if (config.is_object() && config.contains("training")) take_record(config["training"], run);
}

}  // namespace

const std::vector<double>* NumberTable::find(const std::string& name) const {
  const auto column = columns.find(name);
  if (column == columns.end()) return nullptr;
  for (const double value : column->second) {
    if (std::isfinite(value)) return &column->second;
  }
  return nullptr;
}

NumberTable read_number_table(const fs::path& file) {
  const auto rows = parse_csv(read_text(file), file.string());
  NumberTable table;
  if (rows.empty()) return table;
  table.rows = rows.size() - 1;
  for (std::size_t c = 0; c < rows[0].size(); ++c) {
    std::vector<double>& column = table.columns[rows[0][c]];
    column.clear();
    for (std::size_t r = 1; r < rows.size(); ++r) column.push_back(number_of(rows[r][c]));
  }
  return table;
}

RunRecord read_run(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    throw Error(ErrorCode::kNotFound,
                "there is no run folder '" + folder.string() + "': give the folder that `pinwheel train --out` wrote");
  }
  RunRecord run;
  run.folder = folder;
  run.name = (folder.has_filename() ? folder : folder.parent_path()).filename().string();
  if (run.name == "." || run.name == "..")
    run.name = fs::absolute(folder).lexically_normal().parent_path().filename().string();
  run.curve = read_if_there(folder / "curve.csv");
  run.steps = read_if_there(folder / "steps.csv");
  take_config(folder / "config.json", run);
  if (!run.curve && !fs::is_regular_file(folder / "config.json", ignored)) {
    throw Error(ErrorCode::kNotFound, "'" + folder.string() +
                                          "' holds neither config.json nor curve.csv: it is not a run folder of "
                                          "`pinwheel train`");
  }
  return run;
}

}  // namespace pinwheel::report
