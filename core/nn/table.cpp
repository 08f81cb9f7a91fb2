#include "nn/table.h"

#include "nn/params.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

// From the same count that the whole network's cost uses.
double node_mflop(const NetSpec& spec, std::size_t node) {
  NetSpec upto = spec, before = spec;
  upto.nodes.resize(node + 1);
  before.nodes.resize(node);
  const double below = node == 0 ? 0.0 : count_cost(before).forward_flop;
  return (count_cost(upto).forward_flop - below) / 1e6;
}

}  // namespace

std::vector<TableRow> network_table(const NetSpec& spec) {
  const auto shapes = infer_shapes(spec);
  std::vector<TableRow> rows;
  for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
    rows.push_back({spec.nodes[i].name, layer_kind(spec.nodes[i].layer), shapes[i].text(), 0, node_mflop(spec, i)});
  }
  for (const auto& slot : layout_params(spec).slots) {
    if (slot.trainable()) rows[static_cast<std::size_t>(slot.node)].parameters += static_cast<std::int64_t>(slot.size);
  }
  return rows;
}

}  // namespace pinwheel
