// How each kind of start fills each role of parameter.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "nn/params.h"

namespace pinwheel {
namespace {

void fill_uniform(std::span<float> values, double bound, Rng& rng) {
  for (float& value : values) value = static_cast<float>(rng.uniform(-bound, bound));
}

void fill_normal(std::span<float> values, double deviation, Rng& rng) {
  for (float& value : values) value = static_cast<float>(deviation * rng.normal());
}

void fill_constant(std::span<float> values, double value) {
  for (float& v : values) v = static_cast<float>(value);
}

void fill_weight(const Init& init, const ParamSlot& slot, std::span<float> values, Rng& rng) {
  const double fan_in = static_cast<double>(slot.fan_in), fan_out = static_cast<double>(slot.fan_out);
  switch (init.kind) {
    case InitKind::kTorch:
      return fill_uniform(values, 1 / std::sqrt(fan_in), rng);
    case InitKind::kXavierUniform:
    case InitKind::kGlorotUniform:
      return fill_uniform(values, std::sqrt(6 / (fan_in + fan_out)), rng);
    case InitKind::kHe:
      return fill_normal(values, std::sqrt(2 / fan_in), rng);
    case InitKind::kNormal:
      return fill_normal(values, init.scale, rng);
  }
}

void fill_bias(const Init& init, std::int64_t fan_in, std::span<float> values, Rng& rng) {
  switch (init.kind) {
    case InitKind::kTorch:
      return fill_uniform(values, 1 / std::sqrt(static_cast<double>(fan_in)), rng);
    case InitKind::kXavierUniform:
      return fill_constant(values, init.bias_value);
    case InitKind::kGlorotUniform:
    case InitKind::kHe:
      return fill_constant(values, 0);
    case InitKind::kNormal:
      return fill_normal(values, init.scale, rng);
  }
}

void fill_slot(const Init& init, const ParamLayout& layout, const ParamSlot& slot, std::span<float> values, Rng rng) {
  switch (slot.role) {
    case ParamRole::kWeight:
      return fill_weight(init, slot, values, rng);
    case ParamRole::kBias:
      return fill_bias(init, layout.find(slot.node, ParamRole::kWeight)->fan_in, values, rng);
    case ParamRole::kGamma:
    case ParamRole::kRunningVar:
      return fill_constant(values, 1);
    case ParamRole::kBeta:
    case ParamRole::kRunningMean:
      return fill_constant(values, 0);
  }
}

constexpr std::array<std::pair<InitKind, const char*>, 5> kNames{{{InitKind::kTorch, "torch"},
                                                                  {InitKind::kXavierUniform, "xavier_uniform"},
                                                                  {InitKind::kGlorotUniform, "glorot_uniform"},
                                                                  {InitKind::kHe, "he"},
                                                                  {InitKind::kNormal, "normal"}}};

}  // namespace

const char* init_name(InitKind kind) {
  return std::find_if(kNames.begin(), kNames.end(), [&](const auto& entry) { return entry.first == kind; })->second;
}

InitKind parse_init(std::string_view name) {
  for (const auto& [kind, text] : kNames) {
    if (name == text) return kind;
  }
  throw Error(ErrorCode::kInvalidArgument, "unknown initialisation '" + std::string(name) +
                                               "'; choose torch, xavier_uniform, glorot_uniform, he or normal");
}

Params initialise(const NetSpec& spec, const Init& init, const Rng& rng) {
  Params params(layout_params(spec));
  for (std::size_t i = 0; i < params.layout.slots.size(); ++i) {
    const ParamSlot& slot = params.layout.slots[i];
    fill_slot(init, params.layout, slot, params.slot(slot), rng.child(i));
  }
  return params;
}

}  // namespace pinwheel
