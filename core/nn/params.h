// All parameters of a network in one flat buffer: names, shapes and places follow from the spec alone. Trainable values
// come first and contiguous (an optimiser is one pass over them), the running statistics of batch norm after them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "nn/spec.h"

namespace pinwheel {

enum class ParamRole { kWeight, kBias, kGamma, kBeta, kRunningMean, kRunningVar };

struct ParamSlot {
  std::string name;  // "features.0.weight", "features.1.running_mean"
  int node = 0;      // index into NetSpec::nodes
  ParamRole role = ParamRole::kWeight;
  std::vector<std::int64_t> shape;  // conv [O,kh,kw,I/groups]; dense [O,I]; others [C]
  std::size_t offset = 0;           // first float in the buffer
  std::size_t size = 0;
  std::int64_t fan_in = 0, fan_out = 0;  // for initialisation; zero for all but weights
  bool trainable() const { return role != ParamRole::kRunningMean && role != ParamRole::kRunningVar; }
};

struct ParamLayout {
  std::vector<ParamSlot> slots;
  std::size_t trainable = 0;  // floats [0, trainable) are trained
  std::size_t total = 0;

  // Null when the node has no such parameter.
  const ParamSlot* find(int node, ParamRole role) const;
  const ParamSlot* find(std::string_view name) const;
};

ParamLayout layout_params(const NetSpec& spec);

// Count as people give it: trainable values only.
std::size_t count_parameters(const NetSpec& spec);

struct Params {
  ParamLayout layout;
  FloatBuffer values;

  Params() = default;
  explicit Params(ParamLayout layout_) : layout(std::move(layout_)), values(layout.total) {}
  Params clone() const;

  std::span<float> slot(const ParamSlot& s) { return {values.data() + s.offset, s.size}; }
  std::span<const float> slot(const ParamSlot& s) const { return {values.data() + s.offset, s.size}; }
  // Null when absent.
  const float* get(int node, ParamRole role) const;
  float* get(int node, ParamRole role);
};

// How weights start. kNormal: scale*N(0,1), biases too (system A). kXavierUniform: Glorot & Bengio 2010 with biases set
// to bias_value (system B: 0.01). kGlorotUniform: the same bound with zero biases, as Keras does (system E). kHe: He et
// al. 2015, normal, fan in. kTorch: PyTorch's default for Conv2d and Linear, uniform in ±1/sqrt(fan_in), biases too.
enum class InitKind { kTorch, kXavierUniform, kGlorotUniform, kHe, kNormal };
const char* init_name(InitKind kind);        // "torch", "xavier_uniform", "glorot_uniform", "he", "normal"
InitKind parse_init(std::string_view name);  // throws Error(kInvalidArgument) listing the names
struct Init {
  InitKind kind = InitKind::kTorch;
  double scale = 0.1;       // kNormal
  double bias_value = 0.0;  // kXavierUniform
  bool operator==(const Init&) const = default;
};

// Fresh parameters; each slot draws from rng.child(slot index). Batch norm: gamma 1, beta 0, mean 0, variance 1.
Params initialise(const NetSpec& spec, const Init& init, const Rng& rng);

// An equal network in evaluation without batch norm: wherever a BatchNorm reads a Conv2d or Dense that nobody else
// reads, it is folded into weights and bias; any other BatchNorm (after ReLU, concat, pooling) stays. A node that
// somebody watches counts as read: its own output is kept.
struct FoldedNet {
  NetSpec spec;
  Params params;
  std::vector<int>
      place;  // [old nodes]: where its output is now; a convolution that was folded shares its batch norm's
};
FoldedNet fold_batch_norm(const NetSpec& spec, const Params& params, std::span<const int> watched = {});

}  // namespace pinwheel
