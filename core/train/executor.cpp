// Two exhaustive visitors over Layer, one forward and one backward, over the buffers that plan.h laid out. The
// arithmetic is in kernels/; here is only which buffer goes where.
#include "train/executor.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <type_traits>

#include "base/error.h"
#include "kernels/dims.h"
#include "kernels/kernels.h"
#include "nn/shape_inference.h"
#include "train/plan.h"
#include "train/reorder.h"

namespace pinwheel {
namespace {

constexpr std::size_t kRoles = 6;  // alternatives of ParamRole

// Some examples of the batch on their way through a run.
struct Slice {
  std::int64_t first, count;
  std::size_t lane;           // whose buffers of slices to use
  kernels::Context* context;  // of that lane, or of all threads when slices go one by one
  float* dparams = nullptr;   // backward: where the gradients by the parameters from `origin` on go
  std::ptrdiff_t origin = 0;
};

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// What a node keeps between forward and backward besides its output.
struct NodeMemory {
  std::array<std::ptrdiff_t, kRoles> offset{-1, -1, -1, -1, -1, -1};  // into Params::values; -1: no such parameter
  FloatBuffer mask;                                                   // Dropout [max_batch, extent]
  FloatBuffer mean, inv_std;                                          // BatchNorm [C]
  FloatBuffer dy;                                                     // Dense, of one example [units]
  std::vector<std::int32_t> argmax;                                   // MaxPool [max_batch, OH, OW, C]
};

// Memory laid out by a plan: what is of the whole batch once, what is of a slice once for every lane.
class Buffers {
 public:
  Buffers(const BufferPlan& plan, std::int64_t max_batch, std::size_t lanes)
      : examples_(plan.examples), of_slices_(lanes) {
    for (std::size_t i = 0; i < plan.capacity.size(); ++i) {
      const std::int64_t floats = plan.capacity[i], slice = std::min(max_batch, examples_[i]);
      whole_.emplace_back(static_cast<std::size_t>(slice == 0 ? floats * max_batch : 0));
      for (auto& lane : of_slices_) lane.emplace_back(static_cast<std::size_t>(floats * slice));
    }
  }
  // Where the slice begins of a value that has `size` floats for each example.
  float* at(int buffer, const Slice& slice, std::int64_t size) {
    const auto i = static_cast<std::size_t>(buffer);
    return examples_[i] == 0 ? whole_[i].data() + slice.first * size : of_slices_[slice.lane][i].data();
  }
  std::size_t floats() const {
    std::size_t sum = 0;
    for (const FloatBuffer& buffer : whole_) sum += buffer.size();
    for (const auto& lane : of_slices_) {
      for (const FloatBuffer& buffer : lane) sum += buffer.size();
    }
    return sum;
  }

 private:
  std::vector<std::int64_t> examples_;
  std::vector<FloatBuffer> whole_;
  std::vector<std::vector<FloatBuffer>> of_slices_;  // [lanes][buffers]
};

// Where a run's slices begin: as even as can be, by the batch alone. So many that two threads, or four, come out even.
struct Slices {
  std::int64_t batch, count = 1;
  Slices(const Run& run, std::int64_t n) : batch(n) {
    constexpr std::int64_t kEven = 4;
    if (run.examples > 0) count = divide_up(n, run.examples);
    if (count > 2) count = std::min(n, divide_up(count, kEven) * kEven);
  }
  std::int64_t begin(std::int64_t i) const { return i * batch / count; }
};

}  // namespace

struct Executor::Impl {
  NetSpec spec;
  std::vector<Extent> extents;
  ParamLayout layout;
  double flop;  // of one example, forward
  std::int64_t max_batch;
  const ThreadPool& pool;
  kernels::Context context;
  std::vector<Run> runs;
  ActivationPlan activation_plan;
  Buffers activations;
  std::vector<NodeMemory> memory;
  const float* input = nullptr;  // [batch, spec.input], the caller's
  FloatBuffer partial;           // gradients by a run's parameters, of every slice but the first
  struct Gradients {
    GradientPlan plan;
    Buffers buffers;
  };
  Gradients gradients;                       // by parameters alone
  std::optional<Gradients> input_gradients;  // by parameters and input; made when first asked for
  std::int64_t batch = 0;
  bool trained = false;    // the last forward pass was forward_train: backward may follow
  FloatBuffer statistics;  // running ones after it, [layout.total - layout.trainable]: a pass may never be finished

