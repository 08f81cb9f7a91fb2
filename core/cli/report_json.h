// Figures as JSON and as lines for people; shared by train and evaluate.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "data/split.h"
#include "train/metrics.h"

namespace pinwheel::cli {

// Flat: {"count":…,"loss":…,"accuracy":…,"rmse":…,"auc":…,"question_accuracy":[…],"confusion":[[…]]}, only what
// applies.
nlohmann::json metrics_json(const Metrics& metrics);
// "accuracy 0.953, AUC 0.991, loss 0.143 on 739 galaxies"
std::string metrics_line(const Metrics& metrics);

nlohmann::json split_json(const SplitSpec& split);
// Throws Error(kBadFile) when the text is not what split_json writes.
SplitSpec split_from_json(const nlohmann::json& json);

}  // namespace pinwheel::cli
