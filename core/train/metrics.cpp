// Figures of merit, in double, one galaxy after the other. What "applies" and "fully known" mean for votes is decided
// here and nowhere else.
#include "train/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "galaxy/decision_tree.h"

namespace pinwheel {
namespace {

using Row = std::span<const float>;
constexpr double kAsked = 0.5;  // a question applies to a galaxy of which at least half the volunteers reached it
constexpr double kAnyVote = 1;
constexpr double kNegligible = 0.1;  // a question that fewer reached may go without votes in a full row

std::size_t argmax(Row row) { return static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin()); }

Row answers_of(Row row, const galaxy::Question& question) {
  return row.subspan(static_cast<std::size_t>(question.begin), static_cast<std::size_t>(question.end - question.begin));
}

double sum(Row row) { return std::accumulate(row.begin(), row.end(), 0.0); }

galaxy::Fractions weighted_from_votes(Row votes) {
  galaxy::Fractions conditional{};
  for (const galaxy::Question& question : galaxy::questions()) {
    const double total = sum(answers_of(votes, question));
    for (int j = question.begin; j < question.end; ++j) {
      const auto at = static_cast<std::size_t>(j);
      conditional[at] = static_cast<float>(total > 0 ? votes[at] / total : 1.0 / (question.end - question.begin));
    }
  }
  return galaxy::weighted_from_conditional(conditional);
}

// Every question that a fair share of the volunteers reached has votes: the 37 fractions are known.
bool is_full_row(Row votes, const galaxy::Fractions& weighted) {
  for (const galaxy::Question& question : galaxy::questions()) {
    const double reached = question.parent < 0 ? 1.0 : weighted[static_cast<std::size_t>(question.parent)];
    if (reached >= kNegligible && sum(answers_of(votes, question)) <= 0) return false;
  }
  return true;
}

struct SquaredError {
  double sum = 0;
  std::int64_t values = 0;
  void add(Row p, Row t) {
    for (std::size_t j = 0; j < p.size(); ++j) {
      const double difference = static_cast<double>(p[j]) - t[j];
      sum += difference * difference;
    }
    values += static_cast<std::int64_t>(p.size());
  }
  std::optional<double> root() const {
    if (values == 0) return std::nullopt;
    return std::sqrt(sum / static_cast<double>(values));
  }
};

// Counts hits for each question; argmax inside a question is the same for weighted and conditional fractions.
struct QuestionHits {
  std::vector<std::int64_t> hits = std::vector<std::int64_t>(galaxy::kQuestions, 0);
  std::vector<std::int64_t> asked = std::vector<std::int64_t>(galaxy::kQuestions, 0);

  void add(TargetKind kind, Row p, Row t) {
    for (std::size_t q = 0; q < galaxy::kQuestions; ++q) {
      const galaxy::Question& question = galaxy::questions()[q];
      if (!question_applies(kind, question, t)) continue;
      ++asked[q];
      hits[q] += argmax(answers_of(t, question)) == argmax(answers_of(p, question)) ? 1 : 0;
    }
  }
  std::vector<double> accuracies() const {
    std::vector<double> out;
    for (std::size_t q = 0; q < galaxy::kQuestions; ++q) {
      out.push_back(asked[q] == 0 ? std::numeric_limits<double>::quiet_NaN()
                                  : static_cast<double>(hits[q]) / static_cast<double>(asked[q]));
    }
    return out;
  }
  std::int64_t all_hits() const { return std::accumulate(hits.begin(), hits.end(), std::int64_t{0}); }
  std::int64_t all_asked() const { return std::accumulate(asked.begin(), asked.end(), std::int64_t{0}); }
  std::optional<double> overall() const {
    if (all_asked() == 0) return std::nullopt;
    return static_cast<double>(all_hits()) / static_cast<double>(all_asked());
  }
};

class Rows {
 public:
  Rows(std::span<const float> values, std::int64_t width) : values_(values), width_(static_cast<std::size_t>(width)) {}
  Row operator[](std::size_t i) const { return values_.subspan(i * width_, width_); }

