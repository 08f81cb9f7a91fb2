// Networks that nobody would draw: every kind of layer in every order that fits, with odd kernels, strides, paddings,
// groups and branches. The same seed gives the same network.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/rng.h"
#include "nn/shape_inference.h"
#include "nn/spec.h"

namespace pinwheel::test {

class RandomSpec {
 public:
  explicit RandomSpec(std::uint64_t seed) : rng_(seed) {
    spec_.input = Extent::image(pick(6, 18), pick(6, 18), pick(1, 8));
    extent_ = spec_.input;
  }

  NetSpec make() {
    for (std::int64_t i = pick(3, 8); i > 0; --i) add_picture_layer();
    rng_.below(3) == 0 ? add(GlobalAvgPool{}) : add(Flatten{});
    for (std::int64_t i = pick(1, 5); i > 0; --i) add_flat_layer();
    add(Dense{pick(2, 12), rng_.below(2) == 0});
    if (rng_.below(4) == 0) add(Softmax{});
    infer_shapes(spec_);
    return std::move(spec_);
  }

 private:
  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(rng_.below(static_cast<std::uint32_t>(high - low + 1)));
  }
  Size2 pick_size(std::int64_t low, std::int64_t high) {
    const std::int64_t height = pick(low, high);
    return {height, pick(low, high)};
  }

  // Adds the layer when it fits; otherwise leaves the network as it is.
  bool add(Layer layer) { return add(std::move(layer), {last()}); }
  bool add(Layer layer, std::vector<int> inputs) {
    const std::string name = "n" + std::to_string(spec_.nodes.size());
    std::vector<Extent> extents;
    for (const int input : inputs) extents.push_back(extent_of(input));
    try {
      extent_ = infer_output(name, layer, extents);
    } catch (const Error&) {
      return false;
    }
    spec_.nodes.push_back({name, std::move(layer), std::move(inputs)});
    extents_.push_back(extent_);
    return true;
  }
  int last() const { return static_cast<int>(spec_.nodes.size()) - 1; }
  const Extent& extent_of(int node) const {
    return node == kNetInput ? spec_.input : extents_[static_cast<std::size_t>(node)];
  }

  Layer pointwise() {
    switch (rng_.below(6)) {
      case 0:
        return Silu{};
      case 1:
        return Tanh{};
      case 2:
        return Sigmoid{};
      case 3:
        return Dropout{0.3};
      case 4:
        return BatchNorm{1e-3, 0.1};
      default:
        return Relu{};
    }
  }

  Conv2d convolution() {
    Conv2d conv{.out_channels = pick(1, 12),
                .kernel = pick_size(1, 5),
                .stride = pick_size(1, 3),
                .padding = pick_size(0, 3),
                .bias = rng_.below(2) == 0};
    const std::int64_t groups = pick(1, extent_.channels);
    if (rng_.below(2) == 0 && extent_.channels % groups == 0) {
      conv.groups = groups;
      conv.out_channels = groups * pick(1, 3);
    }
    return conv;
  }

  Conv2d depthwise() {
    return {.out_channels = extent_.channels * (rng_.below(4) == 0 ? 2 : 1),
            .kernel = pick_size(1, 5),
            .stride = pick_size(1, 2),
            .padding = pick_size(0, 2),
            .groups = extent_.channels};
  }

  void add_convolution(const Conv2d& conv) {
    if (!add(conv)) return;
    if (rng_.below(2) == 0) add(BatchNorm{});
    if (rng_.below(2) == 0) add(Relu{});
  }

  // Two ways from here that meet again in a sum or side by side; sometimes three.
  void add_branches() {
    const int start = last();
    std::vector<int> ends{start};
    const Conv2d same{.out_channels = extent_.channels, .padding = {1, 1}, .bias = false};
    for (std::int64_t i = pick(1, 2); i > 0; --i) {
      add(same, {start});
      if (rng_.below(2) == 0) add(BatchNorm{});
      if (rng_.below(2) == 0) add(pointwise());
      ends.push_back(last());
    }
    rng_.below(2) == 0 ? add(Add{}, ends) : add(Concat{}, ends);
    if (rng_.below(2) == 0) add(Relu{});
  }

  void add_picture_layer() {
    switch (rng_.below(8)) {
      case 0:
        add(MaxPool{pick_size(1, 3), pick_size(1, 3), pick_size(0, 1)});
        break;
      case 1:
        add(AvgPool{pick_size(1, 3), pick_size(1, 3), pick_size(0, 1)});
        break;
      case 2:
        add(pointwise());
        break;
      case 3:
        add_convolution(depthwise());
        break;
      case 4:
      case 5:
        add_branches();
        break;
      default:
        add_convolution(convolution());
        break;
    }
  }

  void add_flat_layer() {
    const int start = last();
    switch (rng_.below(5)) {
      case 0:
        add(pointwise());
        break;
      case 1:
        add(Softmax{});
        break;
      case 2:
        add(Dense{pick(1, 20), rng_.below(2) == 0});
        add(Tanh{});
        add(Concat{}, {last(), start, last()});
        break;
      case 3:
        add(Dense{extent_.channels});
        add(Add{}, {start, last(), start});
        break;
      default:
        add(Dense{pick(1, 40)});
        add(BatchNorm{});
        add(Relu{});
        break;
    }
  }

  Rng rng_;
  NetSpec spec_;
  std::vector<Extent> extents_;
  Extent extent_;
};

}  // namespace pinwheel::test
