// y = x*scale + shift passes through means unchanged, and through maxima if every scale is positive; a weight that then
// meets y instead meets x as weight*scale, and the bias takes weight*shift.
#include "nn/simplify.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "nn/readers.h"

namespace pinwheel {
namespace {

using Index = std::size_t;

// Per channel: y = x*scale + shift.
struct Affine {
  std::vector<double> scale, shift;
};

Affine affine_of(const Params& params, int node, double eps) {
  const float* gamma = params.get(node, ParamRole::kGamma);
  const float* beta = params.get(node, ParamRole::kBeta);
  const float* mean = params.get(node, ParamRole::kRunningMean);
  const float* var = params.get(node, ParamRole::kRunningVar);
  const std::size_t channels = params.layout.find(node, ParamRole::kGamma)->size;
  Affine affine;
  for (std::size_t c = 0; c < channels; ++c) {
    affine.scale.push_back(gamma[c] / std::sqrt(static_cast<double>(var[c]) + eps));
    affine.shift.push_back(beta[c] - mean[c] * affine.scale.back());
  }
  return affine;
}

// What a batch norm may pass through on its way to a weight.
bool passes(const Layer& layer, bool positive) {
  if (const auto* pool = std::get_if<AvgPool>(&layer)) return pool->padding == Size2{0, 0};
  if (std::holds_alternative<MaxPool>(layer)) return positive;
  return std::holds_alternative<GlobalAvgPool>(layer) || std::holds_alternative<Dropout>(layer) ||
         std::holds_alternative<Flatten>(layer);
}

// Zeros that a convolution puts around its picture are zeros behind the batch norm: the shift must not reach them.
bool absorbs(const Layer& layer) {
  if (const auto* conv = std::get_if<Conv2d>(&layer)) return conv->padding == Size2{0, 0};
  return std::holds_alternative<Dense>(layer);
}

class Simplifier {
 public:
  Simplifier(const NetSpec& spec, const Params& params)
      : spec_(spec),
        params_(params),
        readers_(readers_of(spec)),
        into_(spec.nodes.size(), kNowhere),
        joined_by_(spec.nodes.size(), kNowhere) {
    for (Index i = 0; i < spec.nodes.size(); ++i) {
      find_absorber(i);
      find_siblings(i);
    }
  }

  bool anything() const {
    const auto is_somewhere = [](Index i) { return i != kNowhere; };
    return std::any_of(into_.begin(), into_.end(), is_somewhere) ||
           std::any_of(joined_by_.begin(), joined_by_.end(), is_somewhere);
  }

  SimplerNet make() const {
    SimplerNet net;
    std::vector<int> place(spec_.nodes.size());  // of every old node that is left, or of what stands for it
    net.spec = spec_without(place);
    net.params = Params(layout_params(net.spec));
    for (Index i = 0; i < spec_.nodes.size(); ++i) {
      if (into_[i] != kNowhere) continue;
      copy_values(i, net.params, place[i]);
    }
    for (Index i = 0; i < spec_.nodes.size(); ++i) {
      if (into_[i] != kNowhere) absorb(i, net, place[into_[i]]);
    }
    return net;
  }

 private:
  static constexpr Index kNowhere = static_cast<Index>(-1);

  void find_absorber(Index norm) {
    const auto* layer = std::get_if<BatchNorm>(&spec_.nodes[norm].layer);
    if (layer == nullptr) return;
    const Affine affine = affine_of(params_, static_cast<int>(norm), layer->eps);
    const bool positive = std::all_of(affine.scale.begin(), affine.scale.end(), [](double s) { return s > 0; });
    for (Index i = norm; readers_[i].size() == 1;) {
      i = readers_[i].front();
      if (absorbs(spec_.nodes[i].layer)) into_[norm] = i;
      if (!passes(spec_.nodes[i].layer, positive)) return;
    }
  }

  void find_siblings(Index concat) {
    const Node& node = spec_.nodes[concat];
    if (!std::holds_alternative<Concat>(node.layer)) return;
    for (const int input : node.inputs) {
      if (input == kNetInput) return;
      const auto dense = static_cast<Index>(input);
      const Node& first = spec_.nodes[static_cast<Index>(node.inputs.front())];
      if (!std::holds_alternative<Dense>(spec_.nodes[dense].layer) || readers_[dense].size() != 1) return;
      if (spec_.nodes[dense].inputs != first.inputs) return;
    }
    for (const int input : node.inputs) joined_by_[static_cast<Index>(input)] = concat;
  }

