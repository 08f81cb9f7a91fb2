#include "cli/report_json.h"

#include <cstdio>

#include "base/error.h"

namespace pinwheel::cli {
namespace {

std::string figure(const char* name, double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%s %.4f, ", name, value);
  return text;
}

}  // namespace

nlohmann::json metrics_json(const Metrics& metrics) {
  nlohmann::json json{{"count", metrics.count}, {"loss", metrics.loss}};
  if (metrics.accuracy) json["accuracy"] = *metrics.accuracy;
  if (metrics.rmse) json["rmse"] = *metrics.rmse;
  if (metrics.auc) json["auc"] = *metrics.auc;
  if (!metrics.auc_per_class.empty()) json["auc_per_class"] = metrics.auc_per_class;
  if (!metrics.question_accuracy.empty()) json["question_accuracy"] = metrics.question_accuracy;
  if (!metrics.confusion.empty()) json["confusion"] = metrics.confusion;
  return json;
}

std::string metrics_line(const Metrics& metrics) {
  std::string line;
  if (metrics.accuracy) line += figure("accuracy", *metrics.accuracy);
  if (metrics.rmse) line += figure("RMSE", *metrics.rmse);
  if (metrics.auc) line += figure("AUC", *metrics.auc);
  line += figure("loss", metrics.loss);
  line.resize(line.size() - 2);
  return line + " on " + std::to_string(metrics.count) + " galaxies";
}

nlohmann::json split_json(const SplitSpec& split) {
  return {
      {"kind", split_name(split.kind)}, {"validation", split.validation}, {"test", split.test}, {"seed", split.seed}};
}

SplitSpec split_from_json(const nlohmann::json& json) {
  try {
    return {parse_split(json.at("kind").get<std::string>()), json.at("validation"), json.at("test"), json.at("seed")};
  } catch (const std::exception&) {
    throw Error(ErrorCode::kBadFile, "the model's training record has no usable split; use --split all");
  }
}

}  // namespace pinwheel::cli
