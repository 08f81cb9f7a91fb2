// What can be timed: every preset as it trains and judges, and the large networks of torchvision at any size, named
// "resnet18-224". Only what decides the time is here; there is no data set and nothing to learn.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "nn/params.h"
#include "nn/spec.h"
#include "train/loss.h"
#include "train/optimiser.h"

namespace pinwheel::bench {

enum class Mode { kTraining, kInference };
const char* mode_name(Mode mode);        // "train", "infer"
Mode parse_mode(std::string_view name);  // throws Error(kInvalidArgument) naming the two

struct Subject {
  std::string name;
  NetSpec network;  // what judges a galaxy
  NetSpec learner;  // what a step of training runs: the network, or of a frozen preset its last layer
  Init init;
  LossSpec loss;  // with weights and tree filled in
  TargetKind target = TargetKind::kClasses;
  OptimiserSpec optimiser;
  std::int64_t training_batch = 32;  // the preset's own where that fits everywhere, a browser's tab too

  const NetSpec& spec(Mode mode) const { return mode == Mode::kTraining ? learner : network; }
};

// The presets, then the large networks at 224 and at 64.
std::vector<std::string> subject_names();
// Throws Error(kNotFound) listing the names, and kInvalidArgument for a size that the network cannot take.
Subject make_subject(std::string_view name);

}  // namespace pinwheel::bench
