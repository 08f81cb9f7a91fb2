#include "infer/own_part.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <variant>

#include "kernels/dims.h"
#include "nn/overload.h"
#include "nn/readers.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

constexpr int kOutput = -2;  // in place of a buffer: the caller's

// What our own kernels save of the time that XNNPACK takes for a convolution, as measured: where they need but a part
// of the products, and where they don't. They have no vectors for processors that have no fused multiply-add or are
// unknown to them, XNNPACK has. And how much of the whole must be saved to pay for a part of its own.
constexpr double kSavedByTiles = 0.5, kLeastSaved = 0.02;
double saved_directly() {
  const std::string_view set = kernels::instruction_set();
  return set == "sse2" || set == "portable" ? -0.5 : 0.05;
}

// Layers that may write over their first input.
bool works_in_place(const Layer& layer) {
  return std::holds_alternative<Relu>(layer) || std::holds_alternative<Silu>(layer) ||
         std::holds_alternative<Tanh>(layer) || std::holds_alternative<Sigmoid>(layer) ||
         std::holds_alternative<Dropout>(layer) || std::holds_alternative<Flatten>(layer) ||
         std::holds_alternative<Add>(layer);
}

// What may stand in a network's dense end.
bool works_on_rows(const Layer& layer) {
  return std::visit(Overload{
                        [](const Dense&) { return true; },
                        [](const Relu&) { return true; },
                        [](const Silu&) { return true; },
                        [](const Tanh&) { return true; },
                        [](const Sigmoid&) { return true; },
                        [](const Softmax&) { return true; },
                        [](const Dropout&) { return true; },
                        [](const Flatten&) { return true; },
                        [](const Conv2d&) { return false; },
                        [](const BatchNorm&) { return false; },
                        [](const MaxPool&) { return false; },
                        [](const AvgPool&) { return false; },
                        [](const GlobalAvgPool&) { return false; },
                        [](const Add&) { return false; },
                        [](const Concat&) { return false; },
                    },
                    layer);
}

// An activation before the first dense layer belongs to what it activates.
bool may_begin_tail(const Layer& layer) {
  return std::holds_alternative<Dense>(layer) || std::holds_alternative<Flatten>(layer);
}

std::vector<int> only(std::size_t node) { return {static_cast<int>(node)}; }

// Nodes that are done in one step: a convolution with the sum and the ReLU behind it, or a node alone.
struct Fused {
  std::size_t first, last;  // first: the node that decides what is done; last: whose output is written
  std::vector<int> inputs;  // nodes; of a convolution the second one is added
  bool in_place;            // may be written over the first of them
  bool rectifies = false;
};

// A node's output may be read by none but what it is fused with.
class Fusion {
 public:
  explicit Fusion(const NetSpec& spec) : spec_(spec), readers_(readers_of(spec)) {}

  std::vector<Fused> steps() const {
    std::vector<Fused> steps;
    std::vector<bool> done(spec_.nodes.size(), false);
    for (std::size_t i = 0; i < spec_.nodes.size(); ++i) {
      if (done[i]) continue;
      const Node& node = spec_.nodes[i];
      Fused& step = steps.emplace_back(Fused{i, i, node.inputs, works_in_place(node.layer)});
      if (!std::holds_alternative<Conv2d>(node.layer)) continue;
      if (const std::optional<int> other = other_summand(i)) {
        step.inputs.push_back(*other);
        step.last = readers_[i].front();
        done[step.last] = true;
      }
      if (only_reader_is<Relu>(step.last)) {
        step.rectifies = true;
        step.last = readers_[step.last].front();
        done[step.last] = true;
      }
    }
    return steps;
  }

 private:
  template <typename Kind>
  bool only_reader_is(std::size_t node) const {
    return readers_[node].size() == 1 && std::holds_alternative<Kind>(spec_.nodes[readers_[node].front()].layer);
  }
  // What is added to the output of a node by the only one who reads it, if that is there by then.
  std::optional<int> other_summand(std::size_t i) const {
    if (!only_reader_is<Add>(i)) return std::nullopt;
    const std::vector<int>& summands = spec_.nodes[readers_[i].front()].inputs;
    if (summands.size() != 2) return std::nullopt;
    const int node = static_cast<int>(i), other = summands[0] == node ? summands[1] : summands[0];
    return other < node ? std::optional(other) : std::nullopt;
  }

