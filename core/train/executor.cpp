// Two exhaustive visitors over Layer, one forward and one backward, over the buffers that plan.h laid out. The
// arithmetic is in kernels/; here is only which buffer goes where.
#include "train/executor.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <type_traits>

#include "base/error.h"
#include "kernels/kernels.h"
#include "nn/shape_inference.h"
#include "train/plan.h"

namespace pinwheel {
namespace {

constexpr std::size_t kRoles = 6;  // alternatives of ParamRole

// What a node keeps between forward and backward besides its output.
struct NodeMemory {
  std::array<std::ptrdiff_t, kRoles> offset{-1, -1, -1, -1, -1, -1};  // into Params::values; -1: no such parameter
  FloatBuffer mask;                                                   // Dropout [max_batch, extent]
  FloatBuffer mean, inv_std;                                          // BatchNorm [C]
  FloatBuffer dy;                                                     // Dense, of one example [units]
  std::vector<std::int32_t> argmax;                                   // MaxPool [max_batch, OH, OW, C]
};

std::vector<FloatBuffer> allocate(const std::vector<std::int64_t>& capacity, std::int64_t max_batch) {
  std::vector<FloatBuffer> buffers;
  for (const std::int64_t floats : capacity) buffers.emplace_back(static_cast<std::size_t>(floats * max_batch));
  return buffers;
}

}  // namespace

struct Executor::Impl {
  NetSpec spec;
  std::vector<Extent> extents;
  ParamLayout layout;
  std::int64_t max_batch;
  kernels::Context context;
  ActivationPlan activation_plan;
  std::vector<FloatBuffer> activations;
  std::vector<NodeMemory> memory;
  FloatBuffer input;  // a copy: backward reads it long after the caller's span may be gone
  struct Gradients {
    GradientPlan plan;
    std::vector<FloatBuffer> buffers;
  };
  Gradients gradients;                       // by parameters alone
  std::optional<Gradients> input_gradients;  // by parameters and input; made when first asked for
  std::int64_t batch = 0;
  bool trained = false;    // the last forward pass was forward_train: backward may follow
  FloatBuffer statistics;  // running ones after it, [layout.total - layout.trainable]: a pass may never be finished

  struct Walk {                      // the pass under way
    const float* values = nullptr;   // [layout.total]
    std::size_t next = 0, end = 0;   // nodes forward, steps of the gradient plan backward
    std::optional<Rng> dropout;      // forward in training
    Gradients* gradients = nullptr;  // backward
    float *dparams = nullptr, *dinput = nullptr;
    bool products = false;  // of a batch of one: dense layers keep theirs
  };
  Walk walk;
  std::vector<RankOneGradient> products;  // of the last backward pass

  Impl(const NetSpec& spec_, std::int64_t max_batch_, const ThreadPool& pool, bool keep_all)
      : spec(spec_),
        extents(infer_shapes(spec_)),
        layout(layout_params(spec_)),
        max_batch(max_batch_),
        context(pool),
        activation_plan(plan_activations(spec, extents, keep_all)),
        activations(allocate(activation_plan.capacity, max_batch)),
        memory(spec.nodes.size()),
        input(floats(kNetInput, max_batch)),
        gradients(make_gradients(false)),
        statistics(layout.total - layout.trainable) {
    for (const ParamSlot& slot : layout.slots) {
      node_memory(slot.node).offset[static_cast<std::size_t>(slot.role)] = static_cast<std::ptrdiff_t>(slot.offset);
    }
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) allocate_memory(static_cast<int>(i));
  }

  Gradients make_gradients(bool want_input) const {
    Gradients made{plan_gradients(spec, extents, want_input), {}};
    made.buffers = allocate(made.plan.capacity, max_batch);
    return made;
  }

  void allocate_memory(int i) {
    const Layer& layer = spec.nodes[static_cast<std::size_t>(i)].layer;
    NodeMemory& m = node_memory(i);
    const auto channels = static_cast<std::size_t>(extent(i).channels);
    if (std::holds_alternative<Dropout>(layer)) m.mask = FloatBuffer(floats(i, max_batch));
    if (std::holds_alternative<MaxPool>(layer)) m.argmax.resize(floats(i, max_batch));
    if (std::holds_alternative<Dense>(layer)) m.dy = FloatBuffer(floats(i, 1));
    if (std::holds_alternative<BatchNorm>(layer)) {
      m.mean = FloatBuffer(channels);
      m.inv_std = FloatBuffer(channels);
    }
  }

