// Every rule that a layer's sizes must keep. Nothing here runs a network; what passes here can be run by both executors
// without another check.
#include "nn/shape_inference.h"

#include <algorithm>
#include <initializer_list>
#include <unordered_set>

#include "base/error.h"
#include "nn/overload.h"

namespace pinwheel {
namespace {

constexpr std::int64_t kMaxSide = std::int64_t{1} << 24;    // of any one size; keeps the products below inside 64 bits
constexpr std::int64_t kMaxFloats = std::int64_t{1} << 28;  // 1 GiB: all activations of one example, all weights
constexpr std::size_t kMaxLayers = 4096;

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  throw Error(ErrorCode::kInvalidArgument, "layer '" + name + "': " + why);
}

[[noreturn]] void refuse_size(const std::string& what) {
  throw Error(ErrorCode::kTooLarge,
              what + " would need more than 1 GiB of memory; make the network or its input smaller");
}

// Saturates just above kMaxFloats instead of overflowing; factors are at most kMaxSide.
std::int64_t product(std::initializer_list<std::int64_t> factors) {
  std::int64_t result = 1;
  for (const std::int64_t factor : factors) result = std::min(result * factor, kMaxFloats + 1);
  return result;
}

std::string pair_text(const Size2& size) { return std::to_string(size.height) + "x" + std::to_string(size.width); }

void check_at_least(const std::string& name, const char* what, std::int64_t value, std::int64_t least) {
  if (value >= least && value <= kMaxSide) return;
  refuse(name, std::string(what) + " is " + std::to_string(value) + "; it must be between " + std::to_string(least) +
                   " and " + std::to_string(kMaxSide));
}

void check_at_least(const std::string& name, const char* what, const Size2& size, std::int64_t least) {
  check_at_least(name, what, size.height, least);
  check_at_least(name, what, size.width, least);
}

void check_image(const std::string& name, const char* layer, const Extent& in) {
  if (!in.flat) return;
  refuse(name, std::string(layer) + " reads a picture (height x width x channels), not a flat list of " + in.text() +
                   "; place it before the flatten");
}

void check_flat(const std::string& name, const char* layer, const Extent& in) {
  if (in.flat) return;
  refuse(name, std::string(layer) + " reads a flat list of numbers, not " + in.text() +
                   "; place a flatten or a global average pooling before it");
}

// The places where a window fits, as in PyTorch: the last one that lies wholly inside the padded picture.
Extent slide(const std::string& name, const Extent& in, const Size2& kernel, const Size2& stride, const Size2& padding,
             std::int64_t channels) {
  check_at_least(name, "kernel", kernel, 1);
  check_at_least(name, "stride", stride, 1);
  check_at_least(name, "padding", padding, 0);
  const std::int64_t room_h = in.height + 2 * padding.height - kernel.height;
  const std::int64_t room_w = in.width + 2 * padding.width - kernel.width;
  if (room_h < 0 || room_w < 0) {
    const Size2 padded{in.height + 2 * padding.height, in.width + 2 * padding.width};
    const bool is_padded = padding.height > 0 || padding.width > 0;
    refuse(name, "a " + pair_text(kernel) + " kernel does not fit into " + pair_text(padded) +
                     (is_padded ? " (padding included)" : "") + "; use a smaller kernel or " +
                     (is_padded ? "more padding" : "padding"));
  }
  return Extent::image(room_h / stride.height + 1, room_w / stride.width + 1, channels);
}

Extent pool(const std::string& name, const char* layer, const Extent& in, const Size2& kernel, const Size2& stride,
            const Size2& padding) {
  check_image(name, layer, in);
  const Extent out = slide(name, in, kernel, stride, padding, in.channels);
  // Otherwise a window could lie wholly in the padding, where a maximum does not exist.
  if (2 * padding.height > kernel.height || 2 * padding.width > kernel.width) {
    refuse(name, "padding " + pair_text(padding) + " is more than half of the " + pair_text(kernel) + " window");
  }
  return out;
}

Extent conv_output(const std::string& name, const Conv2d& conv, const Extent& in) {
  check_image(name, "a convolution", in);
  check_at_least(name, "out_channels", conv.out_channels, 1);
  check_at_least(name, "groups", conv.groups, 1);
  if (in.channels % conv.groups != 0 || conv.out_channels % conv.groups != 0) {
    refuse(name, std::to_string(conv.groups) + " groups do not divide " + std::to_string(in.channels) +
                     " input channels and " + std::to_string(conv.out_channels) + " output channels");
  }
  return slide(name, in, conv.kernel, conv.stride, conv.padding, conv.out_channels);
}

Extent add_output(const std::string& name, const std::vector<Extent>& inputs) {
  for (const Extent& in : inputs) {
    if (in != inputs.front()) {
      refuse(name, "an add reads equal shapes, not " + inputs.front().text() + " and " + in.text());
    }
  }
  return inputs.front();
}

Extent concat_output(const std::string& name, const std::vector<Extent>& inputs) {
  Extent out = inputs.front();
  out.channels = 0;
  for (const Extent& in : inputs) {
    if (in.height != out.height || in.width != out.width || in.flat != out.flat) {
      refuse(name, "a concat reads equal heights and widths, not " + inputs.front().text() + " and " + in.text());
    }
    out.channels += in.channels;
  }
  check_at_least(name, "the number of channels", out.channels, 1);
  return out;
}

Extent batch_norm_output(const std::string& name, const BatchNorm& norm, const Extent& in) {
  // Written so that NaN fails too.
  if (!(norm.eps > 0 && norm.eps <= 1)) refuse(name, "eps must be greater than 0 and at most 1");
  if (!(norm.momentum >= 0 && norm.momentum <= 1)) refuse(name, "momentum must lie between 0 and 1");
  return in;
}

Extent dropout_output(const std::string& name, const Dropout& dropout, const Extent& in) {
  if (!(dropout.p >= 0 && dropout.p < 1)) refuse(name, "p must be at least 0 and less than 1");
  return in;
}

Extent dense_output(const std::string& name, const Dense& dense, const Extent& in) {
  check_flat(name, "a dense layer", in);
  check_at_least(name, "units", dense.units, 1);
  return Extent::vector(dense.units);
}

Extent global_pool_output(const std::string& name, const Extent& in) {
  check_image(name, "a global average pooling", in);
  return Extent::vector(in.channels);
}

Extent softmax_output(const std::string& name, const Extent& in) {
  check_flat(name, "a softmax", in);
  return in;
}

bool joins(const Layer& layer) { return std::holds_alternative<Add>(layer) || std::holds_alternative<Concat>(layer); }

void check_input_count(const std::string& name, const Layer& layer, std::size_t count) {
  if (joins(layer) ? count >= 2 : count == 1) return;
  refuse(name, std::string(layer_kind(layer)) + " needs " +
                   (joins(layer) ? "two or more inputs" : "exactly one input") + ", not " + std::to_string(count));
}

// Weights that take part in multiply-adds, for one place of the output.
std::int64_t weight_count(const Layer& layer, const Extent& in) {
  return std::visit(Overload{
                        [&](const Conv2d& c) {
                          return product({c.out_channels, c.kernel.height, c.kernel.width, in.channels / c.groups});
                        },
                        [&](const Dense& d) {
                          return product({d.units, in.channels});
                        },
                        [](const BatchNorm&) { return std::int64_t{0}; },
                        [](const MaxPool&) { return std::int64_t{0}; },
                        [](const AvgPool&) { return std::int64_t{0}; },
                        [](const GlobalAvgPool&) { return std::int64_t{0}; },
                        [](const Relu&) { return std::int64_t{0}; },
                        [](const Silu&) { return std::int64_t{0}; },
                        [](const Tanh&) { return std::int64_t{0}; },
                        [](const Sigmoid&) { return std::int64_t{0}; },
                        [](const Softmax&) { return std::int64_t{0}; },
                        [](const Dropout&) { return std::int64_t{0}; },
                        [](const Add&) { return std::int64_t{0}; },
                        [](const Concat&) { return std::int64_t{0}; },
                        [](const Flatten&) { return std::int64_t{0}; },
                    },
                    layer);
}

void check_extent(const std::string& what, const Extent& extent) {
  for (const std::int64_t side : {extent.height, extent.width, extent.channels}) {
    if (side < 1) throw Error(ErrorCode::kInvalidArgument, what + " is " + extent.text() + "; sizes must be positive");
    if (side > kMaxSide) refuse_size(what);
  }
  if (extent.flat && (extent.height != 1 || extent.width != 1)) {
    throw Error(ErrorCode::kInvalidArgument, what + " is flat but has height and width");
  }
  if (product({extent.height, extent.width, extent.channels}) > kMaxFloats) refuse_size(what);
}

std::vector<Extent> gather_inputs(const NetSpec& spec, const std::vector<Extent>& done, const Node& node) {
  std::vector<Extent> inputs;
  inputs.reserve(node.inputs.size());
  for (const int index : node.inputs) {
    if (index < kNetInput || index >= static_cast<int>(done.size())) {
      refuse(node.name, "input " + std::to_string(index) + " is not an earlier layer");
    }
    inputs.push_back(extent_of(spec, done, index));
  }
  return inputs;
}

void check_names(const NetSpec& spec) {
  std::unordered_set<std::string> seen{"input"};  // what the JSON form calls the network's input
  for (const Node& node : spec.nodes) {
    if (node.name.empty()) throw Error(ErrorCode::kInvalidArgument, "a layer has no name; every layer needs its own");
    if (!seen.insert(node.name).second) {
      refuse(node.name, node.name == "input" ? "this name means the network's input; choose another"
                                             : "two layers have this name; names must differ");
    }
  }
}

}  // namespace