  const NetSpec& spec_;
  std::vector<std::vector<std::size_t>> readers_;
};

// Which buffer each step writes: one that nobody reads any more, the largest first.
class BufferPlan {
 public:
  BufferPlan(const std::vector<Fused>& steps, const std::vector<Extent>& extents)
      : of_node_(extents.size(), kOutput), last_reader_(extents.size(), 0) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      for (const int input : steps[i].inputs) {
        if (input != kNetInput) last_reader_[static_cast<std::size_t>(input)] = i;
      }
    }
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].last + 1 < extents.size()) place(steps[i], i, extents[steps[i].last].size());
    }
  }
  int of(int node) const { return node == kNetInput ? kNetInput : of_node_[static_cast<std::size_t>(node)]; }
  const std::vector<std::int64_t>& floats() const { return floats_; }

 private:
  void place(const Fused& step, std::size_t i, std::int64_t size) {
    const std::vector<int>& inputs = step.inputs;
    int& buffer = of_node_[step.last];
    buffer = may_overwrite(step, i) ? of(inputs[0]) : take(size);
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      const int input = inputs[k];
      const auto end = inputs.begin() + static_cast<std::ptrdiff_t>(k);
      const bool again = std::find(inputs.begin(), end, input) != end;
      if (input != kNetInput && !again && ends(input, i) && of(input) != buffer) free_.push_back(of(input));
    }
  }
  bool may_overwrite(const Fused& step, std::size_t i) const {
    const int input = step.inputs[0];
    // What is summed twice must outlive the first sum.
    const bool once = std::count(step.inputs.begin(), step.inputs.end(), input) == 1;
    return step.in_place && once && input != kNetInput && ends(input, i);
  }
  bool ends(int node, std::size_t reader) const { return last_reader_[static_cast<std::size_t>(node)] == reader; }
  int take(std::int64_t size) {
    if (free_.empty()) {
      floats_.push_back(size);
      return static_cast<int>(floats_.size()) - 1;
    }
    const auto largest = std::max_element(free_.begin(), free_.end(), [&](int a, int b) {
      return floats_[static_cast<std::size_t>(a)] < floats_[static_cast<std::size_t>(b)];
    });
    const int buffer = *largest;
    free_.erase(largest);
    std::int64_t& floats = floats_[static_cast<std::size_t>(buffer)];
    floats = std::max(floats, size);
    return buffer;
  }

  std::vector<int> of_node_;
  std::vector<std::size_t> last_reader_;
  std::vector<std::int64_t> floats_;  // of each buffer
  std::vector<int> free_;
};

}  // namespace

// n pictures through one layer.
struct OwnPart::Pass {
  const Step& step;
  Lane& lane;
  kernels::Context& ctx;
  std::int64_t n;
  const float* input;
  float* output;

  float* y() const { return step.to == kOutput ? output : lane.buffers[static_cast<std::size_t>(step.to)].data(); }
  const float* x(std::size_t k = 0) const {
    const int from = step.from[k];
    return from == kNetInput ? input : lane.buffers[static_cast<std::size_t>(from)].data();
  }
  std::int64_t size() const { return n * step.out.size(); }
  std::int64_t rows() const { return n * step.out.height * step.out.width; }
  const float* parameter(ParamRole role) const {
    const FloatBuffer& values = step.parameters[static_cast<std::size_t>(role)];
    return values.empty() ? nullptr : values.data();
  }
  void copy() const {
    if (y() != x()) std::copy_n(x(), size(), y());
  }