  struct Walk {                      // the pass under way
    const float* values = nullptr;   // [layout.total]
    std::size_t next = 0, end = 0;   // runs, backward from the last
    std::int64_t slice = 0;          // of the next run, or of every thread's part of it
    std::optional<Rng> dropout;      // forward in training
    Gradients* gradients = nullptr;  // backward
    float *dparams = nullptr, *dinput = nullptr;
    bool products = false;  // of a batch of one: dense layers keep theirs
  };
  Walk walk;
  std::vector<RankOneGradient> products;  // of the last backward pass

  Impl(const NetSpec& spec_, std::int64_t max_batch_, const ThreadPool& pool_, bool keep_all, std::int64_t slice_floats)
      : spec(keep_all ? spec_ : rectify_after_pooling(spec_)),
        extents(infer_shapes(spec)),
        layout(layout_params(spec)),
        flop(std::max(1.0, count_cost(spec).forward_flop)),
        max_batch(max_batch_),
        pool(pool_),
        context(pool),
        runs(plan_runs(spec_, infer_shapes(spec_), slice_floats)),  // the same slices, whatever is kept
        activation_plan(plan_activations(spec, extents, runs, keep_all)),
        activations(activation_plan.buffers, max_batch, pool.threads()),
        memory(spec.nodes.size()),
        partial(most_partial_gradients()),
        gradients(make_gradients(false)),
        statistics(layout.total - layout.trainable) {
    for (const ParamSlot& slot : layout.slots) {
      node_memory(slot.node).offset[static_cast<std::size_t>(slot.role)] = static_cast<std::ptrdiff_t>(slot.offset);
    }
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) allocate_memory(static_cast<int>(i));
  }

  Gradients make_gradients(bool want_input) const {
    GradientPlan plan = plan_gradients(spec, extents, runs, want_input);
    Buffers buffers(plan.buffers, max_batch, pool.threads());
    return {std::move(plan), std::move(buffers)};
  }

  // The parameters of a run lie side by side: its nodes do.
  struct ParameterRange {
    std::size_t begin = 0, end = 0;
    std::size_t size() const { return end - begin; }
  };
  ParameterRange parameters_of(const Run& run) const {
    ParameterRange range;
    for (const ParamSlot& slot : layout.slots) {
      if (!slot.trainable() || slot.node < run.begin || slot.node >= run.end) continue;
      if (range.size() == 0) range.begin = slot.offset;
      range.end = slot.offset + slot.size;
    }
    return range;
  }
  std::size_t most_partial_gradients() const {
    std::size_t most = 0;
    for (const Run& run : runs) {
      const auto slices = static_cast<std::size_t>(Slices(run, max_batch).count);
      most = std::max(most, (slices - 1) * parameters_of(run).size());
    }
    return most;
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
  const Extent& extent(int i) const { return extent_of(spec, extents, i); }
  std::size_t floats(int i, std::int64_t n) const { return static_cast<std::size_t>(n * extent(i).size()); }

  Slice whole_batch() { return {0, batch, 0, &context}; }
  float* value(int i, const Slice& slice) {
    return activations.at(activation_plan.buffer[static_cast<std::size_t>(i)], slice, extent(i).size());
  }
  const float* read(int i, const Slice& slice) {
    return i == kNetInput ? input + slice.first * spec.input.size() : value(i, slice);
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
    return {value(last, whole_batch()), floats(last, batch)};
  }
  void start_forward(const Params& params, std::span<const float> given, std::int64_t n, std::optional<Rng> dropout);
  void start_backward(const float* values, std::span<const float> doutput, std::span<float> dparams,
                      std::span<float> dinput, bool keep_products);
  bool advance();
  void do_slices(const Run& run, std::int64_t slices);
  std::int64_t slices_at_once(const Run& run, std::int64_t slices) const;
  void do_slice(const Run& run, Slice slice);
  void forward(int node, const Slice& slice);
  void backward(const GradientStep& step, const Slice& slice);
  Slice slice_of(const Run& run, std::int64_t index, std::size_t lane, kernels::Context& its_context);
  void add_partial_gradients(const Run& run);
};

namespace {

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
  const Slice& slice;

