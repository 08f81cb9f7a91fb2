#include "train/reorder.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace pinwheel {
namespace {

std::int64_t count_readers(const NetSpec& spec, int index) {
  std::int64_t readers = 0;
  for (const Node& node : spec.nodes) readers += std::count(node.inputs.begin(), node.inputs.end(), index);
  return readers;
}

}  // namespace

NetSpec rectify_after_pooling(NetSpec spec) {
  for (std::size_t i = 1; i < spec.nodes.size(); ++i) {
    Node &relu = spec.nodes[i - 1], &pool = spec.nodes[i];
    const int place = static_cast<int>(i) - 1;
    if (!std::holds_alternative<Relu>(relu.layer) || !std::holds_alternative<MaxPool>(pool.layer)) continue;
    if (pool.inputs[0] != place || count_readers(spec, place) != 1) continue;
    std::swap(relu.inputs, pool.inputs);
    std::swap(relu, pool);
  }
  return spec;
}

}  // namespace pinwheel