Extent infer_output(const std::string& name, const Layer& layer, const std::vector<Extent>& inputs) {
  check_input_count(name, layer, inputs.size());
  const Extent& in = inputs.front();
  return std::visit(
      Overload{
          [&](const Conv2d& conv) { return conv_output(name, conv, in); },
          [&](const Dense& dense) { return dense_output(name, dense, in); },
          [&](const BatchNorm& norm) { return batch_norm_output(name, norm, in); },
          [&](const MaxPool& p) { return pool(name, "a max pooling", in, p.kernel, p.stride, p.padding); },
          [&](const AvgPool& p) { return pool(name, "an average pooling", in, p.kernel, p.stride, p.padding); },
          [&](const GlobalAvgPool&) { return global_pool_output(name, in); },
          [&](const Relu&) { return in; },
          [&](const Silu&) { return in; },
          [&](const Tanh&) { return in; },
          [&](const Sigmoid&) { return in; },
          [&](const Softmax&) { return softmax_output(name, in); },
          [&](const Dropout& dropout) { return dropout_output(name, dropout, in); },
          [&](const Add&) { return add_output(name, inputs); },
          [&](const Concat&) { return concat_output(name, inputs); },
          [&](const Flatten&) { return Extent::vector(in.size()); },
      },
      layer);
}

