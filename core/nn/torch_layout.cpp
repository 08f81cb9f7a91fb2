// PyTorch keeps images as C,H,W and convolution weights as O,I,H,W. A Flatten therefore lists the same numbers in
// another order than ours, and whatever has one parameter per flat column behind it (Dense, BatchNorm) must be
// reordered.
#include "nn/torch_layout.h"

#include <cmath>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "nn/overload.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

// order[i] is PyTorch's position of our flat column i. Empty: the same order.
using Order = std::vector<std::int64_t>;

Order flatten_order(const Extent& in) {
  const std::int64_t places = in.height * in.width;
  if (in.flat || places == 1 || in.channels == 1) return {};
  Order order(static_cast<std::size_t>(in.size()));
  for (std::int64_t place = 0; place < places; ++place) {
    for (std::int64_t c = 0; c < in.channels; ++c) {
      order[static_cast<std::size_t>(place * in.channels + c)] = c * places + place;
    }
  }
  return order;
}

Order concat_order(const std::vector<const Order*>& inputs, const std::vector<Extent>& extents) {
  Order joined;
  bool reordered = false;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto offset = static_cast<std::int64_t>(joined.size());
    for (std::int64_t column = 0; column < extents[i].channels; ++column) {
      joined.push_back(offset + (inputs[i]->empty() ? column : (*inputs[i])[static_cast<std::size_t>(column)]));
    }
    reordered = reordered || !inputs[i]->empty();
  }
  return reordered ? joined : Order{};
}

Order add_order(const std::string& name, const std::vector<const Order*>& inputs) {
  for (const Order* order : inputs) {
    if (*order == *inputs.front()) continue;
    throw Error(ErrorCode::kUnsupported,
                "layer '" + name +
                    "' adds a flattened picture to another list of numbers; PyTorch orders the "
                    "two differently, so this network cannot be exchanged with it");
  }
  return *inputs.front();
}

Order output_order(const Node& node, const std::vector<const Order*>& inputs, const std::vector<Extent>& extents) {
  const Order& same = *inputs.front();
  return std::visit(Overload{
                        [](const Conv2d&) { return Order{}; },
                        [](const Dense&) { return Order{}; },
                        [&](const BatchNorm&) { return same; },
                        [](const MaxPool&) { return Order{}; },
                        [](const AvgPool&) { return Order{}; },
                        [](const GlobalAvgPool&) { return Order{}; },
                        [&](const Relu&) { return same; },
                        [&](const Silu&) { return same; },
                        [&](const Tanh&) { return same; },
                        [&](const Sigmoid&) { return same; },
                        [&](const Softmax&) { return same; },
                        [&](const Dropout&) { return same; },
                        [&](const Add&) { return add_order(node.name, inputs); },
                        [&](const Concat&) { return concat_order(inputs, extents); },
                        [&](const Flatten&) { return extents.front().flat ? same : flatten_order(extents.front()); },
                    },
                    node.layer);
}

bool has_columns(const Layer& layer) {
  return std::holds_alternative<Dense>(layer) || std::holds_alternative<BatchNorm>(layer);
}

// Nodes whose order some layer's parameters depend on. Only those are worked out, so that the memory spent here is
// never more than a small multiple of the parameters themselves.
std::vector<bool> find_needed(const NetSpec& spec) {
  std::vector<bool> needed(spec.nodes.size());
  for (std::size_t i = spec.nodes.size(); i-- > 0;) {
    if (!needed[i] && !has_columns(spec.nodes[i].layer)) continue;
    for (const int input : spec.nodes[i].inputs) {
      if (input != kNetInput) needed[static_cast<std::size_t>(input)] = true;
    }
  }
  return needed;
}

// The column orders of a whole network.
class Orders {
 public:
  explicit Orders(const NetSpec& spec) : spec_(spec), outputs_(spec.nodes.size()) {
    const std::vector<Extent> extents = infer_shapes(spec);
    const std::vector<bool> needed = find_needed(spec);
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
      if (!needed[i] || !extents[i].flat) continue;
      std::vector<const Order*> orders;
      std::vector<Extent> in;
      for (const int input : spec.nodes[i].inputs) {
        orders.push_back(&of(input));
        in.push_back(extent_of(spec, extents, input));
      }
      outputs_[i] = output_order(spec.nodes[i], orders, in);
    }
  }

  // Of the columns that a node reads.
  const Order& read_by(int node) const { return of(spec_.nodes[static_cast<std::size_t>(node)].inputs.front()); }

 private:
  const Order& of(int output) const { return output == kNetInput ? same_ : outputs_[static_cast<std::size_t>(output)]; }

  const NetSpec& spec_;
  const Order same_;
  std::vector<Order> outputs_;
};