  NodeMemory& node_memory(int i) { return memory[static_cast<std::size_t>(i)]; }
  const Extent& extent(int i) const { return i == kNetInput ? spec.input : extents[static_cast<std::size_t>(i)]; }
  std::size_t floats(int i, std::int64_t n) const { return static_cast<std::size_t>(n * extent(i).size()); }

  float* value(int i) {
    if (i == kNetInput) return input.data();
    return activations[static_cast<std::size_t>(activation_plan.buffer[static_cast<std::size_t>(i)])].data();
  }

  void check_forward(const Params& params, std::span<const float> given, std::int64_t n) const {
    if (n < 1 || n > max_batch) {
      throw Error(ErrorCode::kInvalidArgument, "[executor] a batch of " + std::to_string(n) +
                                                   " does not fit an executor made for 1 to " +
                                                   std::to_string(max_batch) + " examples");
    }
    if (given.size() != floats(kNetInput, n)) {
      throw Error(ErrorCode::kInvalidArgument, "[executor] " + std::to_string(given.size()) + " input values for " +
                                                   std::to_string(n) + " examples of " + spec.input.text());
    }
    check_parameters(params);
  }
  void check_parameters(const Params& params) const {
    if (params.values.size() == layout.total) return;
    throw Error(ErrorCode::kInvalidArgument, "[executor] these parameters (" + std::to_string(params.values.size()) +
                                                 " values) belong to another network (" + std::to_string(layout.total) +
                                                 " values)");
  }

  std::span<const float> logits() {
    const int last = static_cast<int>(spec.nodes.size()) - 1;
    return {value(last), floats(last, batch)};
  }
  void start_forward(const Params& params, std::span<const float> given, std::int64_t n, std::optional<Rng> dropout);
  void start_backward(const float* values, std::span<const float> doutput, std::span<float> dparams,
                      std::span<float> dinput, bool keep_products);
  bool advance();
  void forward(int node);
  void backward(const GradientStep& step);
};

namespace {

kernels::ConvDims conv_dims(const Conv2d& l, const Extent& in, const Extent& out, std::int64_t n) {
  return {n,
          in.height,
          in.width,
          in.channels,
          out.height,
          out.width,
          out.channels,
          l.kernel.height,
          l.kernel.width,
          l.stride.height,
          l.stride.width,
          l.padding.height,
          l.padding.width,
          l.groups};
}

template <typename Pool>
kernels::PoolDims pool_dims(const Pool& l, const Extent& in, const Extent& out, std::int64_t n) {
  return {n,
          in.height,
          in.width,
          in.channels,
          out.height,
          out.width,
          l.kernel.height,
          l.kernel.width,
          l.stride.height,
          l.stride.width,
          l.padding.height,
          l.padding.width};
}

// Each example of each dropout layer draws from its own stream: the mask does not depend on threads or batch size.
void draw_mask(const ThreadPool& pool, float* mask /*[n,size]*/, std::int64_t n, std::int64_t size, double p,
               const Rng& rng) {
  const auto threshold = static_cast<std::uint64_t>(p * 4294967296.0);
  const float kept = static_cast<float>(1.0 / (1.0 - p));
  pool.for_each(static_cast<std::size_t>(n), [&](std::size_t example) {
    Rng stream = rng.child(example);
    float* row = mask + static_cast<std::int64_t>(example) * size;
    for (std::int64_t j = 0; j < size; ++j) row[j] = stream.next_u32() >= threshold ? kept : 0.0F;
  });
}

template <typename Impl>
struct ForwardPass {
  Impl& net;
  const float* values;  // [layout.total]
  float* running;       // [layout.total - layout.trainable], writable; null in evaluation
  const Rng* dropout;   // null in evaluation
  int i;                // the node

  const Node& node() const { return net.spec.nodes[static_cast<std::size_t>(i)]; }
  NodeMemory& memory() const { return net.node_memory(i); }
  kernels::Context& ctx() const { return net.context; }
  const Extent& out() const { return net.extent(i); }
  const Extent& in() const { return net.extent(node().inputs[0]); }
  float* y() const { return net.value(i); }
  const float* x(std::size_t k = 0) const { return net.value(node().inputs[k]); }
  std::int64_t n() const { return net.batch; }
  std::int64_t size() const { return n() * out().size(); }
  std::int64_t rows() const { return n() * out().height * out().width; }
  const float* parameter(ParamRole role) const {
    const std::ptrdiff_t offset = memory().offset[static_cast<std::size_t>(role)];
    return offset < 0 ? nullptr : values + offset;
  }
  float* statistic(ParamRole role) const {  // behind everything that is trained
    return running +
           (memory().offset[static_cast<std::size_t>(role)] - static_cast<std::ptrdiff_t>(net.layout.trainable));
  }

