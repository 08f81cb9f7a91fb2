// NetSpec → XNNPACK subgraph. The only pair of files that speaks XNNPACK's 21-argument calls.
#pragma once

#include <span>

#include "infer/parts.h"
#include "infer/xnn.h"
#include "nn/params.h"

namespace pinwheel {

// Expects a folded network, `params` those of all of it; a BatchNorm that could not be folded becomes multiply and add
// per channel. `watched`: nodes of the part whose own outputs each run gives as well; none costs nothing. XNNPACK reads
// the parameters until the last runtime of the graph is made.
XnnGraph lower(const NetPart& part, const Params& params, std::span<const int> watched = {});

}  // namespace pinwheel