  void operator()(const Conv2d& l) const {
    kernels::conv2d_forward_prepared(ctx, y(), x(), parameter(ParamRole::kWeight), parameter(ParamRole::kBias),
                                     kernels::conv_dims(l, step.in, step.out, n),
                                     {step.from.size() > 1 ? x(1) : nullptr, step.rectifies});
  }
  void operator()(const Dense& l) const {
    kernels::dense_forward_prepared(ctx, y(), x(), parameter(ParamRole::kWeight), parameter(ParamRole::kBias), n,
                                    step.in.size(), l.units);
  }
  void operator()(const BatchNorm& l) const {
    kernels::batch_norm_forward_eval(ctx, y(), x(), parameter(ParamRole::kGamma), parameter(ParamRole::kBeta),
                                     parameter(ParamRole::kRunningMean), parameter(ParamRole::kRunningVar), rows(),
                                     step.out.channels, static_cast<float>(l.eps));
  }
  void operator()(const MaxPool& l) const {
    kernels::max_pool_forward(ctx, y(), nullptr, x(), kernels::pool_dims(l, step.in, step.out, n));
  }
  void operator()(const AvgPool& l) const {
    kernels::avg_pool_forward(ctx, y(), x(), kernels::pool_dims(l, step.in, step.out, n));
  }
  void operator()(const GlobalAvgPool&) const {
    kernels::global_avg_pool_forward(ctx, y(), x(), n, step.in.height * step.in.width, step.in.channels);
  }
  void operator()(const Relu&) const { kernels::relu_forward(ctx, y(), x(), size()); }
  void operator()(const Silu&) const { kernels::silu_forward(ctx, y(), x(), size()); }
  void operator()(const Tanh&) const { kernels::tanh_forward(ctx, y(), x(), size()); }
  void operator()(const Sigmoid&) const { kernels::sigmoid_forward(ctx, y(), x(), size()); }
  void operator()(const Softmax&) const { kernels::softmax_forward(ctx, y(), x(), rows(), step.out.channels); }
  void operator()(const Dropout&) const { copy(); }
  void operator()(const Flatten&) const { copy(); }
  void operator()(const Add&) const {
    kernels::add(ctx, y(), x(0), x(1), size());
    for (std::size_t k = 2; k < step.from.size(); ++k) kernels::accumulate(ctx, y(), x(k), size());
  }
  void operator()(const Concat&) const {
    std::int64_t offset = 0;
    for (std::size_t k = 0; k < step.from.size(); ++k) {
      const std::int64_t channels = step.inputs[k].channels;
      kernels::copy_columns_in(ctx, y(), x(k), rows(), channels, offset, step.out.channels);
      offset += channels;
    }
  }
};

std::size_t OwnPart::front_end(const NetSpec& spec) {
  const std::vector<Extent> extents = infer_shapes(spec);
  const std::vector<bool> cuts = find_cuts(spec);
  const double directly = saved_directly();
  double all = 0, saved = 0, most = 0;
  std::size_t end = 0;
  for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
    if (const auto* conv = std::get_if<Conv2d>(&spec.nodes[i].layer)) {
      const kernels::ConvDims d =
          kernels::conv_dims(*conv, extent_of(spec, extents, spec.nodes[i].inputs[0]), extents[i], 1);
      const double products =
          static_cast<double>(d.oh * d.ow * d.o * d.kh * d.kw) * static_cast<double>(d.c / d.groups);
      all += products;
      saved += products * (kernels::tile_side(d) != 0 ? kSavedByTiles : directly);
    }
    const bool may_end = i + 1 == spec.nodes.size() || cuts[i + 1];
    if (!may_end || saved < most) continue;
    most = saved;
    end = i + 1;
  }
  return most > kLeastSaved * all ? end : 0;
}

std::size_t OwnPart::tail_begin(const NetSpec& spec) {
  const std::size_t count = spec.nodes.size();
  std::size_t first = count, best = count;
  while (first > 0 && works_on_rows(spec.nodes[first - 1].layer)) {
    if (first < count && spec.nodes[first].inputs != only(first - 1)) break;
    --first;
    if (spec.nodes[first].inputs.size() == 1 && may_begin_tail(spec.nodes[first].layer)) best = first;
  }
  return best;
}

OwnPart::OwnPart(const NetPart& part, const Params& params, const ThreadPool& pool) : pool_(pool), together_(pool) {
  for (std::size_t i = 0; i < pool.threads(); ++i) lanes_.emplace_back(Lane{kernels::Context(ThreadPool::alone()), {}});
  for (NetPiece& piece : cut_net(part.spec)) {
    piece.part.first += part.first;
    add_piece(piece.part, piece.slice, params);
  }
}