  void operator()(const Conv2d& l) const {
    kernels::conv2d_forward(ctx(), y(), x(), parameter(ParamRole::kWeight), parameter(ParamRole::kBias),
                            conv_dims(l, in(), out(), n()));
  }
  void operator()(const Dense& l) const {
    kernels::dense_forward(ctx(), y(), x(), parameter(ParamRole::kWeight), parameter(ParamRole::kBias), n(),
                           in().size(), l.units);
  }
  void operator()(const BatchNorm& l) const {
    const auto eps = static_cast<float>(l.eps);
    const float *gamma = parameter(ParamRole::kGamma), *beta = parameter(ParamRole::kBeta);
    if (running == nullptr) {
      kernels::batch_norm_forward_eval(ctx(), y(), x(), gamma, beta, parameter(ParamRole::kRunningMean),
                                       parameter(ParamRole::kRunningVar), rows(), out().channels, eps);
    } else {
      kernels::batch_norm_forward_train(ctx(), y(), memory().mean.data(), memory().inv_std.data(),
                                        statistic(ParamRole::kRunningMean), statistic(ParamRole::kRunningVar), x(),
                                        gamma, beta, rows(), out().channels, eps, static_cast<float>(l.momentum));
    }
  }
  void operator()(const MaxPool& l) const {
    kernels::max_pool_forward(ctx(), y(), memory().argmax.data(), x(), pool_dims(l, in(), out(), n()));
  }
  void operator()(const AvgPool& l) const {
    kernels::avg_pool_forward(ctx(), y(), x(), pool_dims(l, in(), out(), n()));
  }
  void operator()(const GlobalAvgPool&) const {
    kernels::global_avg_pool_forward(ctx(), y(), x(), n(), in().height * in().width, in().channels);
  }
  void operator()(const Relu&) const { kernels::relu_forward(ctx(), y(), x(), size()); }
  void operator()(const Silu&) const { kernels::silu_forward(ctx(), y(), x(), size()); }
  void operator()(const Tanh&) const { kernels::tanh_forward(ctx(), y(), x(), size()); }
  void operator()(const Sigmoid&) const { kernels::sigmoid_forward(ctx(), y(), x(), size()); }
  void operator()(const Softmax&) const { kernels::softmax_forward(ctx(), y(), x(), rows(), out().channels); }
  void operator()(const Dropout& l) const {
    if (dropout == nullptr) {
      if (y() != x()) std::copy_n(x(), size(), y());
      return;
    }
    draw_mask(ctx().pool(), memory().mask.data(), n(), out().size(), l.p,
              dropout->child(static_cast<std::uint64_t>(i)));
    kernels::multiply(ctx(), y(), x(), memory().mask.data(), size());
  }
  void operator()(const Add&) const {
    kernels::add(ctx(), y(), x(0), x(1), size());
    for (std::size_t k = 2; k < node().inputs.size(); ++k) kernels::accumulate(ctx(), y(), x(k), size());
  }
  void operator()(const Concat&) const {
    std::int64_t offset = 0;
    for (std::size_t k = 0; k < node().inputs.size(); ++k) {
      const std::int64_t channels = net.extent(node().inputs[k]).channels;
      kernels::copy_columns_in(ctx(), y(), x(k), rows(), channels, offset, out().channels);
      offset += channels;
    }
  }
  void operator()(const Flatten&) const {
    if (y() != x()) std::copy_n(x(), size(), y());  // only of the network's input; otherwise a view
  }
};

template <typename Impl>
struct BackwardPass {
  Impl& net;
  const float* values;  // [layout.total]
  float* dparams;       // [layout.trainable]
  const GradientStep& step;
  std::vector<FloatBuffer>& buffers;
  float* dinput;

