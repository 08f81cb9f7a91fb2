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

// w -= lr * (g + decay * w)
void sgd(float* w, const float* dw, std::size_t size, float lr, float decay) {
  for (std::size_t i = 0; i < size; ++i) w[i] -= lr * (dw[i] + decay * w[i]);
}

// v = momentum * v + g; w -= lr * v, or lr * (g + momentum * v) looking ahead.
void momentum(float* w, float* v, const float* dw, std::size_t size, float lr, float decay, float mu, bool nesterov) {
  for (std::size_t i = 0; i < size; ++i) {
    const float g = dw[i] + decay * w[i];
    v[i] = mu * v[i] + g;
    w[i] -= lr * (nesterov ? g + mu * v[i] : v[i]);
  }
}

struct AdamStep {
  float beta1, beta2, eps;
  float step_size;        // lr / (1 - beta1^t)
  float root_correction;  // sqrt(1 - beta2^t)
  float shrink;           // AdamW: 1 - lr * decay; otherwise 1
  float decay;            // Adam: added to the gradient; otherwise 0
};

// m = b1 m + (1-b1) g; v = b2 v + (1-b2) g^2; w -= lr/(1-b1^t) * m / (sqrt(v)/sqrt(1-b2^t) + eps)
void adam(float* w, float* m, float* v, const float* dw, std::size_t size, const AdamStep& s) {
  const float over_root = 1 / s.root_correction;
  for (std::size_t i = 0; i < size; ++i) {
    const float g = dw[i] + s.decay * w[i];
    m[i] = s.beta1 * m[i] + (1 - s.beta1) * g;
    v[i] = s.beta2 * v[i] + (1 - s.beta2) * g * g;
    w[i] = s.shrink * w[i] - s.step_size * m[i] / (std::sqrt(v[i]) * over_root + s.eps);
  }
}

AdamStep adam_step(const OptimiserSpec& spec, double learning_rate, std::int64_t t) {
  const bool decoupled = spec.kind == OptimiserKind::kAdamW;
  const double correction1 = 1 - std::pow(spec.beta1, static_cast<double>(t));
  const double correction2 = 1 - std::pow(spec.beta2, static_cast<double>(t));
  return {static_cast<float>(spec.beta1),
          static_cast<float>(spec.beta2),
          static_cast<float>(spec.eps),
          static_cast<float>(learning_rate / correction1),
          static_cast<float>(std::sqrt(correction2)),
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

void Optimiser::step(std::span<float> params, std::span<const float> dparams, double learning_rate,
                     const ThreadPool& pool) {
  if (params.size() < parameters_ || dparams.size() < parameters_) {
    throw Error(ErrorCode::kInternal, "[optimiser] fewer values than parameters");
  }
  ++state_.steps;
  const auto lr = static_cast<float>(learning_rate), decay = static_cast<float>(spec_.weight_decay);
  const auto mu = static_cast<float>(spec_.momentum);
  const AdamStep adam_values = adam_step(spec_, learning_rate, state_.steps);
  float* first = state_.moments.data();
  pool.for_ranges(parameters_, kGrain, [&](std::size_t begin, std::size_t end) {
    float* w = params.data() + begin;
    const float* dw = dparams.data() + begin;
    const std::size_t size = end - begin;
    switch (spec_.kind) {
      case OptimiserKind::kSgd:
        return sgd(w, dw, size, lr, decay);
      case OptimiserKind::kMomentum:
        return momentum(w, first + begin, dw, size, lr, decay, mu, false);
      case OptimiserKind::kNesterov:
        return momentum(w, first + begin, dw, size, lr, decay, mu, true);
      case OptimiserKind::kAdam:
      case OptimiserKind::kAdamW:
        return adam(w, first + begin, first + parameters_ + begin, dw, size, adam_values);
    }
  });
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
