// How each layer is said in XNNPACK. What XNNPACK has no word for is said by a depthwise 1x1 convolution: a batch norm
// over pictures, and a pooling window that steps further than it reaches.
#include "infer/lower.h"

#include <xnnpack.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "nn/overload.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::uint32_t kInputId = 0, kOutputId = 1, kFirstWatchedId = 2;
constexpr std::size_t kExtraFloats = (XNN_EXTRA_BYTES + sizeof(float) - 1) / sizeof(float);

// The range that XNNPACK clamps a result to: everything, or what is left after a fused ReLU.
struct Range {
  float low = -kInfinity, high = kInfinity;
};

const char* status_text(xnn_status status) {
  switch (status) {
    case xnn_status_out_of_memory:
      return "out of memory";
    case xnn_status_unsupported_hardware:
      return "this processor is not supported";
    case xnn_status_unsupported_parameter:
      return "unsupported parameter";
    case xnn_status_invalid_parameter:
      return "invalid parameter";
    default:
      return "refused";
  }
}

void check(xnn_status status, const std::string& what) {
  if (status == xnn_status_success) return;
  const bool memory = status == xnn_status_out_of_memory;
  throw Error(memory ? ErrorCode::kTooLarge : ErrorCode::kInternal, what + ": XNNPACK says: " + status_text(status));
}

void initialise_library() {
  static const xnn_status status = xnn_initialize(/*allocator=*/nullptr);
  check(status, "starting XNNPACK");
}

std::vector<std::size_t> dims_of(const Extent& extent, std::int64_t batch) {
  const auto n = static_cast<std::size_t>(batch), c = static_cast<std::size_t>(extent.channels);
  if (extent.flat) return {n, c};
  return {n, static_cast<std::size_t>(extent.height), static_cast<std::size_t>(extent.width), c};
}

std::uint32_t u32(std::int64_t value) { return static_cast<std::uint32_t>(value); }

// Constant tensors that XNNPACK reads at every run, with the few readable floats that its vector loads need behind the
// end.
class Constants {
 public:
  template <typename Values>
  const float* keep(const Values& values) {
    FloatBuffer& buffer = kept_.emplace_back(values.size() + kExtraFloats);
    std::copy(values.begin(), values.end(), buffer.begin());
    return buffer.data();
  }

 private:
  std::list<FloatBuffer> kept_;
};

// Per channel: y = x*scale + shift.
struct Affine {
  std::vector<float> scale, shift;
};

// Writes one subgraph, layer by layer.
class Lowering {
 public:
  Lowering(const NetSpec& spec, const Params& params, Constants& constants, std::span<const int> watched)
      : spec_(spec),
        params_(params),
        constants_(constants),
        watched_(watched),
        extents_(infer_shapes(spec)),
        values_(spec.nodes.size()) {
    const std::uint32_t externals = kFirstWatchedId + static_cast<std::uint32_t>(watched.size());
    check(xnn_create_subgraph(externals, /*flags=*/0, &graph_), "making the network");
    find_fusions();
    define_external(spec.input, kInputId, XNN_VALUE_FLAG_EXTERNAL_INPUT);
    define_external(extents_.back(), kOutputId, XNN_VALUE_FLAG_EXTERNAL_OUTPUT);
    for (std::uint32_t k = 0; k < watched.size(); ++k) {
      define_external(extent_of(watched[k]), kFirstWatchedId + k, XNN_VALUE_FLAG_EXTERNAL_OUTPUT);
    }
  }
  ~Lowering() { xnn_delete_subgraph(graph_); }
  Lowering(const Lowering&) = delete;
  Lowering& operator=(const Lowering&) = delete;

  xnn_subgraph_t lower() {
    for (std::size_t i = 0; i < spec_.nodes.size(); ++i) lower_node(i);
    return graph_;
  }

 private:
  static constexpr std::uint32_t kNone = XNN_INVALID_VALUE_ID;

