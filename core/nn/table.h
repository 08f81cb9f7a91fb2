// A network as the table that people read: layer, output shape, parameters, arithmetic.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nn/spec.h"

namespace pinwheel {

struct TableRow {
  std::string name, kind, output;  // "features.0", "conv2d", "64x64x32"
  std::int64_t parameters = 0;     // trainable
  double mflop = 0;                // 2 x multiply-adds for one example, in millions
};

// One row a node, in order. Throws Error(kInvalidArgument) as infer_shapes does.
std::vector<TableRow> network_table(const NetSpec& spec);

}  // namespace pinwheel
