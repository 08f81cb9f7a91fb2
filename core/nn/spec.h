// What a network is: a list of named layers, each reading the output of earlier ones. A NetSpec is a plain value: it
// holds no weights, knows no kernel and cannot run. Shapes, parameters, execution, JSON and export are functions of it,
// each an exhaustive visitor over Layer without a default, so that a new layer does not compile until every room knows
// it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "tensor/tensor.h"

namespace pinwheel {

// Square or not, always (height, width).
struct Size2 {
  std::int64_t height = 1, width = 1;
  bool operator==(const Size2&) const = default;
};

// y[n,h,w,o] = bias[o] + sum x[n, h*stride+i-padding, w*stride+j-padding, c] * weight[o,i,j,c]; channels are split into
// `groups` equal parts (groups == in_channels: depthwise).
struct Conv2d {
  std::int64_t out_channels = 1;
  Size2 kernel{3, 3};
  Size2 stride{1, 1};
  Size2 padding{0, 0};
  std::int64_t groups = 1;
  bool bias = true;
  bool operator==(const Conv2d&) const = default;
};

// y[n,o] = bias[o] + sum_i x[n,i] * weight[o,i]. Reads a flat extent.
struct Dense {
  std::int64_t units = 1;
  bool bias = true;
  bool operator==(const Dense&) const = default;
};

// Ioffe & Szegedy 2015; per channel, over N,H,W for images (2-d) and over N for vectors (1-d). Training normalises with
// the biased batch variance; running_var keeps the unbiased one: running = (1-momentum)*running + momentum*batch.
struct BatchNorm {
  double eps = 1e-5;
  double momentum = 0.1;
  bool operator==(const BatchNorm&) const = default;
};

struct MaxPool {
  Size2 kernel{2, 2}, stride{2, 2}, padding{0, 0};  // padded places never win
  bool operator==(const MaxPool&) const = default;
};

struct AvgPool {
  Size2 kernel{2, 2}, stride{2, 2}, padding{0, 0};  // padded places count as zeros (PyTorch's count_include_pad)
  bool operator==(const AvgPool&) const = default;
};

struct GlobalAvgPool {  // [H,W,C] → [C]
  bool operator==(const GlobalAvgPool&) const = default;
};
struct Relu {
  bool operator==(const Relu&) const = default;
};
struct Silu {  // x * sigmoid(x)
  bool operator==(const Silu&) const = default;
};
struct Tanh {
  bool operator==(const Tanh&) const = default;
};
struct Sigmoid {
  bool operator==(const Sigmoid&) const = default;
};
struct Softmax {  // over the channels of a flat extent
  bool operator==(const Softmax&) const = default;
};
struct Dropout {  // keeps with probability 1-p and divides by it; the identity in evaluation
  double p = 0.5;
  bool operator==(const Dropout&) const = default;
};
struct Add {  // two or more inputs of one extent
  bool operator==(const Add&) const = default;
};
struct Concat {  // along channels; equal height and width
  bool operator==(const Concat&) const = default;
};
struct Flatten {  // [H,W,C] → [H*W*C], a view in memory; files use PyTorch's C,H,W order (see nn/torch_layout)
  bool operator==(const Flatten&) const = default;
};

using Layer = std::variant<Conv2d, Dense, BatchNorm, MaxPool, AvgPool, GlobalAvgPool, Relu, Silu, Tanh, Sigmoid,
                           Softmax, Dropout, Add, Concat, Flatten>;

inline constexpr int kNetInput = -1;

struct Node {
  std::string name;  // unique; parameters are "<name>.weight"; PyTorch-style ("features.0")
  Layer layer;
  std::vector<int> inputs;  // indices of earlier nodes, or kNetInput
  bool operator==(const Node&) const = default;
};

struct NetSpec {
  Extent input;             // flat for perceptrons
  std::vector<Node> nodes;  // in execution order; the last one is the output
  bool operator==(const NetSpec&) const = default;
};

// The layer's kind as files and people call it: "conv2d", "batch_norm", …
const char* layer_kind(const Layer& layer);

// Builds a spec line by line:  NetBuilder b(Extent::image(64,64,3)); b.add("conv1", Conv2d{16}); b.add("relu1",
// Relu{}); `add` without inputs reads the node before it; the returned index is for branches.
class NetBuilder {
 public:
  explicit NetBuilder(const Extent& input) { spec_.input = input; }
  int add(std::string name, Layer layer);
  int add(std::string name, Layer layer, std::vector<int> inputs);
  int last() const { return static_cast<int>(spec_.nodes.size()) - 1; }
  NetSpec build() &&;  // checks the whole (infer_shapes) and throws Error when it cannot work

 private:
  NetSpec spec_;
};

}  // namespace pinwheel