  bool joins(Index node) const {
    return std::holds_alternative<Concat>(spec_.nodes[node].layer) &&
           joined_by_[static_cast<Index>(std::max(spec_.nodes[node].inputs.front(), 0))] == node;
  }

  // Concat and dense layers as one dense layer, in the concat's place and under its name.
  Node joined(Index concat) const {
    Dense all{0, false};
    for (const int input : spec_.nodes[concat].inputs) {
      const auto& dense = std::get<Dense>(spec_.nodes[static_cast<Index>(input)].layer);
      all.units += dense.units;
      all.bias = all.bias || dense.bias;
    }
    const auto first = static_cast<Index>(spec_.nodes[concat].inputs.front());
    return {spec_.nodes[concat].name, all, spec_.nodes[first].inputs};
  }

  NetSpec spec_without(std::vector<int>& place) const {
    NetSpec simpler{spec_.input, {}};
    const auto moved = [&](int node) { return node == kNetInput ? kNetInput : place[static_cast<Index>(node)]; };
    for (Index i = 0; i < spec_.nodes.size(); ++i) {
      place[i] = moved(spec_.nodes[i].inputs.front());
      if (into_[i] != kNowhere || joined_by_[i] != kNowhere) continue;
      Node node = joins(i) ? joined(i) : spec_.nodes[i];
      for (int& input : node.inputs) input = moved(input);
      if (std::find(into_.begin(), into_.end(), i) != into_.end()) give_bias(node.layer);
      place[i] = static_cast<int>(simpler.nodes.size());
      simpler.nodes.push_back(std::move(node));
    }
    return simpler;
  }

  static void give_bias(Layer& layer) {
    if (auto* conv = std::get_if<Conv2d>(&layer)) conv->bias = true;
    if (auto* dense = std::get_if<Dense>(&layer)) dense->bias = true;
  }

  void copy_values(Index node, Params& to, int place) const {
    if (joined_by_[node] != kNowhere) return;
    if (!joins(node)) return copy_slots(static_cast<int>(node), to, place, 0);
    std::size_t unit = 0;
    for (const int input : spec_.nodes[node].inputs) {
      copy_slots(input, to, place, unit);
      unit += static_cast<std::size_t>(std::get<Dense>(spec_.nodes[static_cast<Index>(input)].layer).units);
    }
  }

  // Behind the first `units` rows of what is there.
  void copy_slots(int node, Params& to, int place, std::size_t units) const {
    for (const ParamSlot& slot : params_.layout.slots) {
      if (slot.node != node) continue;
      const std::size_t row = slot.size / static_cast<std::size_t>(slot.shape.front());
      std::copy_n(params_.values.data() + slot.offset, slot.size, to.get(place, slot.role) + units * row);
    }
  }

  // w' = w*scale, b' = b + sum w*shift
  void absorb(Index norm, SimplerNet& net, int place) const {
    const double eps = std::get<BatchNorm>(spec_.nodes[norm].layer).eps;
    const Affine affine = affine_of(params_, static_cast<int>(norm), eps);
    const auto* conv = std::get_if<Conv2d>(&net.spec.nodes[static_cast<Index>(place)].layer);
    const ParamSlot& slot = *net.params.layout.find(place, ParamRole::kWeight);
    const auto outputs = static_cast<std::size_t>(slot.shape.front());
    const std::size_t row = slot.size / outputs, groups = conv == nullptr ? 1 : static_cast<std::size_t>(conv->groups);
    const std::size_t channels = affine.scale.size() / groups;  // that one output reads; they come round in a row
    float* weight = net.params.get(place, ParamRole::kWeight);  // [O, places * channels]
    float* bias = net.params.get(place, ParamRole::kBias);      // [O]
    for (std::size_t o = 0; o < outputs; ++o) {
      const std::size_t first = o / (outputs / groups) * channels;
      double sum = bias[o];
      for (std::size_t i = 0; i < row; ++i) {
        float& w = weight[o * row + i];
        sum += w * affine.shift[first + i % channels];
        w = static_cast<float>(w * affine.scale[first + i % channels]);
      }
      bias[o] = static_cast<float>(sum);
    }
  }

  const NetSpec& spec_;
  const Params& params_;
  std::vector<std::vector<Index>> readers_;
  std::vector<Index> into_;       // [nodes]: the layer whose weights absorb this batch norm
  std::vector<Index> joined_by_;  // [nodes]: the concat with which this dense layer becomes one
};

}  // namespace

std::optional<SimplerNet> simplify(const NetSpec& spec, const Params& params) {
  const Simplifier simplifier(spec, params);
  if (!simplifier.anything()) return std::nullopt;
  return simplifier.make();
}

}  // namespace pinwheel
