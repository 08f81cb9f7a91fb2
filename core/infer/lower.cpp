// How each layer is said in XNNPACK. What XNNPACK has no word for is said by a depthwise 1x1 convolution: a batch norm
// over pictures, and a pooling window that steps further than it reaches.
#include "infer/lower.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "nn/overload.h"
#include "nn/readers.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// The range that XNNPACK clamps a result to: everything, or what is left after a fused ReLU.
struct Range {
  float low = -kInfinity, high = kInfinity;
};

std::uint32_t u32(std::int64_t value) { return static_cast<std::uint32_t>(value); }

// Per channel: y = x*scale + shift.
struct Affine {
  std::vector<float> scale, shift;
};

// Writes one subgraph, layer by layer.
class Lowering {
 public:
  Lowering(const NetPart& part, const Params& params, XnnGraph& lowered, std::span<const int> watched)
      : spec_(part.spec),
        first_(part.first),
        params_(params),
        constants_(lowered.constants),
        watched_(watched),
        extents_(infer_shapes(part.spec)),
        values_(part.spec.nodes.size()) {
    const std::uint32_t externals = kFirstWatchedId + static_cast<std::uint32_t>(watched.size());
    check(xnn_create_subgraph(externals, /*flags=*/0, &graph_), "making the network");
    lowered.subgraph.reset(graph_);
    find_fusions();
    define_external(spec_.input, kInputId, XNN_VALUE_FLAG_EXTERNAL_INPUT);
    define_external(extents_.back(), kOutputId, XNN_VALUE_FLAG_EXTERNAL_OUTPUT);
    for (std::uint32_t k = 0; k < watched.size(); ++k) {
      define_external(extent_of(watched[k]), kFirstWatchedId + k, XNN_VALUE_FLAG_EXTERNAL_OUTPUT);
    }
  }

  void lower() {
    for (std::size_t i = 0; i < spec_.nodes.size(); ++i) lower_node(i);
  }

 private:
  static constexpr std::uint32_t kNone = XNN_INVALID_VALUE_ID;

  // A ReLU that alone reads a layer which can clamp becomes that layer's range.
  void find_fusions() {
    const std::vector<std::vector<std::size_t>> readers = readers_of(spec_);
    const auto is_watched = [&](int node) {
      return std::find(watched_.begin(), watched_.end(), node) != watched_.end();
    };
    fused_.assign(spec_.nodes.size(), false);
    ranges_.assign(spec_.nodes.size(), Range{});
    for (std::size_t i = 0; i < spec_.nodes.size(); ++i) {
      const int input = spec_.nodes[i].inputs.front();
      if (!std::holds_alternative<Relu>(spec_.nodes[i].layer) || input == kNetInput) continue;
      const auto before = static_cast<std::size_t>(input);
      if (readers[before].size() != 1 || is_watched(input) || !clamps(before)) continue;
      fused_[i] = true;
      ranges_[before].low = 0;
    }
  }

  bool clamps(std::size_t i) const {
    const Layer& layer = spec_.nodes[i].layer;
    return std::holds_alternative<Conv2d>(layer) || std::holds_alternative<Dense>(layer) ||
           std::holds_alternative<Add>(layer) || std::holds_alternative<BatchNorm>(layer);
  }

  void define_external(const Extent& extent, std::uint32_t id, std::uint32_t flags) {
    const auto dims = dims_of(extent, 1);
    std::uint32_t defined = kNone;
    check(xnn_define_tensor_value(graph_, xnn_datatype_fp32, dims.size(), dims.data(), nullptr, id, flags, &defined),
          "making the network");
  }

  std::uint32_t define_value(const std::vector<std::size_t>& dims, const float* data = nullptr) {
    std::uint32_t id = kNone;
    check(xnn_define_tensor_value(graph_, xnn_datatype_fp32, dims.size(), dims.data(), data, kNone, /*flags=*/0, &id),
          where_);
    return id;
  }
  std::uint32_t define_value(const Extent& extent) { return define_value(dims_of(extent, 1)); }
  // Where the layers that most networks and parts end in write: into the output itself, if they are the end.
  std::uint32_t result_of(std::size_t i) {
    const bool last = i + 1 == spec_.nodes.size() || (i + 2 == spec_.nodes.size() && fused_[i + 1]);
    return last ? kOutputId : define_value(extents_[i]);
  }

  std::uint32_t constant(const std::vector<std::size_t>& dims, std::span<const float> values) {
    return define_value(dims, constants_.keep(values));
  }

  const float* given(std::size_t node, ParamRole role) const {
    return params_.get(first_ + static_cast<int>(node), role);
  }