  const Node& node() const { return net.spec.nodes[static_cast<std::size_t>(i)]; }
  NodeMemory& memory() const { return net.node_memory(i); }
  kernels::Context& ctx() const { return *slice.context; }
  const Extent& out() const { return net.extent(i); }
  const Extent& in() const { return net.extent(node().inputs[0]); }
  float* y() const { return net.value(i, slice); }
  const float* x(std::size_t k = 0) const { return net.read(node().inputs[k], slice); }
  std::int64_t n() const { return slice.count; }
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
                            kernels::conv_dims(l, in(), out(), n()));
  }
  void operator()(const Dense& l) const {
    kernels::dense_forward(ctx(), y(), x(), parameter(ParamRole::kWeight), parameter(ParamRole::kBias), n(),
                           in().size(), l.units);
  }
  void operator()(const BatchNorm& l) const {
    const auto eps = static_cast<float>(l.eps);
    const float *gamma = parameter(ParamRole::kGamma), *beta = parameter(ParamRole::kBeta);
    if (running == nullptr) {
      const std::int64_t channels = out().channels;
      float* scale = ctx().scratch(1, static_cast<std::size_t>(channels));
      kernels::batch_norm_scale(scale, gamma, parameter(ParamRole::kRunningVar), channels, eps);
      kernels::batch_norm_forward_eval(ctx(), y(), x(), channels, parameter(ParamRole::kRunningMean), scale, beta,
                                       rows(), channels, false);
    } else {
      kernels::batch_norm_forward_train(ctx(), y(), memory().mean.data(), memory().inv_std.data(),
                                        statistic(ParamRole::kRunningMean), statistic(ParamRole::kRunningVar), x(),
                                        gamma, beta, rows(), out().channels, eps, static_cast<float>(l.momentum));
    }
  }
  void operator()(const MaxPool& l) const {
    kernels::max_pool_forward(ctx(), y(), memory().argmax.data() + slice.first * out().size(), x(),
                              kernels::pool_dims(l, in(), out(), n()));
  }
  void operator()(const AvgPool& l) const {
    kernels::avg_pool_forward(ctx(), y(), x(), kernels::pool_dims(l, in(), out(), n()));
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
  const GradientStep& step;
  Buffers& buffers;
  float* dinput;
  const Slice& slice;

  const Node& node() const { return net.spec.nodes[static_cast<std::size_t>(step.node)]; }
  NodeMemory& memory() const { return net.node_memory(step.node); }
  kernels::Context& ctx() const { return *slice.context; }
  const Extent& out() const { return net.extent(step.node); }
  const Extent& in() const { return net.extent(node().inputs[0]); }
  const float* y() const { return net.value(step.node, slice); }
  const float* x() const { return net.read(node().inputs[0], slice); }
  std::int64_t n() const { return slice.count; }
  std::int64_t size() const { return n() * out().size(); }
  std::int64_t rows() const { return n() * out().height * out().width; }
  // Of a gradient by values of which each example has `size`.
  float* buffer(int index, std::int64_t size) const {
    return index == kCallersBuffer ? dinput + slice.first * size : buffers.at(index, slice, size);
  }
  std::int64_t input_size(std::size_t k) const { return net.extent(node().inputs[k]).size(); }
  const float* dy() const { return buffer(step.dy, out().size()); }
  bool wanted(std::size_t k = 0) const { return step.writes[k].buffer != kNotWanted; }
  float* dx(std::size_t k = 0) const { return buffer(step.writes[k].via, input_size(k)); }
  const float* parameter(ParamRole role) const {
    const std::ptrdiff_t offset = memory().offset[static_cast<std::size_t>(role)];
    return offset < 0 ? nullptr : values + offset;
  }
  float* dparameter(ParamRole role) const {
    const std::ptrdiff_t offset = memory().offset[static_cast<std::size_t>(role)];
    return offset < 0 ? nullptr : slice.dparams + (offset - slice.origin);
  }

  // y = bias + x * weight (convolution)
  void operator()(const Conv2d& l) const {
    const kernels::ConvDims dims = kernels::conv_dims(l, in(), out(), n());
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
      kernels::max_pool_backward(ctx(), dx(), dy(), memory().argmax.data() + slice.first * out().size(),
                                 kernels::pool_dims(l, in(), out(), n()));
    }
  }
  // y = sum of the window / (kh*kw)
  void operator()(const AvgPool& l) const {
    if (wanted()) kernels::avg_pool_backward(ctx(), dx(), dy(), kernels::pool_dims(l, in(), out(), n()));
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

  // Of a node that nobody reads: its parameters do not move the output.
  void clear_parameters() const {
    for (const ParamSlot& slot : net.layout.slots) {
      if (slot.node == step.node && slot.trainable()) std::fill_n(dparameter(slot.role), slot.size, 0.0F);
    }
  }

  void add_to_other_readers(std::size_t k) const {
    const GradientWrite& write = step.writes[k];
    if (write.via == write.buffer || write.buffer == kNotWanted) return;
    const std::int64_t each = input_size(k);
    kernels::accumulate(ctx(), buffer(write.buffer, each), buffer(write.via, each), n() * each);
  }
};

}  // namespace