const Extent& extent_of(const NetSpec& spec, const std::vector<Extent>& extents, int node) {
  return node == kNetInput ? spec.input : extents[static_cast<std::size_t>(node)];
}

std::vector<Extent> infer_shapes(const NetSpec& spec) {
  check_extent("the network's input", spec.input);
  if (spec.nodes.empty()) throw Error(ErrorCode::kInvalidArgument, "the network has no layers; add at least one");
  if (spec.nodes.size() > kMaxLayers) {
    throw Error(ErrorCode::kTooLarge, "the network has " + std::to_string(spec.nodes.size()) + " layers; at most " +
                                          std::to_string(kMaxLayers) + " are possible");
  }
  check_names(spec);
  std::vector<Extent> extents;
  extents.reserve(spec.nodes.size());
  std::int64_t activations = spec.input.size(), weights = 0;
  for (const Node& node : spec.nodes) {
    const std::vector<Extent> inputs = gather_inputs(spec, extents, node);
    extents.push_back(infer_output(node.name, node.layer, inputs));
    const std::string what = "layer '" + node.name + "'";
    check_extent(what, extents.back());
    activations += extents.back().size();
    weights += weight_count(node.layer, inputs.front());
    if (activations > kMaxFloats || weights > kMaxFloats) refuse_size("the network up to " + what);
  }
  return extents;
}

Cost count_cost(const NetSpec& spec) {
  const std::vector<Extent> extents = infer_shapes(spec);
  std::vector<bool> has_weights_before(spec.nodes.size());  // of a node's output: does a gradient have to reach it?
  Cost cost;
  for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
    const Node& node = spec.nodes[i];
    const bool needs_input_gradient = std::any_of(node.inputs.begin(), node.inputs.end(), [&](int input) {
      return input != kNetInput && has_weights_before[static_cast<std::size_t>(input)];
    });
    const std::int64_t weights = weight_count(node.layer, extent_of(spec, extents, node.inputs.front()));
    const Extent& out = extents[i];
    const double flop = 2.0 * static_cast<double>(weights) * static_cast<double>(out.height * out.width);
    cost.forward_flop += flop;
    cost.training_flop += flop * (needs_input_gradient ? 3 : 2);
    has_weights_before[i] = needs_input_gradient || weights > 0 || std::holds_alternative<BatchNorm>(node.layer);
  }
  return cost;
}

}  // namespace pinwheel
