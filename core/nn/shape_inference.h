// The shape of every layer's output, and whether a network can work at all.
#pragma once

#include <vector>

#include "nn/spec.h"

namespace pinwheel {

// The output extent of one layer. Throws Error(kInvalidArgument) with a sentence a person can act on:
// "layer 'conv3': a 9x9 kernel does not fit into 8x8; use a smaller kernel or padding".
Extent infer_output(const std::string& name, const Layer& layer, const std::vector<Extent>& inputs);

// The output extent of every node, in order. Checks names (unique, non-empty), input indices, positive sizes, and that
// no extent or parameter count overflows what memory could hold (kTooLarge).
std::vector<Extent> infer_shapes(const NetSpec& spec);
// What a node gives, or the network's input for kNetInput; `extents` as infer_shapes gave them.
const Extent& extent_of(const NetSpec& spec, const std::vector<Extent>& extents, int node);

// Multiply-adds of convolutions and dense layers for one example, times 2. training_flop adds the weight gradient of
// every such layer and the input gradient of every one but those that read only the network's input.
struct Cost {
  double forward_flop = 0;
  double training_flop = 0;
};
Cost count_cost(const NetSpec& spec);

}  // namespace pinwheel