void Executor::Impl::start_forward(const Params& params, std::span<const float> given, std::int64_t n,
                                   std::optional<Rng> dropout) {
  check_forward(params, given, n);
  batch = n;
  trained = false;
  input = given.data();
  if (dropout) std::copy_n(params.values.data() + layout.trainable, statistics.size(), statistics.data());
  walk = {};
  walk.values = params.values.data();
  walk.end = runs.size();
  walk.dropout = dropout;
}

void Executor::Impl::start_backward(const float* values, std::span<const float> doutput, std::span<float> dparams,
                                    std::span<float> dinput, bool keep_products) {
  if (!dinput.empty() && !input_gradients) input_gradients = make_gradients(true);
  Gradients& g = dinput.empty() ? gradients : *input_gradients;
  products.clear();
  walk = {};
  walk.values = values;
  walk.end = g.plan.steps.empty() ? 0 : runs.size();
  walk.gradients = &g;
  walk.dparams = dparams.data();
  walk.dinput = dinput.data();
  walk.products = keep_products && batch == 1;
  const int last = static_cast<int>(spec.nodes.size()) - 1;
  if (!g.plan.steps.empty() && g.plan.steps.front().node == last) {
    std::copy(doutput.begin(), doutput.end(),
              g.buffers.at(g.plan.steps.front().dy, whole_batch(), extent(last).size()));
  }
}

// A few slices for every thread, or one of which all threads share the work where there are too few to go round. The
// results are the same.
bool Executor::Impl::advance() {
  if (walk.next == walk.end) return false;
  const bool back = walk.gradients != nullptr;
  const Run& run = runs[back ? walk.end - 1 - walk.next : walk.next];
  const std::int64_t slices = Slices(run, batch).count, threads = static_cast<std::int64_t>(pool.threads());
  const bool by_threads = slices >= 2 * threads && slices > 1;
  if (by_threads) {
    do_slices(run, slices);
  } else {
    do_slice(run, slice_of(run, walk.slice++, 0, context));
  }
  if (walk.slice < (by_threads ? divide_up(slices, threads) : slices)) return true;
  if (back && slices > 1) add_partial_gradients(run);
  walk.slice = 0;
  ++walk.next;
  trained = trained || (walk.dropout && walk.next == walk.end);
  return true;
}

// Every thread begins with slices of its own part of the batch, the part that it has of whatever is done with the whole
// batch: what it wrote lies near it.
void Executor::Impl::do_slices(const Run& run, std::int64_t slices) {
  const auto threads = static_cast<std::int64_t>(pool.threads());
  const std::int64_t each = slices_at_once(run, slices);
  pool.for_each_in_lanes(static_cast<std::size_t>(threads * each), [&](std::size_t lane, std::size_t index) {
    const std::int64_t part = static_cast<std::int64_t>(index) / each;
    const std::int64_t slice = slices * part / threads + walk.slice + static_cast<std::int64_t>(index) % each;
    if (slice < slices * (part + 1) / threads) do_slice(run, slice_of(run, slice, lane, context.lane(lane)));
  });
  walk.slice += each;
}

