// What our own kernels do with a part of a network, step by step: which nodes are done together, and which buffer each
// step reads and writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "nn/spec.h"

namespace pinwheel {

inline constexpr int kOutput = -2;  // in place of a buffer: the caller's; kNetInput stands for the caller's input

// One of these, with the ReLU behind it: a convolution and what is added to its sums; a batch norm; a max pool behind a
// convolution that does the ReLU for it. Or a node alone.
struct PlannedStep {
  std::size_t first, last;    // first: the node that decides what is done; last: whose output is written
  std::vector<int> from;      // buffers; a convolution adds the second one to its sums
  int to;                     // a buffer
  bool rectifies = false;     // what is negative becomes 0
  std::int64_t x_row, y_row;  // floats from one pixel to the next in from[0] and in `to`
  std::size_t first_new = 0;  // a Concat: inputs before this one lie in `to` already
};

struct StepPlan {
  std::vector<PlannedStep> steps;
  std::vector<std::int64_t> buffers;  // floats of each, of one picture
};

StepPlan plan_steps(const NetSpec& spec);

}  // namespace pinwheel
