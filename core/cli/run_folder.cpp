#include "cli/run_folder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "cli/report_json.h"
#include "data/readers.h"
#include "io/files.h"
#include "kernels/dispatch.h"
#include "train/recipe_json.h"

namespace pinwheel::cli {
namespace {
namespace fs = std::filesystem;

constexpr const char* kCurve = "curve.csv";
constexpr const char* kSteps = "steps.csv";
constexpr const char* kCheckpoint = "checkpoint.safetensors";
const std::vector<std::string> kCurveColumns{"epoch",
                                             "step",
                                             "seconds",
                                             "train_loss",
                                             "train_accuracy",
                                             "train_rmse",
                                             "validation_loss",
                                             "validation_accuracy",
                                             "validation_rmse",
                                             "validation_auc",
                                             "learning_rate",
                                             "best",
                                             "processor_seconds"};
const std::vector<std::string> kStepColumns{"step", "epoch", "loss", "learning_rate"};

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_text(const fs::path& path, const std::string& text) {
  write_file(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::vector<std::string> header_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  std::getline(file, line);
  const auto rows = parse_csv(line, path.string());
  return rows.empty() ? std::vector<std::string>() : rows[0];
}

std::string joined(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) line += (line.empty() ? "" : ",") + cell;
  return line;
}

// What stands in this column of a curve's last row; 0 when there is none.
double last_seconds(const fs::path& curve, const char* column) {
  if (!fs::exists(curve)) return 0;
  const auto rows = parse_csv(read_text(curve), curve.string());
  if (rows.size() < 2) return 0;
  const auto at = std::find(rows[0].begin(), rows[0].end(), column) - rows[0].begin();
  return at < std::ssize(rows.back()) ? std::strtod(rows.back()[static_cast<std::size_t>(at)].c_str(), nullptr) : 0;
}

// Six digits tell a curve; figures to compare runs by keep all of theirs.
std::string short_cell(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.begin(), text.end(), value, std::chars_format::general, 6).ptr;
  return {text.begin(), end};
}

std::string cell(const std::optional<double>& value) { return value ? nlohmann::json(*value).dump() : ""; }

std::string now_utc() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text.data();
}

std::string split_csv(const Dataset& dataset, const Split& split) {
  std::vector<const char*> part(static_cast<std::size_t>(dataset.size()), "");
  for (const auto i : split.train) part[static_cast<std::size_t>(i)] = "train";
  for (const auto i : split.validation) part[static_cast<std::size_t>(i)] = "validation";
  for (const auto i : split.test) part[static_cast<std::size_t>(i)] = "test";
  std::string text = "file,part\n";
  for (std::size_t i = 0; i < part.size(); ++i) text += csv_field(dataset.ids[i]) + "," + part[i] + "\n";
  return text;
}

}  // namespace

GrowingTable::GrowingTable(const fs::path& path, const std::vector<std::string>& columns, bool resume) {
  std::vector<std::string> header;
  if (resume) header = header_of(path);
  const bool goes_on = !header.empty();
  file_.open(path, goes_on ? std::ios::app : std::ios::trunc);
  if (!file_) throw Error(ErrorCode::kBadFile, "cannot write " + path.string() + ": may you write there?");
  if (!goes_on) file_ << joined(header = columns) << '\n';
  for (const std::string& name : header) {
    sources_.push_back(static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) - columns.begin()));
  }
}

void GrowingTable::add(const std::vector<std::string>& cells) {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (i > 0) file_ << ',';
    if (sources_[i] < cells.size()) file_ << cells[sources_[i]];
  }
  file_ << '\n';
}

RunFolder::RunFolder(fs::path path, bool resume) : path_(std::move(path)) {
  fs::create_directories(path_);
  if (resume) {
    earlier_seconds_ = last_seconds(path_ / kCurve, "seconds");
    processor_seconds_ = last_seconds(path_ / kCurve, "processor_seconds");
  }
  curve_ = GrowingTable(path_ / kCurve, kCurveColumns, resume);
  steps_ = GrowingTable(path_ / kSteps, kStepColumns, resume);
}

void RunFolder::write_plan(const Recipe& recipe, const Dataset& dataset, const Split& split, std::size_t threads) {
  const nlohmann::ordered_json environment{{"pinwheel", PINWHEEL_VERSION},
                                           {"compiler", __VERSION__},
                                           {"instruction_set", kernels::usable_tables()[0]->name},
                                           {"threads", threads},
                                           {"started", now_utc()}};
  write_text(path_ / "recipe.json", recipe_to_json(recipe).dump(2) + "\n");
  write_text(path_ / "environment.json", environment.dump(2) + "\n");
  write_text(path_ / "split.csv", split_csv(dataset, split));
}

void RunFolder::add_step(const StepReport& step) {
  steps_.add(
      {std::to_string(step.step), short_cell(step.epoch), short_cell(step.loss), short_cell(step.learning_rate)});
}

void RunFolder::add_epoch(const EpochReport& epoch, std::int64_t step, double learning_rate) {
  const Metrics& v = epoch.validation;
  curve_.add({short_cell(epoch.epoch), std::to_string(step), short_cell(seconds()),
              step > 0 ? short_cell(epoch.train_loss) : "", cell(epoch.train_accuracy), cell(epoch.train_rmse),
              short_cell(v.loss), cell(v.accuracy), cell(v.rmse), cell(v.auc), short_cell(learning_rate),
              epoch.best ? "1" : "0", short_cell(processor_seconds_)});
  const bool written = curve_.flush() && steps_.flush();
  if (!written) throw Error(ErrorCode::kBadFile, "cannot write to " + path_.string() + ": is the disk full?");
}

void RunFolder::write_metrics(const Metrics& metrics, const char* part) {
  nlohmann::json json = metrics_json(metrics);
  json["part"] = part;
  write_text(path_ / "metrics.json", json.dump(2) + "\n");
}

bool RunFolder::has_checkpoint() const { return fs::exists(path_ / kCheckpoint); }

void RunFolder::write_checkpoint(const Trainer& trainer) { write_file(path_ / kCheckpoint, trainer.snapshot()); }

void RunFolder::restore(Trainer& trainer) const {
  if (!has_checkpoint()) {
    throw Error(ErrorCode::kNotFound, "nothing to resume: " + (path_ / kCheckpoint).string() + " does not exist");
  }
  const std::string bytes = read_text(path_ / kCheckpoint);
  trainer.restore({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

void RunFolder::remove_checkpoint() const { fs::remove(path_ / kCheckpoint); }

double RunFolder::seconds() const { return earlier_seconds_ + watch_.seconds(); }

}  // namespace pinwheel::cli
