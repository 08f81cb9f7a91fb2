#include "infer/explain.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.h"
#include "image/preprocess.h"
#include "infer/network.h"
#include "nn/overload.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

// Layers that finish a convolution's picture instead of making another.
bool finishes(const Layer& layer) {
  return std::visit(Overload{
                        [](const BatchNorm&) { return true; },
                        [](const Relu&) { return true; },
                        [](const Silu&) { return true; },
                        [](const Tanh&) { return true; },
                        [](const Sigmoid&) { return true; },
                        [](const Conv2d&) { return false; },
                        [](const Dense&) { return false; },
                        [](const MaxPool&) { return false; },
                        [](const AvgPool&) { return false; },
                        [](const GlobalAvgPool&) { return false; },
                        [](const Softmax&) { return false; },
                        [](const Dropout&) { return false; },
                        [](const Add&) { return false; },
                        [](const Concat&) { return false; },
                        [](const Flatten&) { return false; },
                    },
                    layer);
}

// The one node that reads `node`; -1 when there is none or more than one.
int only_reader(const NetSpec& spec, int node) {
  int reader = -1;
  for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
    const auto& inputs = spec.nodes[i].inputs;
    if (std::find(inputs.begin(), inputs.end(), node) == inputs.end()) continue;
    if (reader >= 0) return -1;
    reader = static_cast<int>(i);
  }
  return reader;
}

void check_nodes(const NetSpec& spec, const std::vector<int>& nodes) {
  for (const int node : nodes) {
    if (node >= 0 && node < static_cast<int>(spec.nodes.size())) continue;
    throw Error(ErrorCode::kInvalidArgument, "there is no layer number " + std::to_string(node) + ": the network has " +
                                                 std::to_string(spec.nodes.size()) + ", counted from 0");
  }
}

XnnNetwork lower_watched(const Model& model, const std::vector<int>& nodes, const ThreadPool& pool) {
  check_nodes(model.spec, nodes);
  const FoldedNet folded = fold_batch_norm(model.spec, model.params, nodes);
  std::vector<int> places;
  for (const int node : nodes) places.push_back(folded.place[static_cast<std::size_t>(node)]);
  return {folded.spec, folded.params, pool, places};
}

}  // namespace

std::vector<int> rooms(const NetSpec& spec) {
  std::vector<int> rooms;
  for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
    if (!std::holds_alternative<Conv2d>(spec.nodes[i].layer)) continue;
    int room = static_cast<int>(i);
    for (int next = only_reader(spec, room); next >= 0 && finishes(spec.nodes[static_cast<std::size_t>(next)].layer);
         next = only_reader(spec, room)) {
      room = next;
    }
    rooms.push_back(room);
  }
  return rooms;
}

struct LayerViewer::Impl {
  Impl(const Model& model, std::vector<int> nodes_, const ThreadPool& pool)
      : preprocess(model.preprocess),
        input(model.spec.input),
        extents(infer_shapes(model.spec)),
        nodes(std::move(nodes_)),
        network(lower_watched(model, nodes, pool)) {}

  Preprocess preprocess;
  Extent input;
  std::vector<Extent> extents;
  std::vector<int> nodes;
  XnnNetwork network;
};

LayerViewer::LayerViewer(const Model& model, std::vector<int> nodes, const ThreadPool& pool)
    : impl_(std::make_unique<Impl>(model, std::move(nodes), pool)) {}
LayerViewer::~LayerViewer() = default;
LayerViewer::LayerViewer(LayerViewer&&) noexcept = default;

LayerViewer::View LayerViewer::look(const Image& seen) {
  std::vector<float> floats(seen.pixels.size());
  to_floats(impl_->preprocess, seen, floats);
  return look(floats);
}

LayerViewer::View LayerViewer::look(std::span<const float> input) {
  if (static_cast<std::int64_t>(input.size()) != impl_->input.size()) {
    throw Error(ErrorCode::kInvalidArgument, "the network reads " + impl_->input.text() + ", but the picture has " +
                                                 std::to_string(input.size()) + " values");
  }
  View view{std::vector<float>(static_cast<std::size_t>(impl_->extents.back().size())), {}};
  impl_->network.run(input, 1, view.logits);
  for (std::size_t i = 0; i < impl_->nodes.size(); ++i) {
    const std::span<const float> values = impl_->network.watched(i);
    view.layers.push_back(
        {impl_->nodes[i], impl_->extents[static_cast<std::size_t>(impl_->nodes[i])], {values.begin(), values.end()}});
  }
  return view;
}

Image channel_image(const LayerView& view, std::int64_t channel) {
  const Extent& extent = view.extent;
  const bool row = extent.flat;
  const std::int64_t height = row ? 1 : extent.height, width = row ? extent.channels : extent.width,
                     channels = row ? 1 : extent.channels;
  const auto value = [&](std::int64_t i) { return view.values[static_cast<std::size_t>(i * channels + channel)]; };
  float least = value(0), most = value(0);
  for (std::int64_t i = 0; i < height * width; ++i) {
    least = std::min(least, value(i));
    most = std::max(most, value(i));
  }
  Image image{height, width, 1, {}};
  for (std::int64_t i = 0; i < height * width; ++i) {
    const float share = most > least ? (value(i) - least) / (most - least) : 0;
    image.pixels.push_back(static_cast<std::uint8_t>(share * 255 + 0.5F));
  }
  return image;
}

}  // namespace pinwheel
