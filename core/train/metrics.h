// How good a model is, in the figures that people compare.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "galaxy/decision_tree.h"

namespace pinwheel {

struct Metrics {
  TargetKind kind = TargetKind::kClasses;
  std::int64_t count = 0;
  double loss = 0;
  std::optional<double> accuracy;         // argmax match (classes); over all questions (votes)
  std::optional<double> rmse;             // sqrt(SSE/(outputs*N)) over weighted fractions, where fully known
  std::optional<double> auc;              // micro-averaged, 200 thresholds as in Keras (classes)
  std::vector<double> auc_per_class;      // one-vs-rest, exact (rank); NaN for a class that nobody or everybody has
  std::vector<double> question_accuracy;  // 11, over galaxies to which the question applies; NaN where there are none
  std::vector<std::vector<std::int64_t>> confusion;  // [truth][prediction]
  // The figure that early stopping watches, higher is better: accuracy (classes), minus rmse (fractions), minus loss
  // (votes: the likelihood judges every question by how many voted on it).
  double score() const;
};

// predictions and targets [n, outputs]; predictions after the head (weighted fractions for trees).
// kFractions: a question applies to a galaxy of which at least half the volunteers reached it. kVotes: to a galaxy with
// votes on it; rmse is over full rows: every question that a tenth of the volunteers reached has votes; `accuracy` is
// the mean of the question accuracies weighted by how many galaxies each has.
Metrics compute_metrics(TargetKind kind, std::span<const float> predictions, std::span<const float> targets,
                        std::int64_t n, std::int64_t outputs, double mean_loss);

// That rule for one question of one galaxy; target [37].
bool question_applies(TargetKind kind, const galaxy::Question& question, std::span<const float> target);

// Accuracy and rmse as Metrics has them, of batches that come one after another. `accuracy` is none for fractions.
struct RunningFigures {
  std::int64_t hits = 0, asked = 0;
  double squares = 0;
  std::int64_t values = 0;
  void add(TargetKind kind, std::span<const float> predictions, std::span<const float> targets, std::int64_t outputs);
  std::optional<double> accuracy() const;
  std::optional<double> rmse() const;
};

// Of each column, over the same rows as Metrics::rmse; empty when there are none. kFractions and kVotes.
std::vector<double> rmse_per_answer(TargetKind kind, std::span<const float> predictions, std::span<const float> targets,
                                    std::int64_t outputs);

// The two AUCs alone. scores [n,classes], labels one-hot.
double auc_micro_keras(std::span<const float> scores, std::span<const float> labels, std::int64_t thresholds = 200);
double auc_exact(std::span<const float> scores, std::span<const float> labels);  // one class, rank statistic with ties

}  // namespace pinwheel
