// Where every value of a pass lives, decided once, so that a step allocates nothing: which layers work in place, which
// gradient buffers are used again. Knows who reads whom; does no arithmetic and holds no data.
#pragma once

#include <cstdint>
#include <vector>

#include "nn/spec.h"

namespace pinwheel {

struct ActivationPlan {
  std::vector<int> buffer;             // [nodes]: where the node's output is
  std::vector<std::int64_t> capacity;  // [buffers]: floats per example
};

// keep_all: every node's output survives the pass. Otherwise a pointwise layer overwrites its input where no backward
// needs it (relu over batch norm, add over batch norm, dropout over dense).
ActivationPlan plan_activations(const NetSpec& spec, const std::vector<Extent>& extents, bool keep_all);

inline constexpr int kNotWanted = -1;      // nobody needs this gradient
inline constexpr int kCallersBuffer = -2;  // the gradient by the network's input goes to the caller

// What a node's backward does for one of its inputs: the kernel writes `via`; when that is not `buffer`, another reader
// has written there first, and `via` is added to it. A batch norm makes the gradient in any case: `via` without
// `buffer`.
struct GradientWrite {
  int buffer = kNotWanted;
  int via = kNotWanted;
};
struct GradientStep {
  int node = 0;
  int dy = kNotWanted;                // kNotWanted: nobody reads this node; the gradients of its parameters are zero
  std::vector<GradientWrite> writes;  // one per input
};
struct GradientPlan {
  std::vector<GradientStep> steps;     // in the order of execution: last node first
  std::vector<std::int64_t> capacity;  // [buffers]: floats per example
};
GradientPlan plan_gradients(const NetSpec& spec, const std::vector<Extent>& extents, bool want_input);

}  // namespace pinwheel
