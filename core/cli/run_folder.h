// What a training run leaves behind, and in which file (docs/run-folder.md): enough to draw it, to repeat it and to go
// on with it after an interruption.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/stopwatch.h"
#include "train/recipe.h"

namespace pinwheel::cli {

// A CSV that grows by rows. One that is there already keeps its header: of a run that an older or a newer version
// began, a column that it lacks is left out, and one that is not known here stays blank.
class GrowingTable {
 public:
  GrowingTable() = default;
  GrowingTable(const std::filesystem::path& path, const std::vector<std::string>& columns, bool resume);
  void add(const std::vector<std::string>& cells);  // in the order of `columns`
  bool flush() { return static_cast<bool>(file_.flush()); }

 private:
  std::ofstream file_;
  std::vector<std::size_t> sources_;  // of each column of the file, its place in `columns`; past the end: unknown
};

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
  GrowingTable curve_, steps_;
  double earlier_seconds_ = 0, processor_seconds_ = 0;
  Stopwatch watch_;
};

}  // namespace pinwheel::cli
