// What a training run leaves behind, and in which file (docs/run-folder.md): enough to draw it, to repeat it and to go
// on with it after an interruption.
#pragma once

#include <filesystem>
#include <fstream>

#include "base/stopwatch.h"
#include "train/recipe.h"

namespace pinwheel::cli {

class RunFolder {
 public:
  // A fresh run empties the curves; a resumed one writes on.
  RunFolder(std::filesystem::path path, bool resume);

  const std::filesystem::path& path() const { return path_; }
  void write_plan(const Recipe& recipe, const Dataset& dataset, const Split& split, std::size_t threads);
  void add_step(const StepReport& step);
  // What the steps alone took, without judging and saving: to compare ways of training by.
  void add_processor_seconds(double seconds) { processor_seconds_ += seconds; }
  // `step` of the last one in it; epoch 0 is the start, before any step.
  void add_epoch(const EpochReport& epoch, std::int64_t step, double learning_rate);
  void write_metrics(const Metrics& metrics, const char* part);

  bool has_checkpoint() const;
  void write_checkpoint(const Trainer& trainer);
  void restore(Trainer& trainer) const;  // throws Error(kNotFound) without one, or when it belongs to another run
  void remove_checkpoint() const;

  double seconds() const;  // of training so far, with those before an interruption

 private:
  std::filesystem::path path_;
  std::ofstream curve_, steps_;
  double earlier_seconds_ = 0, processor_seconds_ = 0;
  Stopwatch watch_;
};

}  // namespace pinwheel::cli
