// Batch norm in evaluation is y = x*scale + shift per channel, so after a convolution or a dense layer it is only other
// weights (Jacob et al. 2018, section 3.2). The folded layer stands where the batch norm stood, under its own name.
#include <algorithm>
#include <cmath>
#include <utility>

#include "nn/params.h"
#include "nn/readers.h"

namespace pinwheel {
namespace {

bool has_weight(const Layer& layer) {
  return std::holds_alternative<Conv2d>(layer) || std::holds_alternative<Dense>(layer);
}

Layer with_bias(Layer layer) {
  if (auto* conv = std::get_if<Conv2d>(&layer)) conv->bias = true;
  if (auto* dense = std::get_if<Dense>(&layer)) dense->bias = true;
  return layer;
}

// For every node: the node that it is folded into, or -1. norm_of[conv] and conv_of[norm] are each other's inverse.
struct Folds {
  std::vector<int> norm_of, conv_of;
};

Folds find_folds(const NetSpec& spec, std::span<const int> watched) {
  const std::size_t count = spec.nodes.size();
  const std::vector<std::vector<std::size_t>> readers = readers_of(spec);
  const auto is_watched = [&](int node) { return std::find(watched.begin(), watched.end(), node) != watched.end(); };
  Folds folds{std::vector<int>(count, -1), std::vector<int>(count, -1)};
  for (std::size_t i = 0; i < count; ++i) {
    const int input = spec.nodes[i].inputs.front();
    if (!std::holds_alternative<BatchNorm>(spec.nodes[i].layer) || input == kNetInput) continue;
    const auto before = static_cast<std::size_t>(input);
    if (!has_weight(spec.nodes[before].layer) || readers[before].size() != 1 || is_watched(input)) continue;
    folds.norm_of[before] = static_cast<int>(i);
    folds.conv_of[i] = input;
  }
  return folds;
}

struct FoldedSpec {
  NetSpec spec;
  std::vector<int> new_index;  // of every old node; a folded convolution has its batch norm's
};

FoldedSpec fold_spec(const NetSpec& spec, const Folds& folds) {
  FoldedSpec folded{{spec.input, {}}, std::vector<int>(spec.nodes.size(), -1)};
  for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
    if (folds.norm_of[i] >= 0) continue;
    const int conv = folds.conv_of[i];
    Node node = spec.nodes[conv >= 0 ? static_cast<std::size_t>(conv) : i];
    if (conv >= 0) node.layer = with_bias(std::move(node.layer));
    for (int& input : node.inputs) {
      if (input != kNetInput) input = folded.new_index[static_cast<std::size_t>(input)];
    }
    folded.new_index[i] = static_cast<int>(folded.spec.nodes.size());
    if (conv >= 0) folded.new_index[static_cast<std::size_t>(conv)] = folded.new_index[i];
    folded.spec.nodes.push_back(std::move(node));
  }
  return folded;
}

void copy_slots(const Params& from, const std::vector<int>& new_index, const Folds& folds, Params& to) {
  for (const ParamSlot& slot : from.layout.slots) {
    const auto old_node = static_cast<std::size_t>(slot.node);
    if (folds.conv_of[old_node] >= 0) continue;
    const ParamSlot* place = to.layout.find(new_index[old_node], slot.role);
    std::copy_n(from.values.data() + slot.offset, slot.size, to.values.data() + place->offset);
  }
}

// w' = w*scale, b' = beta + (b - mean)*scale with scale = gamma / sqrt(var + eps)
void fold_values(const Params& from, int norm, double eps, int node, Params& to) {
  const float* gamma = from.get(norm, ParamRole::kGamma);
  const float* beta = from.get(norm, ParamRole::kBeta);
  const float* mean = from.get(norm, ParamRole::kRunningMean);
  const float* var = from.get(norm, ParamRole::kRunningVar);
  const ParamSlot& weight_slot = *to.layout.find(node, ParamRole::kWeight);
  float* weight = to.get(node, ParamRole::kWeight);  // [O, weights of one output]
  float* bias = to.get(node, ParamRole::kBias);      // [O]
  const auto outputs = static_cast<std::size_t>(weight_slot.shape.front());
  const std::size_t row = weight_slot.size / outputs;
  for (std::size_t o = 0; o < outputs; ++o) {
    const double scale = gamma[o] / std::sqrt(static_cast<double>(var[o]) + eps);
    for (std::size_t i = o * row; i < (o + 1) * row; ++i) weight[i] = static_cast<float>(weight[i] * scale);
    bias[o] = static_cast<float>(beta[o] + (static_cast<double>(bias[o]) - mean[o]) * scale);
  }
}

}  // namespace

FoldedNet fold_batch_norm(const NetSpec& spec, const Params& params, std::span<const int> watched) {
  const Folds folds = find_folds(spec, watched);
  FoldedSpec folded = fold_spec(spec, folds);
  FoldedNet net{std::move(folded.spec), {}, std::move(folded.new_index)};
  net.params = Params(layout_params(net.spec));
  copy_slots(params, net.place, folds, net.params);
  for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
    if (folds.conv_of[i] < 0) continue;
    fold_values(params, static_cast<int>(i), std::get<BatchNorm>(spec.nodes[i].layer).eps, net.place[i], net.params);
  }
  return net;
}

}  // namespace pinwheel