std::vector<std::int64_t> torch_shape(const ParamSlot& slot) {
  if (slot.shape.size() != 4) return slot.shape;
  return {slot.shape[0], slot.shape[3], slot.shape[1], slot.shape[2]};
}

// Calls move(our index, PyTorch's index) for every value of the slot.
template <typename Move>
void for_each_pair(const ParamSlot& slot, const Order& order, Move move) {
  if (slot.shape.size() == 4) {  // [O,kh,kw,I] ↔ [O,I,kh,kw]
    const auto places = static_cast<std::size_t>(slot.shape[1] * slot.shape[2]);
    const auto inputs = static_cast<std::size_t>(slot.shape[3]);
    for (std::size_t i = 0; i < slot.size; ++i) {
      const std::size_t o = i / (places * inputs), place = i / inputs % places, c = i % inputs;
      move(i, (o * inputs + c) * places + place);
    }
    return;
  }
  const bool reordered = !order.empty() && slot.role != ParamRole::kBias;  // a Dense's bias counts its outputs
  const std::size_t row = reordered ? order.size() : slot.size;
  for (std::size_t i = 0; i < slot.size; ++i) {
    move(i, reordered ? i / row * row + static_cast<std::size_t>(order[i % row]) : i);
  }
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (const std::int64_t side : shape) text += (text.size() > 1 ? "," : "") + std::to_string(side);
  return text + "]";
}

void check_tensor(const TorchTensor& tensor, const ParamSlot& slot) {
  if (tensor.shape != torch_shape(slot) || tensor.values.size() != slot.size) {
    throw Error(ErrorCode::kBadFile, "tensor '" + tensor.name + "' has the shape " + shape_text(tensor.shape) +
                                         ", but this network expects " + shape_text(torch_shape(slot)));
  }
  for (const float value : tensor.values) {
    if (!std::isfinite(value)) {
      throw Error(ErrorCode::kBadFile, "tensor '" + tensor.name + "' holds a value that is not a finite number");
    }
    if (slot.role == ParamRole::kRunningVar && value < 0) {
      throw Error(ErrorCode::kBadFile, "tensor '" + tensor.name + "' holds a negative variance");
    }
  }
}

bool is_batch_counter(std::string_view name) {
  constexpr std::string_view kSuffix = "num_batches_tracked";
  return name.size() >= kSuffix.size() && name.substr(name.size() - kSuffix.size()) == kSuffix;
}

using TensorIndex = std::unordered_map<std::string, const TorchTensor*>;

TensorIndex index_tensors(std::span<const TorchTensor> tensors) {
  TensorIndex index;
  for (const TorchTensor& tensor : tensors) {
    if (is_batch_counter(tensor.name)) continue;
    if (!index.emplace(tensor.name, &tensor).second) {
      throw Error(ErrorCode::kBadFile, "tensor '" + tensor.name + "' is there twice");
    }
  }
  return index;
}

}  // namespace

std::vector<TorchTensor> to_torch(const NetSpec& spec, const Params& params) {
  const Orders orders(spec);
  std::vector<TorchTensor> tensors;
  tensors.reserve(params.layout.slots.size());
  for (const ParamSlot& slot : params.layout.slots) {
    TorchTensor tensor{slot.name, torch_shape(slot), std::vector<float>(slot.size)};
    const std::span<const float> values = params.slot(slot);
    for_each_pair(slot, orders.read_by(slot.node),
                  [&](std::size_t ours, std::size_t theirs) { tensor.values[theirs] = values[ours]; });
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

Params from_torch(const NetSpec& spec, std::span<const TorchTensor> tensors) {
  ParamLayout layout = layout_params(spec);
  TensorIndex index = index_tensors(tensors);
  // All tensors are checked before the first large allocation.
  for (const ParamSlot& slot : layout.slots) {
    const auto it = index.find(slot.name);
    if (it == index.end()) {
      throw Error(ErrorCode::kBadFile, "tensor '" + slot.name + "' is missing; the file belongs to another network");
    }
    check_tensor(*it->second, slot);
  }
  const Orders orders(spec);
  Params params(std::move(layout));
  for (const ParamSlot& slot : params.layout.slots) {
    const std::vector<float>& theirs = index.at(slot.name)->values;
    const std::span<float> ours = params.slot(slot);
    for_each_pair(slot, orders.read_by(slot.node),
                  [&](std::size_t our, std::size_t their) { ours[our] = theirs[their]; });
    index.erase(slot.name);
  }
  if (!index.empty()) {
    throw Error(ErrorCode::kBadFile, "tensor '" + index.begin()->first +
                                         "' belongs to no layer of this network; the file is for another one");
  }
  return params;
}

}  // namespace pinwheel
