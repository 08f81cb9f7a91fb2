#include "infer/own_part.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include "infer/bands.h"
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

// For n pictures.
void make_room(std::vector<FloatBuffer>& buffers, const StepPlan& plan, std::int64_t n) {
  if (buffers.size() < plan.buffers.size()) buffers.resize(plan.buffers.size());
  for (std::size_t i = 0; i < plan.buffers.size(); ++i) {
    const auto floats = static_cast<std::size_t>(n * plan.buffers[i].floats);
    if (buffers[i].size() < floats) buffers[i] = FloatBuffer(floats);
  }
}

}  // namespace

// One layer of n pictures, or of one picture these lines of its output.
struct OwnPart::Pass {
  const Step& step;
  const PlannedStep& plan;
  const StepPlan& buffer_plan;
  Buffers &shared, &own;
  kernels::Context& ctx;
  std::int64_t n;
  kernels::Lines lines;
  const float* input;
  float* output;

  float* buffer(int index) const {
    const auto i = static_cast<std::size_t>(index);
    return (buffer_plan.buffers[i].own ? own : shared)[i].data();
  }
  float* to() const { return plan.to == kOutput ? output : buffer(plan.to); }
  const float* from(std::size_t k = 0) const { return plan.from[k] == kNetInput ? input : buffer(plan.from[k]); }
  // Where these lines begin in the output and, pixel for pixel, in an input.
  float* y() const { return to() + lines.begin * step.out.width * plan.y_row; }
  const float* x(std::size_t k = 0) const {
    return from(k) + lines.begin * step.out.width * (k == 0 ? plan.x_row : step.inputs[k].channels);
  }
  std::int64_t rows() const { return n * lines.count() * step.out.width; }
  std::int64_t size() const { return rows() * step.out.channels; }
  const float* parameter(ParamRole role) const {
    const FloatBuffer& values = step.parameters[static_cast<std::size_t>(role)];
    return values.empty() ? nullptr : values.data();
  }
  void copy() const {
    if (y() != x()) std::copy_n(x(), size(), y());
  }

  void operator()(const Conv2d& l) const {
    kernels::conv2d_forward_prepared(ctx, to(), from(), parameter(ParamRole::kWeight), parameter(ParamRole::kBias),
                                     kernels::conv_dims(l, step.in, step.out, n),
                                     {plan.from.size() > 1 ? from(1) : nullptr, plan.rectifies}, lines);
  }
  void operator()(const Dense& l) const {
    kernels::dense_forward_prepared(ctx, y(), x(), parameter(ParamRole::kWeight), parameter(ParamRole::kBias), n,
                                    step.in.size(), l.units);
  }
  void operator()(const BatchNorm&) const {
    kernels::batch_norm_forward_eval(ctx, y(), x(), plan.x_row, parameter(ParamRole::kRunningMean),
                                     parameter(ParamRole::kGamma), parameter(ParamRole::kBeta), rows(),
                                     step.out.channels, plan.rectifies);
  }
  // Calls pool(x, d) for these lines.
  template <typename Layer, typename Pool>
  void for_lines(const Layer& l, Pool pool) const {
    kernels::PoolDims d = kernels::pool_dims(l, step.in, step.out, n);
    if (lines.count() == d.oh) return pool(from(), d);
    const auto [seen, padding] = kernels::lines_seen(lines, d.h, d.kh, d.sh, d.ph);
    d.h = seen.count();
    d.oh = lines.count();
    d.ph = padding;
    pool(from() + seen.begin * d.w * d.c, d);
  }
  void operator()(const MaxPool& l) const {
    for_lines(l,
              [&](const float* x, const kernels::PoolDims& d) { kernels::max_pool_forward(ctx, y(), nullptr, x, d); });
  }
  void operator()(const AvgPool& l) const {
    for_lines(l, [&](const float* x, const kernels::PoolDims& d) { kernels::avg_pool_forward(ctx, y(), x, d); });
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
    for (std::size_t k = 2; k < plan.from.size(); ++k) kernels::accumulate(ctx, y(), x(k), size());
  }
  void operator()(const Concat&) const {
    std::int64_t offset = 0;
    for (std::size_t k = 0; k < plan.from.size(); ++k) {
      const std::int64_t channels = step.inputs[k].channels;
      if (k >= plan.first_new) {
        kernels::copy_columns_in(ctx, y(), x(k), rows(), channels, offset, plan.y_row);
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
  const std::vector<FusedStep> fused = fuse_steps(part.spec);
  std::vector<Step*> step_of(part.spec.nodes.size(), nullptr);
  Piece& piece = pieces_.emplace_back(
      Piece{{}, slice, part.spec.input.size(), extents.back().size(), plan_steps(part.spec, fused), {}, {}});
  if (pool_.threads() > 1) {
    piece.groups = plan_groups(part.spec, fused, pool_.threads());
    piece.in_groups = plan_steps(part.spec, fused, piece.groups);
  }
  piece.steps.reserve(fused.size());
  for (const FusedStep& one : fused) {
    const Node& node = part.spec.nodes[one.first];
    Step& step = piece.steps.emplace_back(Step{node.layer, {}, extents[one.first], {}, {}});
    step_of[one.first] = &step;
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
  if (batch == 1 && !piece.groups.empty()) return run_in_groups(piece, input, output);
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
  make_room(buffers, piece.plan, n);
  for (std::size_t i = 0; i < piece.steps.size(); ++i) {
    const Step& step = piece.steps[i];
    const Pass pass{step, piece.plan.steps[i],  piece.plan, buffers, buffers, context,
                    n,    {0, step.out.height}, input,      output};
    std::visit(pass, step.layer);
  }
}

void OwnPart::run_in_groups(const Piece& piece, const float* input, float* output) {
  const StepPlan& plan = piece.in_groups;
  for (Buffers& buffers : buffers_) make_room(buffers, plan, 1);
  const auto pass = [&](std::size_t i, Buffers& own, kernels::Context& context, const kernels::Lines& lines) {
    const Step& step = piece.steps[i];
    std::visit(Pass{step, plan.steps[i], plan, buffers_.front(), own, context, 1, lines, input, output}, step.layer);
  };
  for (const StepGroup& group : piece.groups) {
    if (group.bands.empty()) {
      pass(group.begin, buffers_.front(), context_, {0, piece.steps[group.begin].out.height});
      continue;
    }
    pool_.for_each_in_lanes(group.bands.size(), [&](std::size_t lane, std::size_t band) {
      for (std::size_t i = group.begin; i < group.end; ++i) {
        const kernels::Lines& lines = group.bands[band][i - group.begin];
        if (lines.count() > 0) pass(i, buffers_[lane], context_.lane(lane), lines);
      }
    });
  }
}

}  // namespace pinwheel