  const Node& node() const { return net.spec.nodes[static_cast<std::size_t>(step.node)]; }
  NodeMemory& memory() const { return net.node_memory(step.node); }
  kernels::Context& ctx() const { return net.context; }
  const Extent& out() const { return net.extent(step.node); }
  const Extent& in() const { return net.extent(node().inputs[0]); }
  const float* y() const { return net.value(step.node); }
  const float* x() const { return net.value(node().inputs[0]); }
  std::int64_t n() const { return net.batch; }
  std::int64_t size() const { return n() * out().size(); }
  std::int64_t rows() const { return n() * out().height * out().width; }
  float* buffer(int index) const {
    return index == kCallersBuffer ? dinput : buffers[static_cast<std::size_t>(index)].data();
  }
  const float* dy() const { return buffer(step.dy); }
  bool wanted(std::size_t k = 0) const { return step.writes[k].buffer != kNotWanted; }
  float* dx(std::size_t k = 0) const { return buffer(step.writes[k].via); }
  const float* parameter(ParamRole role) const {
    const std::ptrdiff_t offset = memory().offset[static_cast<std::size_t>(role)];
    return offset < 0 ? nullptr : values + offset;
  }
  float* dparameter(ParamRole role) const {
    const std::ptrdiff_t offset = memory().offset[static_cast<std::size_t>(role)];
    return offset < 0 ? nullptr : dparams + offset;
  }

  // y = bias + x * weight (convolution)
  void operator()(const Conv2d& l) const {
    const kernels::ConvDims dims = conv_dims(l, in(), out(), n());
    kernels::conv2d_backward_weight(ctx(), dparameter(ParamRole::kWeight), dparameter(ParamRole::kBias), dy(), x(),
                                    dims);
    if (wanted()) kernels::conv2d_backward_input(ctx(), dx(), dy(), parameter(ParamRole::kWeight), dims);
  }
  // y[n,o] = bias[o] + sum_i x[n,i] weight[o,i]
  void operator()(const Dense& l) const {
    net.walk.products ? keep_product() : write_weight_gradient(l);
    if (wanted()) {
      kernels::dense_backward_input(ctx(), dx(), dy(), parameter(ParamRole::kWeight), n(), in().size(), l.units);
    }
  }
  void write_weight_gradient(const Dense& l) const {
    kernels::dense_backward_weight(ctx(), dparameter(ParamRole::kWeight), dparameter(ParamRole::kBias), dy(), x(), n(),
                                   in().size(), l.units);
  }
  // The buffer of dy is used again by the layers before this one; x stays.
  void keep_product() const {
    const auto outputs = static_cast<std::size_t>(out().size());
    std::copy_n(dy(), outputs, memory().dy.data());
    if (float* dbias = dparameter(ParamRole::kBias)) std::copy_n(dy(), outputs, dbias);
    const auto offset = static_cast<std::size_t>(memory().offset[static_cast<std::size_t>(ParamRole::kWeight)]);
    net.products.insert(net.products.begin(),
                        {offset, {memory().dy.data(), outputs}, {x(), static_cast<std::size_t>(in().size())}});
  }
  // y = gamma * (x - mean) * inv_std + beta
  void operator()(const BatchNorm&) const {
    // The kernel makes dx along with the sums; where nobody wants it, the plan has given it a place all the same.
    kernels::batch_norm_backward(ctx(), dx(), dparameter(ParamRole::kGamma), dparameter(ParamRole::kBeta), dy(), x(),
                                 parameter(ParamRole::kGamma), memory().mean.data(), memory().inv_std.data(), rows(),
                                 out().channels);
  }
  // y = max of the window
  void operator()(const MaxPool& l) const {
    if (wanted()) {
      kernels::max_pool_backward(ctx(), dx(), dy(), memory().argmax.data(), pool_dims(l, in(), out(), n()));
    }
  }
  // y = sum of the window / (kh*kw)
  void operator()(const AvgPool& l) const {
    if (wanted()) kernels::avg_pool_backward(ctx(), dx(), dy(), pool_dims(l, in(), out(), n()));
  }
  // y = sum over the plane / (h*w)
  void operator()(const GlobalAvgPool&) const {
    if (wanted()) {
      kernels::global_avg_pool_backward(ctx(), dx(), dy(), n(), in().height * in().width, in().channels);
    }
  }
  // y = max(x, 0)
  void operator()(const Relu&) const {
    if (wanted()) kernels::relu_backward(ctx(), dx(), dy(), y(), size());
  }
  // y = x * sigmoid(x)
  void operator()(const Silu&) const {
    if (wanted()) kernels::silu_backward(ctx(), dx(), dy(), x(), size());
  }
  // y = tanh(x)
  void operator()(const Tanh&) const {
    if (wanted()) kernels::tanh_backward(ctx(), dx(), dy(), y(), size());
  }
  // y = 1 / (1 + exp(-x))
  void operator()(const Sigmoid&) const {
    if (wanted()) kernels::sigmoid_backward(ctx(), dx(), dy(), y(), size());
  }
  // y = exp(x) / sum exp(x)
  void operator()(const Softmax&) const {
    if (wanted()) kernels::softmax_backward(ctx(), dx(), dy(), y(), rows(), out().channels);
  }
  // y = x * mask
  void operator()(const Dropout&) const {
    if (wanted()) kernels::multiply(ctx(), dx(), dy(), memory().mask.data(), size());
  }
  // y = x0 + x1 + …
  void operator()(const Add&) const {
    for (std::size_t k = 0; k < step.writes.size(); ++k) {
      if (wanted(k) && dx(k) != dy()) std::copy_n(dy(), size(), dx(k));
    }
  }
  // y[:, offset : offset+c] = x_k
  void operator()(const Concat&) const {
    std::int64_t offset = 0;
    for (std::size_t k = 0; k < step.writes.size(); ++k) {
      const std::int64_t channels = net.extent(node().inputs[k]).channels;
      if (wanted(k)) {
        kernels::copy_columns_out(ctx(), dx(k), dy(), rows(), channels, offset, out().channels);
        add_to_other_readers(k);  // at once: a second input from the same node writes to the same place
      }
      offset += channels;
    }
  }
  // y = x
  void operator()(const Flatten&) const {
    if (wanted() && dx() != dy()) std::copy_n(dy(), size(), dx());
  }

