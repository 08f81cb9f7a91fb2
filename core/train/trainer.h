// Training as an object that takes one step at a time: the command line loops over it, the worker runs it in slices and
// answers messages in between. Everything it is lives in a Snapshot; restored, it goes on bit for bit as if never
// stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "data/dataset.h"
#include "data/split.h"
#include "image/augment.h"
#include "image/preprocess.h"
#include "io/model_file.h"
#include "train/loss.h"
#include "train/metrics.h"
#include "train/optimiser.h"

namespace pinwheel {

struct TrainSpec {
  LossSpec loss;
  OptimiserSpec optimiser;
  ScheduleSpec schedule;
  Init init;
  Augment augment;
  std::int64_t batch_size = 64;
  double epochs = 10;
  std::int64_t max_steps = 0;     // > 0: stop after so many steps whatever the epochs say (system A)
  bool with_replacement = false;  // one random example at a time instead of shuffled epochs (system A)
  std::int64_t epoch_steps =
      0;                      // with_replacement: so many steps are called an epoch; 0: as many as see everybody once
  std::int64_t patience = 0;  // epochs without a better validation figure before it stops; 0 = never
  bool restore_best = true;   // end with the weights of the best validation epoch
  double weight_average = 0;  // > 0: validate and save an exponential moving average of the weights with this decay
  std::int64_t initialisations = 1;  // best of N initialisations, one epoch each (system B): N epochs before the others
  std::uint64_t seed = 1;
};

struct StepReport {
  std::int64_t step = 0;  // 1-based
  double epoch = 0;       // fractional
  double loss = 0;
  double learning_rate = 0;
  bool epoch_end = false;  // validate() is due
};
// With initialisations > 1 the first epochs are the candidates, one each; training goes on from the best of them.
struct EpochReport {
  std::int64_t epoch = 0;  // 1-based
  double train_loss = 0;   // mean over the epoch's steps
  Metrics validation;      // on the validation part, evaluation mode
  bool best = false;
  // Over the epoch's batches as they were trained on: each before its step, with dropout and in random views. Lower
  // than the finished epoch's weights would do on plain views, and free.
  std::optional<double> train_accuracy, train_rmse;
};

class Trainer {
 public:
  // dataset and pool must outlive the trainer. A model without parameters starts from spec.init and spec.seed; one that
  // has them goes on from there. An empty column_weights (weighted_mse) or tree (37 outputs) in spec.loss is filled in.
  // Throws Error for data that cannot train: all-zero targets, no examples, a network whose input or output does not
  // match. The last batch of an epoch may be smaller; a last batch of one example is left out when the network has
  // batch norm.
  Trainer(Model model, const Dataset& dataset, Split split, TrainSpec spec, const ThreadPool& pool);
  ~Trainer();
  Trainer(Trainer&&) noexcept;

  bool done() const;
  // One batch: prepare, forward, loss, backward, update. Throws Error when the loss is no longer a number.
  StepReport step();
  EpochReport finish_epoch();  // after a step with epoch_end: validation, best weights, early stopping
  // The same in pieces of one layer, for those who must answer others in between: null until the last piece. Nothing
  // that is trained changes before that, so a snapshot taken in between lies before the step; evaluate() and predict()
  // need the executor and throw the pieces away: the step, or these galaxies' validation, is then done again.
  std::optional<StepReport> step_piece();
  std::optional<EpochReport> finish_epoch_piece();
  double validated() const;  // the part of the validation that finish_epoch_piece() has done
  Metrics evaluate(std::span<const std::int64_t> indices);  // of the weights that result() gives, evaluation mode
  // The same in pieces of one layer, with what was said of each galaxy [indices, outputs]; null until the last piece.
  struct Judged {
    std::vector<float> predictions, truth;
    double mean_loss = 0;
  };
  void start_evaluation(std::vector<std::int64_t> indices);
  std::optional<Judged> evaluation_piece();
  double evaluated() const;  // the part that evaluation_piece() has done

  // Answers after the head [indices, outputs], of the weights of this moment: the averaged ones where an average is
  // kept.
  std::vector<float> predict(std::span<const std::int64_t> indices);

  // The model as it would be saved now: best weights when restore_best, else current.
  Model result() const;
  const std::vector<EpochReport>& history() const;
  std::int64_t total_steps() const;  // planned, if nothing stops it early
  struct Position {
    std::int64_t step = 0, steps_per_epoch = 0;
    bool epoch_due = false;  // finish_epoch() must come before the next step
  };
  Position position() const;
  const TrainSpec& spec() const;  // with what was filled in

  std::vector<std::uint8_t> snapshot() const;  // safetensors: weights, optimiser, best, rng, position, history
  // Throws Error when it belongs to another network or data set, and then leaves the trainer as it was.
  void restore(std::span<const std::uint8_t> bytes);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A short stable hash of the weights (hex of 64-bit FNV-1a over the bytes), for "same seed, same weights".
std::string weights_hash(const Params& params);

}  // namespace pinwheel
