// Where every value of a pass lives, decided once, so that a step allocates nothing: which layers work in place, which
// gradient buffers are used again. Knows who reads whom; does no arithmetic and holds no data.
#pragma once

#include <cstdint>
#include <vector>

#include "nn/spec.h"

namespace pinwheel {

// Nodes [begin, end) that go through a batch together, slice after slice, so that what one writes is still in cache
// when the next reads it, and threads take a slice each. What needs the whole batch at once is a run of its own.
struct Run {
  int begin = 0, end = 0;
  std::int64_t examples = 0;  // of a slice, at most; 0: the whole batch
};
inline constexpr std::int64_t kSliceFloats = std::int64_t{1} << 18;  // 1 MiB, what a core keeps close

// Covers all nodes in order. slice_floats: the most that the largest layer of a run reads and writes for one slice.
std::vector<Run> plan_runs(const NetSpec& spec, const std::vector<Extent>& extents,
                           std::int64_t slice_floats = kSliceFloats);

// Memory by number: so many floats for each example of the batch, or of a slice where nothing survives the run.
struct BufferPlan {
  std::vector<std::int64_t> capacity;  // floats per example
  std::vector<std::int64_t>
      examples;  // of a slice, one such buffer for every thread; 0: of the whole batch, one for all
  std::int64_t floats(std::int64_t batch, std::int64_t threads) const;
};

struct ActivationPlan {
  std::vector<int> buffer;  // [nodes]: where the node's output is
  BufferPlan buffers;
};

// keep_all: every node's output survives the pass. Otherwise a pointwise layer overwrites its input where no backward
// needs it (relu over batch norm, add over batch norm, dropout over dense).
ActivationPlan plan_activations(const NetSpec& spec, const std::vector<Extent>& extents, const std::vector<Run>& runs,
                                bool keep_all);

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
  std::vector<GradientStep> steps;  // in the order of execution: last node first
  BufferPlan buffers;
};
GradientPlan plan_gradients(const NetSpec& spec, const std::vector<Extent>& extents, const std::vector<Run>& runs,
                            bool want_input);

}  // namespace pinwheel