  void add_to_other_readers(std::size_t k) const {
    const GradientWrite& write = step.writes[k];
    if (write.via == write.buffer || write.buffer == kNotWanted) return;
    const int input = node().inputs[k];
    kernels::accumulate(ctx(), buffer(write.buffer), buffer(write.via),
                        static_cast<std::int64_t>(net.floats(input, n())));
  }
};

}  // namespace

void Executor::Impl::start_forward(const Params& params, std::span<const float> given, std::int64_t n,
                                   std::optional<Rng> dropout) {
  check_forward(params, given, n);
  batch = n;
  trained = false;
  std::copy(given.begin(), given.end(), input.begin());
  if (dropout) std::copy_n(params.values.data() + layout.trainable, statistics.size(), statistics.data());
  walk = {params.values.data(), 0, spec.nodes.size(), dropout, nullptr, nullptr, nullptr, false};
}

void Executor::Impl::start_backward(const float* values, std::span<const float> doutput, std::span<float> dparams,
                                    std::span<float> dinput, bool keep_products) {
  if (!dinput.empty() && !input_gradients) input_gradients = make_gradients(true);
  Gradients& g = dinput.empty() ? gradients : *input_gradients;
  walk = {values, 0, g.plan.steps.size(), std::nullopt, &g, dparams.data(), dinput.data(), keep_products && batch == 1};
  products.clear();
  const int last = static_cast<int>(spec.nodes.size()) - 1;
  if (!g.plan.steps.empty() && g.plan.steps.front().node == last) {
    std::copy(doutput.begin(), doutput.end(), g.buffers[static_cast<std::size_t>(g.plan.steps.front().dy)].begin());
  }
}

bool Executor::Impl::advance() {
  if (walk.next == walk.end) return false;
  if (walk.gradients != nullptr) {
    backward(walk.gradients->plan.steps[walk.next]);
  } else {
    forward(static_cast<int>(walk.next));
    trained = walk.dropout && walk.next + 1 == walk.end;
  }
  ++walk.next;
  return true;
}

void Executor::Impl::forward(int node) {
  float* running = walk.dropout ? statistics.data() : nullptr;
  const Rng* dropout = walk.dropout ? &*walk.dropout : nullptr;
  std::visit(ForwardPass<Impl>{*this, walk.values, running, dropout, node},
             spec.nodes[static_cast<std::size_t>(node)].layer);
}