  // A ReLU that alone reads a layer which can clamp becomes that layer's range.
  void find_fusions() {
    std::vector<int> readers(spec_.nodes.size(), 0);
    for (const Node& node : spec_.nodes) {
      for (const int input : node.inputs) {
        if (input != kNetInput) ++readers[static_cast<std::size_t>(input)];
      }
    }
    for (const int node : watched_) ++readers[static_cast<std::size_t>(node)];
    fused_.assign(spec_.nodes.size(), false);
    ranges_.assign(spec_.nodes.size(), Range{});
    for (std::size_t i = 0; i < spec_.nodes.size(); ++i) {
      const int input = spec_.nodes[i].inputs.front();
      if (!std::holds_alternative<Relu>(spec_.nodes[i].layer) || input == kNetInput) continue;
      const auto before = static_cast<std::size_t>(input);
      if (readers[before] != 1 || !clamps(before)) continue;
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

  std::uint32_t constant(const std::vector<std::size_t>& dims, std::span<const float> values) {
    return define_value(dims, constants_.keep(values));
  }

  std::uint32_t parameter(std::size_t node, ParamRole role, const std::vector<std::size_t>& dims) {
    const float* values = params_.get(static_cast<int>(node), role);
    return values == nullptr ? kNone : define_value(dims, values);
  }

  std::uint32_t value_of(int node) const {
    return node == kNetInput ? kInputId : values_[static_cast<std::size_t>(node)];
  }
  const Extent& extent_of(int node) const {
    return node == kNetInput ? spec_.input : extents_[static_cast<std::size_t>(node)];
  }
  std::uint32_t input_of(std::size_t i) const { return value_of(spec_.nodes[i].inputs.front()); }
  const Extent& input_extent(std::size_t i) const { return extent_of(spec_.nodes[i].inputs.front()); }

  void lower_node(std::size_t i) {
    where_ = "layer '" + spec_.nodes[i].name + "'";
    values_[i] = fused_[i] ? input_of(i) : lower_layer(i);
    // The last layer may be one that stands for another's value (a fused ReLU, a dropout), so its value is copied out.
    if (i + 1 == spec_.nodes.size()) check(xnn_define_copy(graph_, values_[i], kOutputId, /*flags=*/0), where_);
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
    const std::uint32_t output = define_value(extents_[i]);
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
    const std::uint32_t output = define_value(extents_[i]);
    check(xnn_define_fully_connected(graph_, ranges_[i].low, ranges_[i].high, input_of(i), filter, bias, output,
                                     /*flags=*/0),
          where_);
    return output;
  }

  Affine affine_of(std::size_t i, const BatchNorm& norm) const {
    const int node = static_cast<int>(i);
    const float* gamma = params_.get(node, ParamRole::kGamma);
    const float* beta = params_.get(node, ParamRole::kBeta);
    const float* mean = params_.get(node, ParamRole::kRunningMean);
    const float* var = params_.get(node, ParamRole::kRunningVar);
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
    const std::uint32_t output = define_value(extents_[i]);
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
  const Params& params_;
  Constants& constants_;
  std::span<const int> watched_;
  std::vector<Extent> extents_;
  std::vector<std::uint32_t> values_;  // XNNPACK's name for the output of every node
  std::vector<bool> fused_;            // this ReLU is the range of the layer that it reads
  std::vector<Range> ranges_;
  xnn_subgraph_t graph_ = nullptr;
  std::string where_;  // opens messages
};

struct DeleteRuntime {
  void operator()(xnn_runtime_t runtime) const { xnn_delete_runtime(runtime); }
};

}  // namespace

struct XnnNetwork::Impl {
  Impl(const NetSpec& spec, const Params& params, const ThreadPool& pool, const std::vector<int>& watched)
      : input(spec.input), output(infer_shapes(spec).back()) {
    initialise_library();
    const std::vector<Extent> extents = infer_shapes(spec);
    for (const int node : watched) watched_extents.push_back(extents[static_cast<std::size_t>(node)]);
    Lowering lowering(spec, params, constants, watched);
    xnn_runtime_t made = nullptr;
    check(xnn_create_runtime_v2(lowering.lower(), pool.handle(), /*flags=*/0, &made), "preparing the network");
    runtime.reset(made);
  }

  void reshape(std::int64_t count) {
    if (count == batch) return;
    batch = 0;  // until all of it has worked
    const auto dims = dims_of(input, count);
    check(xnn_reshape_external_value(runtime.get(), kInputId, dims.size(), dims.data()), "changing the batch size");
    check(xnn_reshape_runtime(runtime.get()), "changing the batch size");
    padded_input = FloatBuffer(static_cast<std::size_t>(count * input.size()) + kExtraFloats);
    watched_outputs.clear();
    for (const Extent& extent : watched_extents) {
      watched_outputs.emplace_back(static_cast<std::size_t>(count * extent.size()));
    }
    batch = count;
  }

  void run(std::span<const float> in, std::int64_t count, std::span<float> out) {
    if (count < 1 || static_cast<std::int64_t>(in.size()) != count * input.size() ||
        static_cast<std::int64_t>(out.size()) != count * output.size()) {
      throw Error(ErrorCode::kInternal, "the network got " + std::to_string(in.size()) + " numbers for " +
                                            std::to_string(count) + " inputs of " + input.text());
    }
    reshape(count);
    std::copy(in.begin(), in.end(), padded_input.begin());
    std::vector<xnn_external_value> externals{{kInputId, padded_input.data()}, {kOutputId, out.data()}};
    for (std::uint32_t k = 0; k < watched_outputs.size(); ++k) {
      externals.push_back({kFirstWatchedId + k, watched_outputs[k].data()});
    }
    check(xnn_setup_runtime_v2(runtime.get(), externals.size(), externals.data()), "running the network");
    check(xnn_invoke_runtime(runtime.get()), "running the network");
  }

  Extent input, output;
  Constants constants;  // outlives the runtime that reads it
  std::unique_ptr<xnn_runtime, DeleteRuntime> runtime;
  std::int64_t batch = 0;
  FloatBuffer padded_input;  // [batch, input], and the floats that XNNPACK's vector loads may touch behind it
  std::vector<Extent> watched_extents;
  std::vector<FloatBuffer> watched_outputs;  // each [batch, extent]
};

XnnNetwork::XnnNetwork(const NetSpec& spec, const Params& params, const ThreadPool& pool,
                       const std::vector<int>& watched)
    : impl_(std::make_unique<Impl>(spec, params, pool, watched)) {}
XnnNetwork::~XnnNetwork() = default;
XnnNetwork::XnnNetwork(XnnNetwork&&) noexcept = default;

void XnnNetwork::run(std::span<const float> input, std::int64_t batch, std::span<float> output) {
  impl_->run(input, batch, output);
}

std::span<const float> XnnNetwork::watched(std::size_t i) const { return impl_->watched_outputs[i]; }

}  // namespace pinwheel
