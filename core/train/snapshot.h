// What a training run is at one moment, and its form as safetensors bytes: floats as tensors, the rest as JSON text in
// the metadata, every number exact.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tensor/tensor.h"
#include "train/trainer.h"

namespace pinwheel {

// The part that is not floats of the network's size.
struct Progress {
  std::int64_t step = 0;           // steps done, candidates included
  std::int64_t epoch = 0;          // epochs finished, candidates included
  std::int64_t step_in_epoch = 0;  // steps done since
  double loss_sum = 0;             // over those steps
  RunningFigures train;            // over those steps
  bool epoch_due = false;          // finish_epoch() has to come next
  bool stopped = false;            // early stopping
  bool has_best = false;
  double best_score = 0;
  std::int64_t epochs_since_best = 0;
  std::vector<EpochReport> history;
};

struct Snapshot {
  Progress progress;
  std::string network, data;  // fingerprints
  std::int64_t steps_per_epoch = 0;
  std::int64_t optimiser_steps = 0;
  FloatBuffer weights, moments, average, best;  // empty where there are none
};

std::vector<std::uint8_t> write_snapshot(const Snapshot& snapshot);
Snapshot read_snapshot(std::span<const std::uint8_t> bytes);  // throws Error(kBadFile)

}  // namespace pinwheel
