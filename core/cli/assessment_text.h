// An assessment in the three forms that leave `pinwheel evaluate`: a table for a person, one flat JSON object, and a
// CSV with what was said of every galaxy.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "report/judged.h"
#include "train/assessment.h"

namespace pinwheel::cli {

// Numbers and arrays that apply, after metrics_json: "log_loss", "expected_calibration_error" (of classes also
// as "ece"), "recall", "precision", "bin_count", "bin_confidence", "bin_accuracy", "question_asked",
// "question_log_loss", "question_calibration_error", "rmse_per_answer", "question_accuracy_legacy"; "outputs" names
// what the arrays' places are of, "part" which galaxies it is about. NaN is null.
nlohmann::json assessment_json(const Assessment& assessment, const report::Judged& judged);

// Aligned lines; every figure with what it means.
std::string assessment_table(const std::string& model, const Assessment& assessment, const report::Judged& judged);

// file, truth columns ("Class1.1"), predicted columns ("Class1.1_predicted"): as the labels are, then as the model
// says.
std::string predictions_csv(const report::Judged& judged);

}  // namespace pinwheel::cli
