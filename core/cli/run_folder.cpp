#include "cli/run_folder.h"

#include <algorithm>
#include <array>
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
constexpr const char* kCurveHeader =
    "epoch,step,seconds,train_loss,train_accuracy,train_rmse,validation_loss,validation_accuracy,validation_rmse,"
    "validation_auc,learning_rate,best,processor_seconds";

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_text(const fs::path& path, const std::string& text) {
  write_file(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::ofstream open_table(const fs::path& path, const std::string& header, bool resume) {
  const bool goes_on = resume && fs::exists(path);
  std::ofstream file(path, goes_on ? std::ios::app : std::ios::trunc);
  if (!file) throw Error(ErrorCode::kBadFile, "cannot write " + path.string() + ": may you write there?");
  if (!goes_on) file << header << "\n";
  return file;
}

// What stands in this column of a curve's last row; 0 when there is none.
double last_seconds(const fs::path& curve, const char* column) {
  if (!fs::exists(curve)) return 0;
  const auto rows = parse_csv(read_text(curve), curve.string());
  if (rows.size() < 2) return 0;
  const auto at = std::find(rows[0].begin(), rows[0].end(), column) - rows[0].begin();
  return at < std::ssize(rows.back()) ? std::strtod(rows.back()[static_cast<std::size_t>(at)].c_str(), nullptr) : 0;
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

RunFolder::RunFolder(fs::path path, bool resume) : path_(std::move(path)) {
  fs::create_directories(path_);
  if (resume) {
    earlier_seconds_ = last_seconds(path_ / kCurve, "seconds");
    processor_seconds_ = last_seconds(path_ / kCurve, "processor_seconds");
  }
  curve_ = open_table(path_ / kCurve, kCurveHeader, resume);
  steps_ = open_table(path_ / kSteps, "step,epoch,loss,learning_rate", resume);
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
  steps_ << step.step << ',' << step.epoch << ',' << step.loss << ',' << step.learning_rate << '\n';
}

void RunFolder::add_epoch(const EpochReport& epoch, std::int64_t step, double learning_rate) {
  const Metrics& v = epoch.validation;
  curve_ << epoch.epoch << ',' << step << ',' << seconds() << ',';
  if (step > 0) curve_ << epoch.train_loss;
  curve_ << ',' << cell(epoch.train_accuracy) << ',' << cell(epoch.train_rmse) << ',' << v.loss << ','
         << cell(v.accuracy) << ',' << cell(v.rmse) << ',' << cell(v.auc) << ',' << learning_rate << ','
         << (epoch.best ? 1 : 0) << ',' << processor_seconds_ << '\n';
  curve_.flush();
  steps_.flush();
  if (!curve_ || !steps_) throw Error(ErrorCode::kBadFile, "cannot write to " + path_.string() + ": is the disk full?");
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
