// JSON numbers are written in the shortest form that reads back to the same double; NaN is null.
#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "io/safetensors.h"
#include "train/snapshot.h"

namespace pinwheel {
namespace {

using nlohmann::json;
constexpr const char* kFormat = "pinwheel-snapshot-2";
constexpr const char* kName = "the saved training run";

double number(const json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}
json optional_json(const std::optional<double>& value) { return value ? json(*value) : json("none"); }
std::optional<double> optional_number(const json& value) {
  if (value.is_string()) return std::nullopt;
  return number(value);
}
std::vector<double> numbers(const json& values) {
  std::vector<double> out;
  for (const json& value : values) out.push_back(number(value));
  return out;
}

json metrics_to_json(const Metrics& m) {
  return {{"kind", static_cast<int>(m.kind)},
          {"count", m.count},
          {"loss", m.loss},
          {"accuracy", optional_json(m.accuracy)},
          {"rmse", optional_json(m.rmse)},
          {"auc", optional_json(m.auc)},
          {"auc_per_class", m.auc_per_class},
          {"question_accuracy", m.question_accuracy},
          {"confusion", m.confusion}};
}

TargetKind target_kind(int value) {
  if (value < 0 || value > static_cast<int>(TargetKind::kVotes)) {
    throw Error(ErrorCode::kBadFile, std::string(kName) + " has an unknown kind of targets");
  }
  return static_cast<TargetKind>(value);
}

Metrics metrics_from_json(const json& j) {
  Metrics m;
  m.kind = target_kind(j.at("kind").get<int>());
  m.count = j.at("count").get<std::int64_t>();
  m.loss = number(j.at("loss"));
  m.accuracy = optional_number(j.at("accuracy"));
  m.rmse = optional_number(j.at("rmse"));
  m.auc = optional_number(j.at("auc"));
  m.auc_per_class = numbers(j.at("auc_per_class"));
  m.question_accuracy = numbers(j.at("question_accuracy"));
  m.confusion = j.at("confusion").get<std::vector<std::vector<std::int64_t>>>();
  return m;
}

json progress_to_json(const Snapshot& s) {
  const Progress& p = s.progress;
  json history = json::array();
  for (const EpochReport& report : p.history) {
    history.push_back({{"epoch", report.epoch},
                       {"train_loss", report.train_loss},
                       {"train_accuracy", optional_json(report.train_accuracy)},
                       {"train_rmse", optional_json(report.train_rmse)},
                       {"best", report.best},
                       {"validation", metrics_to_json(report.validation)}});
  }
  return {{"step", p.step},
          {"epoch", p.epoch},
          {"step_in_epoch", p.step_in_epoch},
          {"loss_sum", p.loss_sum},
          {"train", {p.train.hits, p.train.asked, p.train.squares, p.train.values}},
          {"epoch_due", p.epoch_due},
          {"stopped", p.stopped},
          {"has_best", p.has_best},
          {"best_score", p.best_score},
          {"epochs_since_best", p.epochs_since_best},
          {"steps_per_epoch", s.steps_per_epoch},
          {"optimiser_steps", s.optimiser_steps},
          {"history", history}};
}

void progress_from_json(Snapshot& s, const json& j) {
  Progress& p = s.progress;
  p.step = j.at("step").get<std::int64_t>();
  p.epoch = j.at("epoch").get<std::int64_t>();
  p.step_in_epoch = j.at("step_in_epoch").get<std::int64_t>();
  p.loss_sum = number(j.at("loss_sum"));
  const json& train = j.at("train");
  p.train = {train.at(0).get<std::int64_t>(), train.at(1).get<std::int64_t>(), number(train.at(2)),
             train.at(3).get<std::int64_t>()};
  p.epoch_due = j.at("epoch_due").get<bool>();
  p.stopped = j.at("stopped").get<bool>();
  p.has_best = j.at("has_best").get<bool>();
  p.best_score = number(j.at("best_score"));
  p.epochs_since_best = j.at("epochs_since_best").get<std::int64_t>();
  s.steps_per_epoch = j.at("steps_per_epoch").get<std::int64_t>();
  s.optimiser_steps = j.at("optimiser_steps").get<std::int64_t>();
  for (const json& entry : j.at("history")) {
    p.history.push_back({entry.at("epoch").get<std::int64_t>(), number(entry.at("train_loss")),
                         metrics_from_json(entry.at("validation")), entry.at("best").get<bool>(),
                         optional_number(entry.at("train_accuracy")), optional_number(entry.at("train_rmse"))});
  }
}

void put(TensorFile& file, const char* name, const FloatBuffer& values) {
  if (values.empty()) return;
  file.tensors.push_back({name, {static_cast<std::int64_t>(values.size())}, {values.begin(), values.end()}});
}

FloatBuffer get(const TensorFile& file, const char* name) {
  for (const NamedTensor& tensor : file.tensors) {
    if (tensor.name != name) continue;
    FloatBuffer values(tensor.values.size());
    std::copy(tensor.values.begin(), tensor.values.end(), values.begin());
    return values;
  }
  return {};
}

std::string entry(const TensorFile& file, const char* key) {
  const auto found = file.metadata.find(key);
  return found == file.metadata.end() ? std::string() : found->second;
}

}  // namespace

std::vector<std::uint8_t> write_snapshot(const Snapshot& snapshot) {
  TensorFile file;
  file.metadata = {{"format", kFormat},
                   {"network", snapshot.network},
                   {"data", snapshot.data},
                   {"progress", progress_to_json(snapshot).dump()}};
  put(file, "weights", snapshot.weights);
  put(file, "moments", snapshot.moments);
  put(file, "average", snapshot.average);
  put(file, "best", snapshot.best);
  return write_safetensors(file);
}

Snapshot read_snapshot(std::span<const std::uint8_t> bytes) {
  const TensorFile file = read_safetensors(bytes, kName);
  if (entry(file, "format") != kFormat) {
    throw Error(ErrorCode::kBadFile, std::string(kName) + " is not a saved training run of this version");
  }
  Snapshot snapshot;
  snapshot.network = entry(file, "network");
  snapshot.data = entry(file, "data");
  try {
    progress_from_json(snapshot, json::parse(entry(file, "progress")));
  } catch (const json::exception& error) {
    throw Error(ErrorCode::kBadFile, std::string(kName) + " has a damaged description: " + error.what());
  }
  snapshot.weights = get(file, "weights");
  snapshot.moments = get(file, "moments");
  snapshot.average = get(file, "average");
  snapshot.best = get(file, "best");
  return snapshot;
}

}  // namespace pinwheel