 private:
  std::span<const float> values_;
  std::size_t width_;
};

void measure_classes(Metrics& m, std::span<const float> predictions, std::span<const float> targets, std::size_t n,
                     std::int64_t outputs) {
  const Rows p(predictions, outputs), t(targets, outputs);
  const auto classes = static_cast<std::size_t>(outputs);
  m.confusion.assign(classes, std::vector<std::int64_t>(classes, 0));
  for (std::size_t i = 0; i < n; ++i) ++m.confusion[argmax(t[i])][argmax(p[i])];
  std::int64_t hits = 0;
  for (std::size_t c = 0; c < classes; ++c) hits += m.confusion[c][c];
  m.accuracy = static_cast<double>(hits) / static_cast<double>(n);
  m.auc = auc_micro_keras(predictions, targets);
  std::vector<float> scores(n), labels(n);
  for (std::size_t c = 0; c < classes; ++c) {
    for (std::size_t i = 0; i < n; ++i) {
      scores[i] = p[i][c];
      labels[i] = t[i][c];
    }
    m.auc_per_class.push_back(auc_exact(scores, labels));
  }
}

void measure_fractions(Metrics& m, std::span<const float> predictions, std::span<const float> targets, std::size_t n,
                       std::int64_t outputs) {
  const Rows p(predictions, outputs), t(targets, outputs);
  SquaredError error;
  for (std::size_t i = 0; i < n; ++i) error.add(p[i], t[i]);
  m.rmse = error.root();
  if (outputs != galaxy::kAnswers) return;
  QuestionHits hits;
  for (std::size_t i = 0; i < n; ++i) hits.add(TargetKind::kFractions, p[i], t[i]);
  m.question_accuracy = hits.accuracies();
}

void add_votes(QuestionHits& hits, SquaredError& error, Row prediction, Row votes) {
  hits.add(TargetKind::kVotes, prediction, votes);
  const galaxy::Fractions weighted = weighted_from_votes(votes);
  if (is_full_row(votes, weighted)) error.add(prediction, weighted);
}

void measure_votes(Metrics& m, std::span<const float> predictions, std::span<const float> targets, std::size_t n,
                   std::int64_t outputs) {
  if (outputs != galaxy::kAnswers) return;
  const Rows p(predictions, outputs), t(targets, outputs);
  SquaredError error;
  QuestionHits hits;
  for (std::size_t i = 0; i < n; ++i) add_votes(hits, error, p[i], t[i]);
  m.rmse = error.root();
  m.question_accuracy = hits.accuracies();
  m.accuracy = hits.overall();
}

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

}  // namespace

double Metrics::score() const {
  switch (kind) {
    case TargetKind::kClasses:
      return accuracy ? *accuracy : -loss;
    case TargetKind::kFractions:
      return rmse ? -*rmse : -loss;
    case TargetKind::kVotes:
      return -loss;
  }
  return -loss;
}

Metrics compute_metrics(TargetKind kind, std::span<const float> predictions, std::span<const float> targets,
                        std::int64_t n, std::int64_t outputs, double mean_loss) {
  Metrics m;
  m.kind = kind;
  m.count = n;
  m.loss = mean_loss;
  if (n == 0) return m;
  const auto count = static_cast<std::size_t>(n);
  switch (kind) {
    case TargetKind::kClasses:
      measure_classes(m, predictions, targets, count, outputs);
      break;
    case TargetKind::kFractions:
      measure_fractions(m, predictions, targets, count, outputs);
      break;
    case TargetKind::kVotes:
      measure_votes(m, predictions, targets, count, outputs);
      break;
  }
  return m;
}

bool question_applies(TargetKind kind, const galaxy::Question& question, std::span<const float> target) {
  return sum(answers_of(target, question)) >= (kind == TargetKind::kVotes ? kAnyVote : kAsked);
}