  std::uint32_t parameter(std::size_t node, ParamRole role, const std::vector<std::size_t>& dims) {
    const float* values = given(node, role);
    return values == nullptr ? kNone : define_value(dims, values);
  }

  std::uint32_t value_of(int node) const {
    return node == kNetInput ? kInputId : values_[static_cast<std::size_t>(node)];
  }
  const Extent& extent_of(int node) const { return pinwheel::extent_of(spec_, extents_, node); }
  std::uint32_t input_of(std::size_t i) const { return value_of(spec_.nodes[i].inputs.front()); }
  const Extent& input_extent(std::size_t i) const { return extent_of(spec_.nodes[i].inputs.front()); }

  void lower_node(std::size_t i) {
    where_ = "layer '" + spec_.nodes[i].name + "'";
    values_[i] = fused_[i] ? input_of(i) : lower_layer(i);
    // The last layer may be one that stands for another's value (a dropout, a flatten): that value is copied out.
    if (i + 1 == spec_.nodes.size() && values_[i] != kOutputId) {
      check(xnn_define_copy(graph_, values_[i], kOutputId, /*flags=*/0), where_);
    }
    for (std::uint32_t k = 0; k < watched_.size(); ++k) {
      if (watched_[k] != static_cast<int>(i)) continue;
      check(xnn_define_copy(graph_, values_[i], kFirstWatchedId + k, /*flags=*/0), where_);
    }
  }

  std::uint32_t lower_layer(std::size_t i) {
    return std::visit(Overload{
                          [&](const Conv2d& conv) { return lower_conv(i, conv); },
                          [&](const Dense& dense) { return lower_dense(i, dense); },
                          [&](const BatchNorm& norm) { return lower_batch_norm(i, norm); },
                          [&](const MaxPool& pool) { return lower_max_pool(i, pool); },
                          [&](const AvgPool& pool) { return lower_avg_pool(i, pool); },
                          [&](const GlobalAvgPool&) { return lower_global_avg_pool(i); },
                          [&](const Relu&) {
                            return unary(xnn_unary_clamp, input_of(i), extents_[i], {0, kInfinity});
                          },
                          [&](const Silu&) { return lower_silu(i); },
                          [&](const Tanh&) { return unary(xnn_unary_tanh, input_of(i), extents_[i]); },
                          [&](const Sigmoid&) { return unary(xnn_unary_sigmoid, input_of(i), extents_[i]); },
                          [&](const Softmax&) { return lower_softmax(i); },
                          [&](const Dropout&) { return input_of(i); },
                          [&](const Add&) { return lower_add(i); },
                          [&](const Concat&) { return lower_concat(i); },
                          [&](const Flatten&) { return lower_flatten(i); },
                      },
                      spec_.nodes[i].layer);
  }

  std::uint32_t lower_conv(std::size_t i, const Conv2d& conv) {
    const std::int64_t in = input_extent(i).channels / conv.groups, out = conv.out_channels / conv.groups;
    const auto o = static_cast<std::size_t>(conv.out_channels);
    const std::uint32_t filter = parameter(i, ParamRole::kWeight,
                                           {o, static_cast<std::size_t>(conv.kernel.height),
                                            static_cast<std::size_t>(conv.kernel.width), static_cast<std::size_t>(in)});
    const std::uint32_t bias = parameter(i, ParamRole::kBias, {o});
    const std::uint32_t output = result_of(i);
    check(xnn_define_convolution_2d(graph_, u32(conv.padding.height), u32(conv.padding.width), u32(conv.padding.height),
                                    u32(conv.padding.width), u32(conv.kernel.height), u32(conv.kernel.width),
                                    u32(conv.stride.height), u32(conv.stride.width), /*dilation_height=*/1,
                                    /*dilation_width=*/1, u32(conv.groups), static_cast<std::size_t>(in),
                                    static_cast<std::size_t>(out), ranges_[i].low, ranges_[i].high, input_of(i), filter,
                                    bias, output, /*flags=*/0),
          where_);
    return output;
  }

  std::uint32_t lower_dense(std::size_t i, const Dense& dense) {
    const auto o = static_cast<std::size_t>(dense.units);
    const std::uint32_t filter =
        parameter(i, ParamRole::kWeight, {o, static_cast<std::size_t>(input_extent(i).channels)});
    const std::uint32_t bias = parameter(i, ParamRole::kBias, {o});
    const std::uint32_t output = result_of(i);
    check(xnn_define_fully_connected(graph_, ranges_[i].low, ranges_[i].high, input_of(i), filter, bias, output,
                                     /*flags=*/0),
          where_);
    return output;
  }

