// One pass over the flat parameter buffer. State (momentum, Adam's moments) is one buffer too, so a checkpoint is a
// copy.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/parallel.h"
#include "tensor/tensor.h"
#include "train/gradient.h"

namespace pinwheel {

enum class OptimiserKind { kSgd, kMomentum, kNesterov, kAdam, kAdamW };
const char* optimiser_name(OptimiserKind kind);
OptimiserKind parse_optimiser(std::string_view name);

struct OptimiserSpec {
  OptimiserKind kind = OptimiserKind::kAdam;
  double learning_rate = 1e-3;
  double momentum = 0.9;  // kMomentum, kNesterov (Sutskever et al. 2013, as PyTorch writes them)
  double beta1 = 0.9, beta2 = 0.999, eps = 1e-8;  // Adam (Kingma & Ba 2015)
  double weight_decay = 0.0;  // AdamW: decoupled (Loshchilov & Hutter 2019); others: added to the gradient
  bool operator==(const OptimiserSpec&) const = default;
};

class Optimiser {
 public:
  Optimiser(const OptimiserSpec& spec, std::size_t parameters);
  // params -= learning_rate * …; `learning_rate` is the schedule's value for this step. Weight decay skips nothing.
  void step(std::span<float> params, const Gradient& gradient, double learning_rate, const ThreadPool& pool);

  struct State {
    FloatBuffer moments;  // one or two buffers of `parameters` floats behind each other
    std::int64_t steps = 0;
  };
  const State& state() const { return state_; }
  void restore(const FloatBuffer& moments, std::int64_t steps);

 private:
  OptimiserSpec spec_;
  std::size_t parameters_;
  State state_;
};

enum class ScheduleKind { kConstant, kStep, kCosine };
const char* schedule_name(ScheduleKind kind);
ScheduleKind parse_schedule(std::string_view name);

struct ScheduleSpec {
  ScheduleKind kind = ScheduleKind::kConstant;
  double step_every_epochs = 10;  // kStep: times `step_factor` after every so many epochs
  double step_factor = 0.1;
  double warmup_epochs = 0;     // linear from 0 for any kind
  double final_fraction = 0.0;  // kCosine: ends at this part of the learning rate
  bool operator==(const ScheduleSpec&) const = default;
};
// Factor on the learning rate at `epoch` (fractional, counted from 0) of `epochs`.
double schedule_factor(const ScheduleSpec& spec, double epoch, double epochs);

}  // namespace pinwheel
