// The update rules as PyTorch writes them, one pass each. Pieces are cut by size and every float is updated on its own,
// so threads do not change a bit.
#include "train/optimiser.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>

#include "base/error.h"
#include "kernels/kernels.h"

namespace pinwheel {
namespace {

constexpr std::array<std::pair<OptimiserKind, const char*>, 5> kOptimisers{{{OptimiserKind::kSgd, "sgd"},
                                                                            {OptimiserKind::kMomentum, "momentum"},
                                                                            {OptimiserKind::kNesterov, "nesterov"},
                                                                            {OptimiserKind::kAdam, "adam"},
                                                                            {OptimiserKind::kAdamW, "adamw"}}};
constexpr std::array<std::pair<ScheduleKind, const char*>, 3> kSchedules{
    {{ScheduleKind::kConstant, "constant"}, {ScheduleKind::kStep, "step"}, {ScheduleKind::kCosine, "cosine"}}};

constexpr std::size_t kGrain = 16384;  // floats a piece: small enough to share out, large enough to be worth the call

template <typename Table, typename Kind>
const char* name_in(const Table& table, Kind kind) {
  return std::find_if(table.begin(), table.end(), [&](const auto& entry) { return entry.first == kind; })->second;
}

template <typename Table>
auto parse_in(const Table& table, std::string_view name, const char* what) {
  std::string choices;
  for (const auto& [kind, text] : table) {
    if (name == text) return kind;
    choices += (choices.empty() ? "" : ", ") + std::string(text);
  }
  throw Error(ErrorCode::kInvalidArgument,
              std::string("unknown ") + what + " '" + std::string(name) + "'; choose one of " + choices);
}

std::size_t buffers_of(OptimiserKind kind) {
  switch (kind) {
    case OptimiserKind::kSgd:
      return 0;
    case OptimiserKind::kMomentum:
    case OptimiserKind::kNesterov:
      return 1;
    case OptimiserKind::kAdam:
    case OptimiserKind::kAdamW:
      return 2;
  }
  return 0;
}

// Calls use(begin, dw, scale, size) for the runs of [begin, end) whose gradient is scale * dw.
template <typename Use>
void for_runs(const Gradient& gradient, std::size_t begin, std::size_t end, Use use) {
  const auto written = [&](std::size_t until) {
    if (begin < until) use(begin, gradient.values.data() + begin, 1.0F, until - begin);
    begin = std::max(begin, until);
  };
  for (const RankOneGradient& product : gradient.products) {
    if (product.end() <= begin) continue;
    if (product.offset >= end) break;
    written(product.offset);
    while (begin < std::min(end, product.end())) {
      const std::size_t width = product.x.size(), row = (begin - product.offset) / width;
      const std::size_t column = begin - product.offset - row * width, size = std::min(width - column, end - begin);
      use(begin, product.x.data() + column, product.dy[row], size);
      begin += size;
    }
  }
  written(end);
}

kernels::AdamStep adam_step(const OptimiserSpec& spec, double learning_rate, std::int64_t t) {
  const bool decoupled = spec.kind == OptimiserKind::kAdamW;
  const double correction1 = 1 - std::pow(spec.beta1, static_cast<double>(t));
  const double correction2 = 1 - std::pow(spec.beta2, static_cast<double>(t));
  return {static_cast<float>(spec.beta1),
          static_cast<float>(spec.beta2),
          static_cast<float>(spec.eps),
          static_cast<float>(learning_rate / correction1),
          static_cast<float>(1 / std::sqrt(correction2)),
          static_cast<float>(decoupled ? 1 - learning_rate * spec.weight_decay : 1.0),
          static_cast<float>(decoupled ? 0.0 : spec.weight_decay)};
}

}  // namespace

const char* optimiser_name(OptimiserKind kind) { return name_in(kOptimisers, kind); }
OptimiserKind parse_optimiser(std::string_view name) { return parse_in(kOptimisers, name, "optimiser"); }
const char* schedule_name(ScheduleKind kind) { return name_in(kSchedules, kind); }
ScheduleKind parse_schedule(std::string_view name) { return parse_in(kSchedules, name, "schedule"); }

Optimiser::Optimiser(const OptimiserSpec& spec, std::size_t parameters) : spec_(spec), parameters_(parameters) {
  state_.moments = FloatBuffer(buffers_of(spec.kind) * parameters);
}

void Optimiser::step(std::span<float> params, const Gradient& gradient, double learning_rate, const ThreadPool& pool) {
  if (params.size() < parameters_ || gradient.values.size() < parameters_) {
    throw Error(ErrorCode::kInternal, "[optimiser] fewer values than parameters");
  }
  ++state_.steps;
  const auto lr = static_cast<float>(learning_rate), decay = static_cast<float>(spec_.weight_decay);
  const auto mu = static_cast<float>(spec_.momentum);
  const kernels::AdamStep adam = adam_step(spec_, learning_rate, state_.steps);
  float *weights = params.data(), *first = state_.moments.data(), *second = first + parameters_;
  const auto update = [&](std::size_t begin, const float* dw, float scale, std::size_t count) {
    float* w = weights + begin;
    const auto size = static_cast<std::int64_t>(count);
    switch (spec_.kind) {
      case OptimiserKind::kSgd:
        return kernels::sgd_update(w, dw, scale, size, lr, decay);
      case OptimiserKind::kMomentum:
      case OptimiserKind::kNesterov:
        return kernels::momentum_update(w, first + begin, dw, scale, size, lr, decay, mu,
                                        spec_.kind == OptimiserKind::kNesterov);
      case OptimiserKind::kAdam:
      case OptimiserKind::kAdamW:
        return kernels::adam_update(w, first + begin, second + begin, dw, scale, size, adam);
    }
  };
  pool.for_ranges(parameters_, kGrain,
                  [&](std::size_t begin, std::size_t end) { for_runs(gradient, begin, end, update); });
}

void Optimiser::restore(const FloatBuffer& moments, std::int64_t steps) {
  if (moments.size() != state_.moments.size() || steps < 0) {
    throw Error(ErrorCode::kBadFile, "the saved optimiser state does not fit this network and optimiser");
  }
  state_.moments = moments.clone();
  state_.steps = steps;
}

double schedule_factor(const ScheduleSpec& spec, double epoch, double epochs) {
  if (epoch < spec.warmup_epochs) return epoch / spec.warmup_epochs;
  switch (spec.kind) {
    case ScheduleKind::kConstant:
      return 1;
    case ScheduleKind::kStep:
      return std::pow(spec.step_factor, std::floor(epoch / spec.step_every_epochs));
    case ScheduleKind::kCosine: {
      const double length = std::max(epochs - spec.warmup_epochs, 1e-9);
      const double done = std::clamp((epoch - spec.warmup_epochs) / length, 0.0, 1.0);
      return spec.final_fraction + (1 - spec.final_fraction) * (1 + std::cos(std::numbers::pi * done)) / 2;
    }
  }
  return 1;
}

}  // namespace pinwheel