void OwnPart::add_piece(const NetPart& part, std::int64_t slice, const Params& params) {
  const std::vector<Extent> extents = infer_shapes(part.spec);
  const std::vector<Fused> steps = Fusion(part.spec).steps();
  const BufferPlan plan(steps, extents);
  std::vector<Step*> step_of(part.spec.nodes.size(), nullptr);
  Piece& piece = pieces_.emplace_back(Piece{{}, slice, part.spec.input.size(), extents.back().size(), plan.floats()});
  piece.steps.reserve(steps.size());
  for (const Fused& fused : steps) {
    Step& step = piece.steps.emplace_back();
    step_of[fused.first] = &step;
    step.layer = part.spec.nodes[fused.first].layer;
    step.out = extents[fused.last];
    step.to = plan.of(static_cast<int>(fused.last));
    step.rectifies = fused.rectifies;
    for (const int input : fused.inputs) {
      step.from.push_back(plan.of(input));
      step.inputs.push_back(extent_of(part.spec, extents, input));
    }
    step.in = step.inputs[0];
  }
  for (const ParamSlot& slot : params.layout.slots) {
    const auto node = static_cast<std::size_t>(slot.node) - static_cast<std::size_t>(part.first);
    if (slot.node < part.first || node >= step_of.size()) continue;
    Step& step = *step_of[node];  // nothing that is fused has parameters
    step.parameters[static_cast<std::size_t>(slot.role)] = ready(step, slot.role, params.slot(slot));
  }
}

FloatBuffer OwnPart::ready(const Step& step, ParamRole role, std::span<const float> values) {
  if (role == ParamRole::kWeight) {
    if (const auto* conv = std::get_if<Conv2d>(&step.layer)) {
      const kernels::ConvDims d = kernels::conv_dims(*conv, step.in, step.out, 1);
      FloatBuffer prepared(static_cast<std::size_t>(kernels::conv2d_prepared_floats(d)));
      kernels::conv2d_prepare(together_, prepared.data(), values.data(), d);
      return prepared;
    }
    const std::int64_t in = step.in.size(), out = step.out.size();
    FloatBuffer prepared(static_cast<std::size_t>(kernels::dense_prepared_floats(in, out)));
    kernels::dense_prepare(together_, prepared.data(), values.data(), in, out);
    return prepared;
  }
  FloatBuffer copy(values.size());
  std::copy(values.begin(), values.end(), copy.begin());
  return copy;
}

void OwnPart::run(const float* input, std::int64_t batch, float* output) {
  pool_.standing_by([&] { run_pieces(input, batch, output); });
}

void OwnPart::run_pieces(const float* input, std::int64_t batch, float* output) {
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    float* to = output;
    if (i + 1 < pieces_.size()) {
      FloatBuffer& between = between_[i % 2];
      const auto floats = static_cast<std::size_t>(batch * pieces_[i].out);
      if (between.size() < floats) between = FloatBuffer(floats);
      to = between.data();
    }
    run_piece(pieces_[i], input, batch, to);
    input = to;
  }
}

void OwnPart::run_piece(const Piece& piece, const float* input, std::int64_t batch, float* output) {
  if (batch == 1 || piece.slice == 0) return run_slice(piece, lanes_.front(), together_, input, batch, output);
  const auto threads = static_cast<std::int64_t>(lanes_.size());
  const std::int64_t most = std::min(piece.slice, (batch + threads - 1) / threads), slices = (batch + most - 1) / most;
  pool_.for_each_in_lanes(static_cast<std::size_t>(slices), [&](std::size_t index, std::size_t slice) {
    Lane& lane = lanes_[index];
    const std::int64_t first = static_cast<std::int64_t>(slice) * most;
    run_slice(piece, lane, lane.context, input + first * piece.in, std::min(most, batch - first),
              output + first * piece.out);
  });
}

void OwnPart::run_slice(const Piece& piece, Lane& lane, kernels::Context& context, const float* input, std::int64_t n,
                        float* output) {
  if (lane.buffers.size() < piece.buffers.size()) lane.buffers.resize(piece.buffers.size());
  for (std::size_t i = 0; i < piece.buffers.size(); ++i) {
    const auto floats = static_cast<std::size_t>(n * piece.buffers[i]);
    if (lane.buffers[i].size() < floats) lane.buffers[i] = FloatBuffer(floats);
  }
  for (const Step& step : piece.steps) std::visit(Pass{step, lane, context, n, input, output}, step.layer);
}

}  // namespace pinwheel
