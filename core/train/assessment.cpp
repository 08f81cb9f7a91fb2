// Figures of merit in double, one galaxy after the other, so that they do not depend on threads.
#include "train/assessment.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "galaxy/decision_tree.h"

namespace pinwheel {
namespace {

using Row = std::span<const float>;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kLeastProbability = 1e-12;

std::size_t argmax(Row row) { return static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin()); }

double share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? kNaN : static_cast<double>(part) / static_cast<double>(whole);
}

double mean_log_loss(Row probabilities, Row labels, std::int64_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] <= 0) continue;
    sum -= labels[i] * std::log(std::max<double>(probabilities[i], kLeastProbability));
  }
  return sum / static_cast<double>(n);
}

void take_recall_and_precision(Assessment& a) {
  const auto& confusion = a.metrics.confusion;
  for (std::size_t c = 0; c < confusion.size(); ++c) {
    std::int64_t has = 0, said = 0;
    for (std::size_t other = 0; other < confusion.size(); ++other) {
      has += confusion[c][other];
      said += confusion[other][c];
    }
    a.recall.push_back(share(confusion[c][c], has));
    a.precision.push_back(share(confusion[c][c], said));
  }
}

}  // namespace

Calibration calibrate(std::span<const float> probabilities, std::span<const float> labels, std::int64_t classes,
                      std::size_t bins) {
  const auto width = static_cast<std::size_t>(classes);
  const std::size_t n = probabilities.size() / width;
  Calibration out;
  out.bins.resize(bins);
  for (std::size_t i = 0; i < n; ++i) {
    const Row row = probabilities.subspan(i * width, width);
    const std::size_t said = argmax(row);
    const double bin = std::ceil(std::clamp(row[said], 0.0F, 1.0F) * static_cast<double>(bins)) - 1;
    ConfidenceBin& into = out.bins[static_cast<std::size_t>(std::max(bin, 0.0))];
    ++into.count;
    into.confidence += row[said];
    into.accuracy += said == argmax(labels.subspan(i * width, width)) ? 1 : 0;
  }
  for (ConfidenceBin& bin : out.bins) {
    if (bin.count == 0) continue;
    bin.confidence /= static_cast<double>(bin.count);
    bin.accuracy /= static_cast<double>(bin.count);
    out.error += share(bin.count, static_cast<std::int64_t>(n)) * std::abs(bin.accuracy - bin.confidence);
  }
  return out;
}

std::vector<double> legacy_question_accuracy(std::span<const float> predictions, std::span<const float> targets) {
  const std::size_t n = targets.size() / galaxy::kAnswers;
  std::vector<double> out;
  for (const galaxy::Question& question : galaxy::questions()) {
    const auto begin = static_cast<std::size_t>(question.begin);
    const auto short_of_one = static_cast<std::size_t>(question.end - question.begin - 1);
    std::int64_t hits = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t at = i * galaxy::kAnswers + begin;
      hits += argmax(predictions.subspan(at, short_of_one)) == argmax(targets.subspan(at, short_of_one)) ? 1 : 0;
    }
    out.push_back(share(hits, static_cast<std::int64_t>(n)));
  }
  return out;
}

Assessment assess(TargetKind kind, std::span<const float> predictions, std::span<const float> targets, std::int64_t n,
                  std::int64_t outputs, double mean_loss) {
  Assessment a;
  a.metrics = compute_metrics(kind, predictions, targets, n, outputs, mean_loss);
  if (n == 0) return a;
  if (kind == TargetKind::kClasses) {
    a.log_loss = mean_log_loss(predictions, targets, n);
    a.calibration = calibrate(predictions, targets, outputs);
    take_recall_and_precision(a);
    return a;
  }
  a.rmse_per_answer = rmse_per_answer(kind, predictions, targets, outputs);
  if (outputs == galaxy::kAnswers) a.question_accuracy_legacy = legacy_question_accuracy(predictions, targets);
  return a;
}

Assessment assess_first_question(std::span<const float> predictions, std::span<const float> targets, std::int64_t n) {
  const auto classes = static_cast<std::size_t>(galaxy::questions().front().end);
  std::vector<float> said, labels;
  for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
    const Row answers = predictions.subspan(i * galaxy::kAnswers, classes);
    said.insert(said.end(), answers.begin(), answers.end());
    const std::size_t likeliest = argmax(targets.subspan(i * galaxy::kAnswers, classes));
    for (std::size_t c = 0; c < classes; ++c) labels.push_back(c == likeliest ? 1.0F : 0.0F);
  }
  return assess(TargetKind::kClasses, said, labels, n, static_cast<std::int64_t>(classes), 0);
}

}  // namespace pinwheel
