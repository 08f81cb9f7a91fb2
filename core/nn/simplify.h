// The same answers from fewer layers: rewritings of a network for evaluation beyond folding batch norms backwards.
#pragma once

#include <optional>

#include "nn/params.h"
#include "nn/spec.h"

namespace pinwheel {

struct SimplerNet {
  NetSpec spec;
  Params params;
};

// Expects a folded network. A batch norm that reads no convolution (it stands behind a ReLU, say) goes into the next
// convolution or dense layer where only pools, dropouts and flattenings lie between; dense layers side by side, read by
// nobody but one concat, become one. Nothing if there is nothing to be done. Nodes are renumbered: not for networks
// that somebody watches.
std::optional<SimplerNet> simplify(const NetSpec& spec, const Params& params);

}  // namespace pinwheel