  Affine affine_of(std::size_t i, const BatchNorm& norm) const {
    const float* gamma = given(i, ParamRole::kGamma);
    const float* beta = given(i, ParamRole::kBeta);
    const float* mean = given(i, ParamRole::kRunningMean);
    const float* var = given(i, ParamRole::kRunningVar);
    Affine affine;
    for (std::int64_t c = 0; c < extents_[i].channels; ++c) {
      const double scale = gamma[c] / std::sqrt(static_cast<double>(var[c]) + norm.eps);
      affine.scale.push_back(static_cast<float>(scale));
      affine.shift.push_back(static_cast<float>(beta[c] - mean[c] * scale));
    }
    return affine;
  }

  std::uint32_t lower_batch_norm(std::size_t i, const BatchNorm& norm) {
    const Affine affine = affine_of(i, norm);
    if (!extents_[i].flat) return per_channel(input_of(i), extents_[i], affine, {1, 1}, ranges_[i]);
    const std::vector<std::size_t> dims{affine.scale.size()};
    const std::uint32_t scaled =
        binary(xnn_binary_multiply, input_of(i), constant(dims, affine.scale), extents_[i], Range{});
    return binary(xnn_binary_add, scaled, constant(dims, affine.shift), extents_[i], ranges_[i]);
  }

  // A depthwise 1x1 convolution: scales and shifts every channel, and takes every stride-th place.
  std::uint32_t per_channel(std::uint32_t input, const Extent& out, const Affine& affine, const Size2& stride,
                            const Range& range) {
    const auto c = static_cast<std::size_t>(out.channels);
    const std::uint32_t filter = constant({c, 1, 1, 1}, affine.scale);
    const std::uint32_t bias = constant({c}, affine.shift);
    const std::uint32_t output = define_value(out);
    check(xnn_define_convolution_2d(graph_, 0, 0, 0, 0, /*kernel_height=*/1, /*kernel_width=*/1, u32(stride.height),
                                    u32(stride.width), /*dilation_height=*/1, /*dilation_width=*/1, u32(out.channels),
                                    /*group_input_channels=*/1, /*group_output_channels=*/1, range.low, range.high,
                                    input, filter, bias, output, /*flags=*/0),
          where_);
    return output;
  }

  std::uint32_t every_place(std::uint32_t input, const Extent& out, const Size2& stride) {
    const auto c = static_cast<std::size_t>(out.channels);
    return per_channel(input, out, {std::vector<float>(c, 1), std::vector<float>(c, 0)}, stride, Range{});
  }

  // XNNPACK knows no maximum over one place and no stride beyond the window; both are a maximum at every place, thinned
  // out.
  std::uint32_t lower_max_pool(std::size_t i, const MaxPool& pool) {
    const Extent& in = input_extent(i);
    if (pool.kernel == Size2{1, 1}) return every_place(input_of(i), extents_[i], pool.stride);
    if (pool.stride.height <= pool.kernel.height && pool.stride.width <= pool.kernel.width) {
      return max_pool(input_of(i), extents_[i], pool);
    }
    const Extent dense = Extent::image(in.height + 2 * pool.padding.height - pool.kernel.height + 1,
                                       in.width + 2 * pool.padding.width - pool.kernel.width + 1, in.channels);
    const std::uint32_t everywhere = max_pool(input_of(i), dense, {pool.kernel, {1, 1}, pool.padding});
    return every_place(everywhere, extents_[i], pool.stride);
  }

  std::uint32_t max_pool(std::uint32_t input, const Extent& out, const MaxPool& pool) {
    const std::uint32_t output = define_value(out);
    check(xnn_define_max_pooling_2d(graph_, u32(pool.padding.height), u32(pool.padding.width), u32(pool.padding.height),
                                    u32(pool.padding.width), u32(pool.kernel.height), u32(pool.kernel.width),
                                    u32(pool.stride.height), u32(pool.stride.width), /*dilation_height=*/1,
                                    /*dilation_width=*/1, -kInfinity, kInfinity, input, output, /*flags=*/0),
          where_);
    return output;
  }

  // XNNPACK leaves padded places out of the mean; ours count as zeros, so the zeros are written first.
  std::uint32_t lower_avg_pool(std::size_t i, const AvgPool& pool) {
    if (pool.kernel == Size2{1, 1}) return every_place(input_of(i), extents_[i], pool.stride);
    const std::uint32_t input = zero_padded(input_of(i), input_extent(i), pool.padding);
    const std::uint32_t output = define_value(extents_[i]);
    check(xnn_define_average_pooling_2d(graph_, 0, 0, 0, 0, u32(pool.kernel.height), u32(pool.kernel.width),
                                        u32(pool.stride.height), u32(pool.stride.width), -kInfinity, kInfinity, input,
                                        output, /*flags=*/0),
          where_);
    return output;
  }