// Of every thread, until a pass may be paused again. One that is done sooner than another waits for it each time.
std::int64_t Executor::Impl::slices_at_once(const Run& run, std::int64_t slices) const {
  constexpr double kFlop = 5e8;  // forward, by the whole network: some 10 ms in a browser
  const auto threads = static_cast<std::int64_t>(pool.threads());
  const auto most = static_cast<std::int64_t>(kFlop / (flop * static_cast<double>(run.examples)));
  const std::int64_t part = divide_up(slices, threads), turns = divide_up(part, std::max(std::int64_t{2}, most));
  return divide_up(part, turns);
}

Slice Executor::Impl::slice_of(const Run& run, std::int64_t index, std::size_t lane, kernels::Context& its_context) {
  const Slices slices(run, batch);
  Slice slice{slices.begin(index), slices.begin(index + 1) - slices.begin(index), lane, &its_context, walk.dparams};
  if (index > 0 && walk.gradients != nullptr) {
    const ParameterRange parameters = parameters_of(run);
    slice.dparams = partial.data() + static_cast<std::size_t>(index - 1) * parameters.size();
    slice.origin = static_cast<std::ptrdiff_t>(parameters.begin);
  }
  return slice;
}

void Executor::Impl::do_slice(const Run& run, Slice slice) {
  if (walk.gradients == nullptr) {
    for (int i = run.begin; i < run.end; ++i) forward(i, slice);
    return;
  }
  for (const GradientStep& step : walk.gradients->plan.steps) {
    if (step.node >= run.begin && step.node < run.end) backward(step, slice);
  }
}

// The first slice wrote its gradients in place; the others' follow in their order.
void Executor::Impl::add_partial_gradients(const Run& run) {
  constexpr std::size_t kGrain = 4096;
  const ParameterRange parameters = parameters_of(run);
  const std::int64_t others = Slices(run, batch).count - 1;
  pool.for_ranges(parameters.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    float* sum = walk.dparams + parameters.begin;
    for (std::int64_t slice = 0; slice < others; ++slice) {
      const float* from = partial.data() + static_cast<std::size_t>(slice) * parameters.size();
      for (std::size_t i = begin; i < end; ++i) sum[i] += from[i];
    }
  });
}

void Executor::Impl::forward(int node, const Slice& slice) {
  float* running = walk.dropout ? statistics.data() : nullptr;
  const Rng* dropout = walk.dropout ? &*walk.dropout : nullptr;
  std::visit(ForwardPass<Impl>{*this, walk.values, running, dropout, node, slice},
             spec.nodes[static_cast<std::size_t>(node)].layer);
}

void Executor::Impl::backward(const GradientStep& step, const Slice& slice) {
  const BackwardPass<Impl> pass{*this, walk.values, step, walk.gradients->buffers, walk.dinput, slice};
  if (step.dy == kNotWanted) return pass.clear_parameters();
  const Layer& layer = spec.nodes[static_cast<std::size_t>(step.node)].layer;
  std::visit(pass, layer);
  if (std::holds_alternative<Concat>(layer)) return;
  for (std::size_t k = 0; k < step.writes.size(); ++k) pass.add_to_other_readers(k);
}

Executor::Executor(const NetSpec& spec, std::int64_t max_batch, const ThreadPool& pool, Activations activations,
                   std::int64_t slice_floats) {
  if (max_batch < 1) throw Error(ErrorCode::kInvalidArgument, "[executor] the largest batch must be at least 1");
  impl_ = std::make_unique<Impl>(spec, max_batch, pool, activations == Activations::kKeepAll, slice_floats);
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
  return {impl_->value(index, impl_->whole_batch()), impl_->floats(index, impl_->batch)};
}

std::int64_t Executor::memory_bytes() const {
  std::size_t floats = impl_->activations.floats() + impl_->gradients.buffers.floats();
  for (const NodeMemory& m : impl_->memory) floats += m.mask.size() + m.argmax.size();
  return static_cast<std::int64_t>((floats + impl_->partial.size()) * sizeof(float));
}

}  // namespace pinwheel
