#include "infer/dense_tail.h"

#include <algorithm>
#include <string_view>

#include "nn/overload.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

constexpr std::size_t kMostFloats = 2 << 20;  // of weights
constexpr std::int64_t kRows = 2;             // that one pass over the weights serves
constexpr std::int64_t kOutputs = 16;         // to a task: their weights stay in the cache from rows to rows

bool runs(const Layer& layer) {
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
bool begins(const Layer& layer) {
  return std::holds_alternative<Dense>(layer) || std::holds_alternative<Flatten>(layer);
}

bool idle(const Layer& layer) {
  return std::holds_alternative<Dropout>(layer) || std::holds_alternative<Flatten>(layer);
}

std::vector<int> only(std::size_t node) { return {static_cast<int>(node)}; }

FloatBuffer copy_of(const Params& params, int node, ParamRole role) {
  const ParamSlot* slot = params.layout.find(node, role);
  if (slot == nullptr) return {};
  FloatBuffer copy(slot->size);
  std::copy_n(params.values.data() + slot->offset, slot->size, copy.begin());
  return copy;
}

}  // namespace

std::size_t DenseTail::first_node(const NetSpec& spec) {
  const std::size_t count = spec.nodes.size();
  std::size_t first = count, best = count;
  while (first > 0 && runs(spec.nodes[first - 1].layer)) {
    if (first < count && spec.nodes[first].inputs != only(first - 1)) break;
    --first;
    if (spec.nodes[first].inputs.size() == 1 && begins(spec.nodes[first].layer)) best = first;
  }
  std::size_t floats = 0;
  for (const ParamSlot& slot : layout_params(spec).slots) {
    if (static_cast<std::size_t>(slot.node) >= best) floats += slot.size;
  }
  return floats > 0 && floats <= kMostFloats ? best : count;
}

bool DenseTail::pays() { return std::string_view(kernels::instruction_set()).starts_with("wasm"); }

DenseTail::DenseTail(const NetSpec& spec, const Params& params, std::size_t first, const ThreadPool& pool)
    : pool_(pool), context_(pool) {
  const std::vector<Extent> extents = infer_shapes(spec);
  std::int64_t in = first == 0 ? spec.input.size() : extents[first - 1].size();
  widest_ = in;
  for (std::size_t i = first; i < spec.nodes.size(); ++i) {
    if (idle(spec.nodes[i].layer)) continue;
    const int node = static_cast<int>(i);
    const std::int64_t out = extents[i].size();
    steps_.push_back({spec.nodes[i].layer, in, out, copy_of(params, node, ParamRole::kWeight),
                      copy_of(params, node, ParamRole::kBias)});
    widest_ = std::max(widest_, out);
    in = out;
  }
}

void DenseTail::run(const float* input, std::int64_t batch, float* output) {
  const auto floats = static_cast<std::size_t>(batch * widest_);
  if (values_[0].size() < floats) {
    for (FloatBuffer& values : values_) values = FloatBuffer(floats);
  }
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    float* y = i + 1 == steps_.size() ? output : values_[i % 2].data();
    run_step(steps_[i], y, input, batch);
    input = y;
  }
}

void DenseTail::run_step(const Step& step, float* y, const float* x, std::int64_t batch) {
  const std::int64_t size = batch * step.out;
  std::visit(Overload{
                 [&](const Dense&) { run_dense(step, y, x, batch); },
                 [&](const Relu&) { kernels::relu_forward(context_, y, x, size); },
                 [&](const Silu&) { kernels::silu_forward(context_, y, x, size); },
                 [&](const Tanh&) { kernels::tanh_forward(context_, y, x, size); },
                 [&](const Sigmoid&) { kernels::sigmoid_forward(context_, y, x, size); },
                 [&](const Softmax&) { kernels::softmax_forward(context_, y, x, batch, step.out); },
                 [](const auto&) {},  // first_node lets nothing else in, and what is idle is no step
             },
             step.layer);
}

// The kernels sum a row in the same order whether they are given one or two.
void DenseTail::run_dense(const Step& step, float* y, const float* x, std::int64_t batch) const {
  const auto outputs = static_cast<std::size_t>(step.out);
  pool_.for_ranges(outputs, kOutputs, [&](std::size_t begin, std::size_t end) {
    kernels::Context context(alone_);
    const auto count = static_cast<std::int64_t>(end - begin);
    const float* bias = step.bias.empty() ? nullptr : step.bias.data() + begin;
    float some[kRows * kOutputs];
    for (std::int64_t first = 0; first < batch; first += kRows) {
      const std::int64_t rows = std::min(kRows, batch - first);
      kernels::dense_forward(context, some, x + first * step.in,
                             step.weight.data() + static_cast<std::int64_t>(begin) * step.in, bias, rows, step.in,
                             count);
      for (std::int64_t r = 0; r < rows; ++r) {
        std::copy_n(some + r * count, count, y + (first + r) * step.out + static_cast<std::int64_t>(begin));
      }
    }
  });
}

}  // namespace pinwheel
