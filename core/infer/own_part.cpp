#include "infer/own_part.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include "kernels/dims.h"
#include "nn/overload.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

// What our own kernels save of the time that XNNPACK takes for a convolution, as measured: where they need but a part
// of the products, and where they don't. They have no vectors for processors that have no fused multiply-add or are
// unknown to them, XNNPACK has. And how much of the whole must be saved to pay for a part of its own.
constexpr double kSavedByTiles = 0.5, kLeastSaved = 0.02;
double saved_directly() {
  const std::string_view set = kernels::instruction_set();
  return set == "sse2" || set == "portable" ? -0.5 : 0.05;
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

}  // namespace

// n pictures through one layer.
struct OwnPart::Pass {
  const Step& step;
  Buffers& buffers;
  kernels::Context& ctx;
  std::int64_t n;
  const float* input;
  float* output;

  float* buffer(int index) const { return buffers[static_cast<std::size_t>(index)].data(); }
  float* y() const { return step.plan.to == kOutput ? output : buffer(step.plan.to); }
  const float* x(std::size_t k = 0) const { return step.plan.from[k] == kNetInput ? input : buffer(step.plan.from[k]); }
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
                                     {step.plan.from.size() > 1 ? x(1) : nullptr, step.plan.rectifies});
  }
  void operator()(const Dense& l) const {
    kernels::dense_forward_prepared(ctx, y(), x(), parameter(ParamRole::kWeight), parameter(ParamRole::kBias), n,
                                    step.in.size(), l.units);
  }
  void operator()(const BatchNorm&) const {
    kernels::batch_norm_forward_eval(ctx, y(), x(), step.plan.x_row, parameter(ParamRole::kRunningMean),
                                     parameter(ParamRole::kGamma), parameter(ParamRole::kBeta), rows(),
                                     step.out.channels, step.plan.rectifies);
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
    for (std::size_t k = 2; k < step.plan.from.size(); ++k) kernels::accumulate(ctx, y(), x(k), size());
  }
  void operator()(const Concat&) const {
    std::int64_t offset = 0;
    for (std::size_t k = 0; k < step.plan.from.size(); ++k) {
      const std::int64_t channels = step.inputs[k].channels;
      if (k >= step.plan.first_new) {
        kernels::copy_columns_in(ctx, y(), x(k), rows(), channels, offset, step.plan.y_row);
      }
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

OwnPart::OwnPart(const NetPart& part, const Params& params, const ThreadPool& pool)
    : pool_(pool), context_(pool), buffers_(pool.threads()) {
  append(part, params);
}

void OwnPart::append(const NetPart& part, const Params& params) {
  for (NetPiece& piece : cut_net(part.spec)) {
    piece.part.first += part.first;
    add_piece(piece.part, piece.slice, params);
  }
}

void OwnPart::add_piece(const NetPart& part, std::int64_t slice, const Params& params) {
  const std::vector<Extent> extents = infer_shapes(part.spec);
  StepPlan plan = plan_steps(part.spec);
  std::vector<Step*> step_of(part.spec.nodes.size(), nullptr);
  Piece& piece =
      pieces_.emplace_back(Piece{{}, slice, part.spec.input.size(), extents.back().size(), std::move(plan.buffers)});
  piece.steps.reserve(plan.steps.size());
  for (PlannedStep& planned : plan.steps) {
    const Node& node = part.spec.nodes[planned.first];
    Step& step = piece.steps.emplace_back(Step{std::move(planned), node.layer, {}, extents[planned.first], {}, {}});
    step_of[step.plan.first] = &step;
    for (const int input : node.inputs) step.inputs.push_back(extent_of(part.spec, extents, input));
    step.in = step.inputs[0];
  }
  for (const ParamSlot& slot : params.layout.slots) {
    const auto node = static_cast<std::size_t>(slot.node) - static_cast<std::size_t>(part.first);
    if (slot.node < part.first || node >= step_of.size()) continue;
    Step& step = *step_of[node];  // nothing that is fused has parameters
    step.parameters[static_cast<std::size_t>(slot.role)] = ready(step, slot.role, params.slot(slot));
  }
  for (Step& step : piece.steps) {
    const auto* norm = std::get_if<BatchNorm>(&step.layer);
    if (norm == nullptr) continue;
    float* gamma = step.parameters[static_cast<std::size_t>(ParamRole::kGamma)].data();
    const FloatBuffer variance = std::move(step.parameters[static_cast<std::size_t>(ParamRole::kRunningVar)]);
    kernels::batch_norm_scale(gamma, gamma, variance.data(), step.out.channels, static_cast<float>(norm->eps));
  }
}

FloatBuffer OwnPart::ready(const Step& step, ParamRole role, std::span<const float> values) {
  if (role == ParamRole::kWeight) {
    if (const auto* conv = std::get_if<Conv2d>(&step.layer)) {
      const kernels::ConvDims d = kernels::conv_dims(*conv, step.in, step.out, 1);
      FloatBuffer prepared(static_cast<std::size_t>(kernels::conv2d_prepared_floats(d)));
      kernels::conv2d_prepare(context_, prepared.data(), values.data(), d);
      return prepared;
    }
    const std::int64_t in = step.in.size(), out = step.out.size();
    FloatBuffer prepared(static_cast<std::size_t>(kernels::dense_prepared_floats(in, out)));
    kernels::dense_prepare(context_, prepared.data(), values.data(), in, out);
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
  if (batch == 1 || piece.slice == 0) return run_slice(piece, buffers_.front(), context_, input, batch, output);
  const auto threads = static_cast<std::int64_t>(pool_.threads());
  const std::int64_t most = std::min(piece.slice, (batch + threads - 1) / threads), slices = (batch + most - 1) / most;
  pool_.for_each_in_lanes(static_cast<std::size_t>(slices), [&](std::size_t lane, std::size_t slice) {
    const std::int64_t first = static_cast<std::int64_t>(slice) * most;
    run_slice(piece, buffers_[lane], context_.lane(lane), input + first * piece.in, std::min(most, batch - first),
              output + first * piece.out);
  });
}

void OwnPart::run_slice(const Piece& piece, Buffers& buffers, kernels::Context& context, const float* input,
                        std::int64_t n, float* output) {
  if (buffers.size() < piece.buffers.size()) buffers.resize(piece.buffers.size());
  for (std::size_t i = 0; i < piece.buffers.size(); ++i) {
    const auto floats = static_cast<std::size_t>(n * piece.buffers[i]);
    if (buffers[i].size() < floats) buffers[i] = FloatBuffer(floats);
  }
  for (const Step& step : piece.steps) std::visit(Pass{step, buffers, context, n, input, output}, step.layer);
}

}  // namespace pinwheel