void Executor::Impl::backward(const GradientStep& step) {
  if (step.dy == kNotWanted) {  // unread: its parameters do not move the output
    for (const ParamSlot& slot : layout.slots) {
      if (slot.node == step.node && slot.trainable()) std::fill_n(walk.dparams + slot.offset, slot.size, 0.0F);
    }
    return;
  }
  const BackwardPass<Impl> pass{*this, walk.values, walk.dparams, step, walk.gradients->buffers, walk.dinput};
  const Layer& layer = spec.nodes[static_cast<std::size_t>(step.node)].layer;
  std::visit(pass, layer);
  if (std::holds_alternative<Concat>(layer)) return;
  for (std::size_t k = 0; k < step.writes.size(); ++k) pass.add_to_other_readers(k);
}

Executor::Executor(const NetSpec& spec, std::int64_t max_batch, const ThreadPool& pool, Activations activations) {
  if (max_batch < 1) throw Error(ErrorCode::kInvalidArgument, "[executor] the largest batch must be at least 1");
  impl_ = std::make_unique<Impl>(spec, max_batch, pool, activations == Activations::kKeepAll);
}
Executor::~Executor() = default;
Executor::Executor(Executor&&) noexcept = default;

const NetSpec& Executor::spec() const { return impl_->spec; }
const Extent& Executor::output_extent() const { return impl_->extents.back(); }

void Executor::start_forward_train(const Params& params, std::span<const float> input, std::int64_t batch, Rng& rng) {
  // One draw a pass: the caller's generator moves on, so the next pass has other masks.
  const std::uint64_t high = rng.next_u32(), low = rng.next_u32();
  impl_->start_forward(params, input, batch, rng.child(high << 32 | low));
}

void Executor::start_forward_eval(const Params& params, std::span<const float> input, std::int64_t batch) {
  impl_->start_forward(params, input, batch, std::nullopt);
}

void Executor::start_backward(const Params& params, std::span<const float> doutput, std::span<float> dparams,
                              std::span<float> dinput, WeightGradients weights) {
  if (!impl_->trained) throw Error(ErrorCode::kInternal, "[executor] backward without a forward_train before it");
  impl_->check_parameters(params);
  const int last = static_cast<int>(impl_->spec.nodes.size()) - 1;
  if (doutput.size() != impl_->floats(last, impl_->batch) || dparams.size() != impl_->layout.trainable ||
      (!dinput.empty() && dinput.size() != impl_->floats(kNetInput, impl_->batch))) {
    throw Error(ErrorCode::kInvalidArgument, "[executor] a gradient buffer has the wrong size");
  }
  impl_->start_backward(params.values.data(), doutput, dparams, dinput, weights == WeightGradients::kProducts);
}

bool Executor::advance() { return impl_->advance(); }
std::span<const float> Executor::logits() const { return impl_->logits(); }
std::span<const RankOneGradient> Executor::products() const { return impl_->products; }
void Executor::keep_statistics(Params& params) const {
  std::copy(impl_->statistics.begin(), impl_->statistics.end(), params.values.data() + impl_->layout.trainable);
}

std::span<const float> Executor::forward_train(Params& params, std::span<const float> input, std::int64_t batch,
                                               Rng& rng) {
  start_forward_train(params, input, batch, rng);
  while (advance()) continue;
  keep_statistics(params);
  return logits();
}

std::span<const float> Executor::forward_eval(const Params& params, std::span<const float> input, std::int64_t batch) {
  start_forward_eval(params, input, batch);
  while (advance()) continue;
  return logits();
}

void Executor::backward(const Params& params, std::span<const float> doutput, std::span<float> dparams,
                        std::span<float> dinput, WeightGradients weights) {
  start_backward(params, doutput, dparams, dinput, weights);
  while (advance()) continue;
}

std::span<const float> Executor::activation(int index) const {
  if (index < 0 || index >= static_cast<int>(impl_->spec.nodes.size())) {
    throw Error(ErrorCode::kInvalidArgument, "[executor] there is no layer " + std::to_string(index));
  }
  return {impl_->value(index), impl_->floats(index, impl_->batch)};
}

std::int64_t Executor::memory_bytes() const {
  std::int64_t floats = 0;
  for (const FloatBuffer& buffer : impl_->activations) floats += static_cast<std::int64_t>(buffer.size());
  for (const FloatBuffer& buffer : impl_->gradients.buffers) floats += static_cast<std::int64_t>(buffer.size());
  for (const NodeMemory& m : impl_->memory) {
    floats += static_cast<std::int64_t>(m.mask.size() + m.argmax.size());
  }
  return (floats + static_cast<std::int64_t>(impl_->input.size())) * static_cast<std::int64_t>(sizeof(float));
}

}  // namespace pinwheel
