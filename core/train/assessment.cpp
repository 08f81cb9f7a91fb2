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
constexpr std::size_t kBins = 15;

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

// Sorts answers by how sure they were, and sums up what came of them.
class ConfidenceBins {
 public:
  explicit ConfidenceBins(std::size_t bins) : bins_(bins) {}

  void add(double confidence, double right) {
    const double bin = std::ceil(std::clamp(confidence, 0.0, 1.0) * static_cast<double>(bins_.size())) - 1;
    ConfidenceBin& into = bins_[static_cast<std::size_t>(std::max(bin, 0.0))];
    ++into.count;
    into.confidence += confidence;
    into.accuracy += right;
    ++count_;
  }
  Calibration result() const {
    Calibration out{bins_, 0};
    for (ConfidenceBin& bin : out.bins) {
      if (bin.count == 0) continue;
      bin.confidence /= static_cast<double>(bin.count);
      bin.accuracy /= static_cast<double>(bin.count);
      out.error += share(bin.count, count_) * std::abs(bin.accuracy - bin.confidence);
    }
    return out;
  }

 private:
  std::vector<ConfidenceBin> bins_;
  std::int64_t count_ = 0;
};

// One question over many galaxies.
struct QuestionSums {
  std::int64_t asked = 0;
  double log_loss = 0;
  ConfidenceBins bins{kBins};

  void add(const std::vector<double>& p, const std::vector<double>& f) {
    const auto said = static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
    ++asked;
    bins.add(p[said], f[said]);
    for (std::size_t a = 0; a < p.size(); ++a) log_loss -= f[a] * std::log(std::max(p[a], kLeastProbability));
  }
};

// [answers of the question], together 1; a question of which nothing is known is shared out evenly.
std::vector<double> shares_of(Row row, const galaxy::Question& question) {
  std::vector<double> shares;
  double sum = 0;
  for (int a = question.begin; a < question.end; ++a) {
    shares.push_back(std::max(0.0F, row[static_cast<std::size_t>(a)]));
    sum += shares.back();
  }
  for (double& value : shares) value = sum > 0 ? value / sum : 1.0 / static_cast<double>(shares.size());
  return shares;
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
  ConfidenceBins sorted(bins);
  for (std::size_t i = 0; i < n; ++i) {
    const Row row = probabilities.subspan(i * width, width);
    const std::size_t said = argmax(row);
    sorted.add(row[said], said == argmax(labels.subspan(i * width, width)) ? 1 : 0);
  }
  return sorted.result();
}

void judge_questions(TargetKind kind, std::span<const float> predictions, std::span<const float> targets,
                     Assessment& assessment) {
  QuestionSums all;
  for (const galaxy::Question& question : galaxy::questions()) {
    QuestionSums own;
    for (std::size_t at = 0; at < targets.size(); at += galaxy::kAnswers) {
      const Row truth = targets.subspan(at, galaxy::kAnswers);
      if (!question_applies(kind, question, truth)) continue;
      const auto p = shares_of(predictions.subspan(at, galaxy::kAnswers), question), f = shares_of(truth, question);
      own.add(p, f);
      all.add(p, f);
    }
    const auto asked = static_cast<double>(own.asked);
    assessment.questions.push_back(
        {own.asked, own.asked == 0 ? kNaN : own.log_loss / asked, own.asked == 0 ? kNaN : own.bins.result().error});
  }
  if (all.asked == 0) return;
  assessment.log_loss = all.log_loss / static_cast<double>(all.asked);
  assessment.calibration = all.bins.result();
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
  if (outputs == galaxy::kAnswers) {
    a.question_accuracy_legacy = legacy_question_accuracy(predictions, targets);
    judge_questions(kind, predictions, targets, a);
  }
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
