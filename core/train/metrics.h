// How good a model is, in the figures that people compare.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace pinwheel {

struct Metrics {
  std::int64_t count = 0;
  double loss = 0;
  std::optional<double> accuracy;                // argmax match (classes)
  std::optional<double> rmse;                    // sqrt(SSE/(outputs*N)) over weighted fractions, where fully known
  std::optional<double> auc;                     // micro-averaged, 200 thresholds as in Keras (classes)
  std::vector<double> auc_per_class;             // one-vs-rest, exact (rank)
  std::vector<double> question_accuracy;         // 11, over galaxies to which the question applies (decision tree)
  std::vector<std::vector<std::int64_t>> confusion;  // [truth][prediction]
  // The figure that early stopping watches: higher is better (accuracy), or minus rmse, or minus loss.
  double score() const;
};

// predictions and targets [n, outputs]; predictions after the head (weighted fractions for trees). For kVotes targets, rmse is
// over the galaxies whose eleven questions were all reachable and asked consistently (a full row), accuracy of a question over
// galaxies with votes on it; `accuracy` is the mean of the question accuracies weighted by how many galaxies each has.
Metrics compute_metrics(TargetKind kind, std::span<const float> predictions, std::span<const float> targets,
                        std::int64_t n, std::int64_t outputs, double mean_loss);

// The two AUCs alone. scores [n,classes], labels one-hot.
double auc_micro_keras(std::span<const float> scores, std::span<const float> labels, std::int64_t thresholds = 200);
double auc_exact(std::span<const float> scores, std::span<const float> labels);  // one class, rank statistic with ties

}  // namespace pinwheel