  std::uint32_t zero_padded(std::uint32_t input, const Extent& in, const Size2& padding) {
    if (padding == Size2{0, 0}) return input;
    const std::array<std::size_t, 4> margin{0, static_cast<std::size_t>(padding.height),
                                            static_cast<std::size_t>(padding.width), 0};
    const std::uint32_t output =
        define_value(Extent::image(in.height + 2 * padding.height, in.width + 2 * padding.width, in.channels));
    check(xnn_define_static_constant_pad(graph_, margin.data(), margin.data(), /*padding_value=*/0, input, output,
                                         /*flags=*/0),
          where_);
    return output;
  }

  std::uint32_t lower_global_avg_pool(std::size_t i) {
    constexpr std::array<std::size_t, 2> kPlaces{1, 2};
    const std::uint32_t output = result_of(i);
    check(xnn_define_static_reduce(graph_, xnn_reduce_mean, kPlaces.size(), kPlaces.data(), input_of(i), output,
                                   /*flags=*/0),
          where_);
    return output;
  }

  std::uint32_t lower_silu(std::size_t i) {
    const std::uint32_t gate = unary(xnn_unary_sigmoid, input_of(i), extents_[i]);
    return binary(xnn_binary_multiply, input_of(i), gate, extents_[i], Range{});
  }

  std::uint32_t lower_softmax(std::size_t i) {
    const std::uint32_t output = define_value(extents_[i]);
    check(xnn_define_softmax(graph_, input_of(i), output, /*flags=*/0), where_);
    return output;
  }

  std::uint32_t lower_add(std::size_t i) {
    const std::vector<int>& inputs = spec_.nodes[i].inputs;
    std::uint32_t sum = value_of(inputs[0]);
    for (std::size_t k = 1; k < inputs.size(); ++k) {
      const bool last = k + 1 == inputs.size();
      sum = binary(xnn_binary_add, sum, value_of(inputs[k]), extents_[i], last ? ranges_[i] : Range{});
    }
    return sum;
  }

  std::uint32_t lower_concat(std::size_t i) {
    const std::vector<int>& inputs = spec_.nodes[i].inputs;
    std::uint32_t joined = value_of(inputs[0]);
    Extent extent = extent_of(inputs[0]);
    for (std::size_t k = 1; k < inputs.size(); ++k) {
      extent.channels += extent_of(inputs[k]).channels;
      const std::uint32_t output = define_value(extent);
      const std::int32_t channel_axis = extent.flat ? 1 : 3;
      check(xnn_define_concatenate2(graph_, channel_axis, joined, value_of(inputs[k]), output, /*flags=*/0), where_);
      joined = output;
    }
    return joined;
  }

  std::uint32_t lower_flatten(std::size_t i) {
    if (input_extent(i).flat) return input_of(i);
    const std::array<std::size_t, 2> shape{0,
                                           static_cast<std::size_t>(extents_[i].channels)};  // 0: whatever the batch is
    const std::uint32_t output = define_value(extents_[i]);
    check(xnn_define_static_reshape(graph_, shape.size(), shape.data(), input_of(i), output, /*flags=*/0), where_);
    return output;
  }

  std::uint32_t unary(xnn_unary_operator type, std::uint32_t input, const Extent& extent, const Range& range = {}) {
    xnn_unary_params params{};
    params.clamp.min = range.low;
    params.clamp.max = range.high;
    const std::uint32_t output = define_value(extent);
    check(xnn_define_unary(graph_, type, type == xnn_unary_clamp ? &params : nullptr, input, output, /*flags=*/0),
          where_);
    return output;
  }

  std::uint32_t binary(xnn_binary_operator type, std::uint32_t a, std::uint32_t b, const Extent& extent,
                       const Range& range) {
    const xnn_binary_params params{range.low, range.high};
    const std::uint32_t output = define_value(extent);
    check(xnn_define_binary(graph_, type, &params, a, b, output, /*flags=*/0), where_);
    return output;
  }

  const NetSpec& spec_;
  int first_;  // the number of the part's first node in the network that the parameters are of
  const Params& params_;
  Constants& constants_;
  std::span<const int> watched_;
  std::vector<Extent> extents_;
  std::vector<std::uint32_t> values_;  // XNNPACK's name for the output of every node
  std::vector<bool> fused_;            // this ReLU is the range of the layer that it reads
  std::vector<Range> ranges_;
  xnn_subgraph_t graph_ = nullptr;  // XnnGraph owns it
  std::string where_;               // opens messages
};

}  // namespace

XnnGraph lower(const NetPart& part, const Params& params, std::span<const int> watched) {
  XnnGraph graph;
  initialise_xnnpack();
  Lowering(part, params, graph, watched).lower();
  return graph;
}

}  // namespace pinwheel
