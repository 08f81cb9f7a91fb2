#include "cli/assessment_text.h"

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>

#include "cli/report_json.h"
#include "data/readers.h"
#include "galaxy/decision_tree.h"

namespace pinwheel::cli {
namespace {

using report::Judged;

[[gnu::format(printf, 2, 3)]] void add_line(std::string& out, const char* format, ...) {
  char line[256];
  std::va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  out += line;
  out += '\n';
}

// "0.953", or a dash for what nobody can say.
std::string figure(double value) {
  if (!std::isfinite(value)) return "–";
  char text[32];
  std::snprintf(text, sizeof text, "%.4f", value);
  return text;
}

// A dash is three bytes and one column wide.
std::string right(const std::string& text, std::size_t width) {
  const auto columns = static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  return std::string(width > columns ? width - columns : 0, ' ') + text;
}

void add_figure(std::string& out, const char* name, const std::optional<double>& value, const char* meaning) {
  if (value) add_line(out, "  %-10s %s   %s", name, right(figure(*value), 8).c_str(), meaning);
}

void add_figures(std::string& out, const Assessment& a) {
  const Metrics& m = a.metrics;
  const bool classes = m.kind == TargetKind::kClasses;
  add_figure(out, "accuracy", m.accuracy,
             classes ? "share of galaxies whose likeliest class is the true one"
                     : "share of questions answered as most volunteers did, over all that were asked");
  add_figure(out, "RMSE", m.rmse, "root mean squared error of the weighted vote fractions, 0 is perfect");
  add_figure(out, "AUC", m.auc, "area under the ROC curve, all classes pooled, 200 thresholds; 0.5 is chance");
  add_figure(out, "log-loss", a.log_loss,
             classes ? "mean of -ln p(true class) in nats, 0 is perfect"
                     : "mean of -ln p(a volunteer's answer) in nats, over all questions that were asked");
  if (a.calibration) {
    add_figure(out, "ECE", a.calibration->error,
               classes ? "mean gap between how sure it was and how often it was right, 15 bins"
                       : "mean gap between how sure it was and how many volunteers agreed, 15 bins");
  }
}

void add_classes(std::string& out, const Assessment& a, const Judged& judged) {
  if (a.recall.empty()) return;
  add_line(out, "\n  %-28s %9s %9s %9s %9s", "class", "galaxies", "recall", "precision", "AUC");
  for (std::size_t c = 0; c < a.recall.size(); ++c) {
    long long has = 0;
    for (const auto count : a.metrics.confusion[c]) has += count;
    add_line(out, "  %-28s %9lld %s %s %s", judged.outputs[c].c_str(), has, right(figure(a.recall[c]), 9).c_str(),
             right(figure(a.precision[c]), 9).c_str(), right(figure(a.metrics.auc_per_class[c]), 9).c_str());
  }
  add_line(
      out,
      "  recall: of these galaxies, found; precision: of those called so, rightly; AUC: this class against all others");
  add_line(out, "\n  confusion, in galaxies: a row for the true class, a column for the predicted, in the same order");
  for (std::size_t c = 0; c < a.recall.size(); ++c) {
    std::string counts;
    for (const auto count : a.metrics.confusion[c]) counts += right(std::to_string(count), 7);
    add_line(out, "  %-28s %s", judged.outputs[c].c_str(), counts.c_str());
  }
}

void add_bins(std::string& out, const Assessment& a) {
  if (!a.calibration) return;
  const bool classes = a.metrics.kind == TargetKind::kClasses;
  add_line(out, "\n  %-28s %9s %9s %9s", "when it was this sure", classes ? "galaxies" : "answers", "said",
           classes ? "was right" : "agreed");
  const auto& bins = a.calibration->bins;
  for (std::size_t b = 0; b < bins.size(); ++b) {
    if (bins[b].count == 0) continue;
    const auto at = [&](std::size_t edge) { return static_cast<double>(edge) / static_cast<double>(bins.size()); };
    char range[32];
    std::snprintf(range, sizeof range, "%.2f to %.2f", at(b), at(b + 1));
    add_line(out, "  %-28s %9lld %9.4f %9.4f", range, static_cast<long long>(bins[b].count), bins[b].confidence,
             bins[b].accuracy);
  }
}

void add_questions(std::string& out, const Assessment& a) {
  const auto& right_ones = a.metrics.question_accuracy;
  if (right_ones.empty() || a.question_accuracy_legacy.empty()) return;
  add_line(out, "\n  %-66s %9s %9s %9s %9s %9s", "question", "galaxies", "accuracy", "legacy", "log-loss", "ECE");
  for (std::size_t q = 0; q < right_ones.size(); ++q) {
    const QuestionFigures& figures = a.questions[q];
    add_line(out, "  %-66s %9lld %s %s %s %s", std::string(galaxy::questions()[q].text).c_str(),
             static_cast<long long>(figures.asked), right(figure(right_ones[q]), 9).c_str(),
             right(figure(a.question_accuracy_legacy[q]), 9).c_str(), right(figure(figures.log_loss), 9).c_str(),
             right(figure(figures.calibration_error), 9).c_str());
  }
  add_line(out,
           "  galaxies: those that were asked, over whom the figures are; legacy: as a wrong slice counts, over all;");
  add_line(
      out,
      "  log-loss: at least the entropy of the volunteers' own answers; ECE: of shares among those who were asked");
}

void add_answers(std::string& out, const Assessment& a) {
  if (a.rmse_per_answer.size() != galaxy::kAnswers) return;
  add_line(out, "\n  %-66s %9s", "answer", "RMSE");
  for (std::size_t j = 0; j < a.rmse_per_answer.size(); ++j) {
    const galaxy::Answer& answer = galaxy::answers()[j];
    const std::string name = std::string(answer.column) + "  " + std::string(answer.text);
    add_line(out, "  %-66s %s", name.c_str(), right(figure(a.rmse_per_answer[j]), 9).c_str());
  }
}

}  // namespace

nlohmann::json assessment_json(const Assessment& a, const Judged& judged) {
  nlohmann::json json = metrics_json(a.metrics);
  json["part"] = judged.part;
  json["outputs"] = judged.outputs;
  if (a.log_loss) json["log_loss"] = *a.log_loss;
  if (!a.recall.empty()) json["recall"] = a.recall;
  if (!a.precision.empty()) json["precision"] = a.precision;
  if (a.calibration) {
    json["expected_calibration_error"] = a.calibration->error;
    if (a.metrics.kind == TargetKind::kClasses) json["ece"] = a.calibration->error;
    for (const ConfidenceBin& bin : a.calibration->bins) {
      json["bin_count"].push_back(bin.count);
      json["bin_confidence"].push_back(bin.confidence);
      json["bin_accuracy"].push_back(bin.accuracy);
    }
  }
  for (const QuestionFigures& question : a.questions) {
    json["question_asked"].push_back(question.asked);
    json["question_log_loss"].push_back(question.log_loss);
    json["question_calibration_error"].push_back(question.calibration_error);
  }
  if (!a.rmse_per_answer.empty()) json["rmse_per_answer"] = a.rmse_per_answer;
  if (!a.question_accuracy_legacy.empty()) json["question_accuracy_legacy"] = a.question_accuracy_legacy;
  return json;
}

std::string assessment_table(const std::string& model, const Assessment& a, const Judged& judged) {
  std::string out = model + " on the " + judged.part + " part: " + std::to_string(a.metrics.count) + " galaxies\n\n";
  add_figures(out, a);
  add_classes(out, a, judged);
  add_bins(out, a);
  add_questions(out, a);
  add_answers(out, a);
  return out;
}

std::string predictions_csv(const Judged& judged) {
  std::string out = "file";
  for (const std::string& name : judged.outputs) out += "," + csv_field(name);
  for (const std::string& name : judged.outputs) out += "," + csv_field(name + "_predicted");
  out += "\n";
  for (std::size_t i = 0; i < judged.size(); ++i) {
    out += csv_field(judged.ids[i]);
    for (const float value : judged.target(i)) out += "," + csv_number(value);
    for (const float value : judged.answer(i)) out += "," + csv_number(value);
    out += "\n";
  }
  return out;
}

}  // namespace pinwheel::cli
