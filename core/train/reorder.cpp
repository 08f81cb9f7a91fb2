#include "train/reorder.h"

#include <utility>
#include <variant>
#include <vector>

#include "nn/readers.h"

namespace pinwheel {

NetSpec rectify_after_pooling(NetSpec spec) {
  for (std::size_t i = 1; i < spec.nodes.size(); ++i) {
    Node &relu = spec.nodes[i - 1], &pool = spec.nodes[i];
    if (!std::holds_alternative<Relu>(relu.layer) || !std::holds_alternative<MaxPool>(pool.layer)) continue;
    if (readers_of(spec)[i - 1] != std::vector<std::size_t>{i}) continue;
    std::swap(relu.inputs, pool.inputs);
    std::swap(relu, pool);
  }
  return spec;
}

}  // namespace pinwheel
