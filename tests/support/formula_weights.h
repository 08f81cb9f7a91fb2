// Weights and inputs from one integer formula, written the same way in tools/make_golden_nets.py: networks of millions
// of parameters need no committed file, and they cost a hash per value instead of a normal deviate.
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

#include "nn/params.h"
#include "nn/torch_layout.h"

namespace pinwheel::test {

// FNV-1a, 32 bits.
inline std::uint32_t hash_name(std::string_view name) {
  std::uint32_t hash = 2166136261U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

// Value i of the stream `name`: one of 2^24 equally spaced numbers in [0, 1). The mixer is Wellons' lowbias32.
inline float formula_uniform(std::uint32_t name_hash, std::uint32_t i) {
  std::uint32_t x = name_hash + i * 0x9E3779B9U;
  x = (x ^ x >> 16) * 0x7FEB352DU;
  x = (x ^ x >> 15) * 0x846CA68BU;
  x ^= x >> 16;
  return static_cast<float>(x >> 8) * 0x1p-24F;
}

// Uniform around a centre. Weights have He's variance 2/fan_in, so that activations keep their size through many
// layers.
struct Spread {
  float centre = 0, half_width = 1;
};
inline Spread formula_spread(const ParamSlot& slot) {
  switch (slot.role) {
    case ParamRole::kWeight:
      return {0, static_cast<float>(std::sqrt(6.0 / static_cast<double>(slot.fan_in)))};
    case ParamRole::kGamma:
      return {1, 0.25F};
    case ParamRole::kRunningVar:
      return {1, 0.5F};
    case ParamRole::kBias:
    case ParamRole::kBeta:
    case ParamRole::kRunningMean:
      return {0, 0.1F};
  }
  return {};
}

// In PyTorch's order: value i of the tensor as PyTorch stores it.
inline std::vector<TorchTensor> formula_tensors(const NetSpec& spec) {
  const ParamLayout layout = layout_params(spec);
  std::vector<TorchTensor> tensors;
  for (const ParamSlot& slot : layout.slots) {
    std::vector<std::int64_t> shape = slot.shape;
    if (shape.size() == 4) shape = {shape[0], shape[3], shape[1], shape[2]};
    TorchTensor tensor{slot.name, shape, std::vector<float>(slot.size)};
    const Spread spread = formula_spread(slot);
    const std::uint32_t name_hash = hash_name(slot.name);
    for (std::size_t i = 0; i < slot.size; ++i) {
      const float u = formula_uniform(name_hash, static_cast<std::uint32_t>(i));
      tensor.values[i] = spread.centre + spread.half_width * (2 * u - 1);
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

inline Params formula_params(const NetSpec& spec) { return from_torch(spec, formula_tensors(spec)); }

// [count, extent] in our order, values in [0, 1).
inline std::vector<float> formula_input(const NetSpec& spec, std::int64_t count) {
  std::vector<float> input(static_cast<std::size_t>(count * spec.input.size()));
  const std::uint32_t name_hash = hash_name("input");
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = formula_uniform(name_hash, static_cast<std::uint32_t>(i));
  return input;
}

}  // namespace pinwheel::test