void RunningFigures::add(TargetKind kind, std::span<const float> predictions, std::span<const float> targets,
                         std::int64_t outputs) {
  const Rows p(predictions, outputs), t(targets, outputs);
  const std::size_t n = targets.size() / static_cast<std::size_t>(outputs);
  SquaredError error;
  QuestionHits questions;
  for (std::size_t i = 0; i < n; ++i) {
    switch (kind) {
      case TargetKind::kClasses:
        ++asked;
        hits += argmax(t[i]) == argmax(p[i]) ? 1 : 0;
        break;
      case TargetKind::kFractions:
        error.add(p[i], t[i]);
        break;
      case TargetKind::kVotes:
        if (outputs == galaxy::kAnswers) add_votes(questions, error, p[i], t[i]);
        break;
    }
  }
  hits += questions.all_hits();
  asked += questions.all_asked();
  squares += error.sum;
  values += error.values;
}

std::optional<double> RunningFigures::accuracy() const {
  if (asked == 0) return std::nullopt;
  return static_cast<double>(hits) / static_cast<double>(asked);
}

std::optional<double> RunningFigures::rmse() const { return SquaredError{squares, values}.root(); }

std::vector<double> rmse_per_answer(TargetKind kind, std::span<const float> predictions, std::span<const float> targets,
                                    std::int64_t outputs) {
  const Rows p(predictions, outputs), t(targets, outputs);
  const auto width = static_cast<std::size_t>(outputs), n = targets.size() / width;
  std::vector<double> columns(width, 0);
  std::int64_t known = 0;
  const auto add = [&](Row said, Row truth) {
    for (std::size_t j = 0; j < width; ++j) columns[j] += std::pow(static_cast<double>(said[j]) - truth[j], 2);
    ++known;
  };
  for (std::size_t i = 0; i < n; ++i) {
    if (kind == TargetKind::kFractions) {
      add(p[i], t[i]);
    } else if (kind == TargetKind::kVotes && outputs == galaxy::kAnswers) {
      const galaxy::Fractions weighted = weighted_from_votes(t[i]);
      if (is_full_row(t[i], weighted)) add(p[i], weighted);
    }
  }
  if (known == 0) return {};
  for (double& column : columns) column = std::sqrt(column / static_cast<double>(known));
  return columns;
}

// Keras' AUC: thresholds -eps, 1/(T-1), …, (T-2)/(T-1), 1+eps; a score counts for every threshold below it; trapezoids
// over (false positive rate, true positive rate). Bucket b = ceil(score*(T-1))-1 is the last threshold below the score.
double auc_micro_keras(std::span<const float> scores, std::span<const float> labels, std::int64_t thresholds) {
  const auto count = static_cast<std::size_t>(thresholds);
  std::vector<double> positives(count, 0), negatives(count, 0);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double position = std::ceil(std::clamp(scores[i], 0.0F, 1.0F) * static_cast<double>(thresholds - 1)) - 1;
    const auto bucket = static_cast<std::size_t>(std::max(position, 0.0));
    (labels[i] > 0.5F ? positives : negatives)[bucket] += 1;
  }
  for (std::size_t b = count - 1; b > 0; --b) {
    positives[b - 1] += positives[b];
    negatives[b - 1] += negatives[b];
  }
  double area = 0;
  for (std::size_t b = 0; b + 1 < count; ++b) {
    const double width = ratio(negatives[b] - negatives[b + 1], negatives[0]);
    area += width * ratio(positives[b] + positives[b + 1], positives[0]) / 2;
  }
  return area;
}

// Mann-Whitney: the chance that a positive outranks a negative, ties counting half; mean ranks do just that.
double auc_exact(std::span<const float> scores, std::span<const float> labels) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  double rank_sum = 0, positives = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    while (end < order.size() && scores[order[end]] == scores[order[begin]]) ++end;
    const double mean_rank = (static_cast<double>(begin) + static_cast<double>(end) + 1) / 2;  // ranks count from 1
    for (std::size_t i = begin; i < end; ++i) {
      if (labels[order[i]] <= 0.5F) continue;
      rank_sum += mean_rank;
      positives += 1;
    }
    begin = end;
  }
  const double negatives = static_cast<double>(scores.size()) - positives;
  if (positives == 0 || negatives == 0) return std::numeric_limits<double>::quiet_NaN();
  return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives);
}

}  // namespace pinwheel
