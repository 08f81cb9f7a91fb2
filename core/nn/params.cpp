// Which parameters each layer has, and where they lie. The only list of names, shapes and fans.
#include "nn/params.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "nn/overload.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

ParamSlot make_slot(const Node& node, int index, ParamRole role, const char* suffix, std::vector<std::int64_t> shape) {
  ParamSlot slot;
  slot.name = node.name + "." + suffix;
  slot.node = index;
  slot.role = role;
  slot.shape = std::move(shape);
  slot.size = static_cast<std::size_t>(
      std::accumulate(slot.shape.begin(), slot.shape.end(), std::int64_t{1}, std::multiplies<>()));
  return slot;
}

// Fans as PyTorch counts them: fan_out ignores groups.
std::vector<ParamSlot> weighted_slots(const Node& node, int index, std::vector<std::int64_t> shape, bool bias) {
  const std::int64_t outputs = shape.front();
  std::vector<ParamSlot> slots{make_slot(node, index, ParamRole::kWeight, "weight", std::move(shape))};
  ParamSlot& weight = slots.front();
  weight.fan_in = static_cast<std::int64_t>(weight.size) / outputs;
  weight.fan_out = weight.fan_in / weight.shape.back() * outputs;
  if (bias) slots.push_back(make_slot(node, index, ParamRole::kBias, "bias", {outputs}));
  return slots;
}

std::vector<ParamSlot> batch_norm_slots(const Node& node, int index, std::int64_t channels) {
  return {make_slot(node, index, ParamRole::kGamma, "weight", {channels}),
          make_slot(node, index, ParamRole::kBeta, "bias", {channels}),
          make_slot(node, index, ParamRole::kRunningMean, "running_mean", {channels}),
          make_slot(node, index, ParamRole::kRunningVar, "running_var", {channels})};
}

using Slots = std::vector<ParamSlot>;

Slots node_slots(const Node& node, int index, const Extent& in) {
  return std::visit(Overload{
                        [&](const Conv2d& c) {
                          return weighted_slots(
                              node, index, {c.out_channels, c.kernel.height, c.kernel.width, in.channels / c.groups},
                              c.bias);
                        },
                        [&](const Dense& d) {
                          return weighted_slots(node, index, {d.units, in.channels}, d.bias);
                        },
                        [&](const BatchNorm&) { return batch_norm_slots(node, index, in.channels); },
                        [](const MaxPool&) { return Slots{}; },
                        [](const AvgPool&) { return Slots{}; },
                        [](const GlobalAvgPool&) { return Slots{}; },
                        [](const Relu&) { return Slots{}; },
                        [](const Silu&) { return Slots{}; },
                        [](const Tanh&) { return Slots{}; },
                        [](const Sigmoid&) { return Slots{}; },
                        [](const Softmax&) { return Slots{}; },
                        [](const Dropout&) { return Slots{}; },
                        [](const Add&) { return Slots{}; },
                        [](const Concat&) { return Slots{}; },
                        [](const Flatten&) { return Slots{}; },
                    },
                    node.layer);
}

}  // namespace

const ParamSlot* ParamLayout::find(int node, ParamRole role) const {
  const auto it = std::find_if(slots.begin(), slots.end(),
                               [&](const ParamSlot& slot) { return slot.node == node && slot.role == role; });
  return it == slots.end() ? nullptr : &*it;
}

const ParamSlot* ParamLayout::find(std::string_view name) const {
  const auto it = std::find_if(slots.begin(), slots.end(), [&](const ParamSlot& slot) { return slot.name == name; });
  return it == slots.end() ? nullptr : &*it;
}

ParamLayout layout_params(const NetSpec& spec) {
  const std::vector<Extent> extents = infer_shapes(spec);
  ParamLayout layout;
  for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
    const Node& node = spec.nodes[i];
    const int input = node.inputs.front();
    const Extent& in = extent_of(spec, extents, input);
    for (ParamSlot& slot : node_slots(node, static_cast<int>(i), in)) layout.slots.push_back(std::move(slot));
  }
  std::stable_partition(layout.slots.begin(), layout.slots.end(),
                        [](const ParamSlot& slot) { return slot.trainable(); });
  for (ParamSlot& slot : layout.slots) {
    slot.offset = layout.total;
    layout.total += slot.size;
    if (slot.trainable()) layout.trainable = layout.total;
  }
  return layout;
}

std::size_t count_parameters(const NetSpec& spec) { return layout_params(spec).trainable; }

Params Params::clone() const {
  Params copy;
  copy.layout = layout;
  copy.values = values.clone();
  return copy;
}

const float* Params::get(int node, ParamRole role) const {
  const ParamSlot* slot = layout.find(node, role);
  return slot == nullptr ? nullptr : values.data() + slot->offset;
}

float* Params::get(int node, ParamRole role) { return const_cast<float*>(std::as_const(*this).get(node, role)); }

}  // namespace pinwheel
