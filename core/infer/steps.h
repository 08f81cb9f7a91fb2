// What our own kernels do with a part of a network, step by step: which nodes are done together, and which buffer each
// step reads and writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/kernels.h"
#include "nn/spec.h"

namespace pinwheel {

inline constexpr int kOutput = -2;  // in place of a buffer: the caller's; kNetInput stands for the caller's input

// One of these, with the ReLU behind it: a convolution and what is added to its sums; a batch norm; a max pool behind a
// convolution that does the ReLU for it. Or a node alone.
struct FusedStep {
  std::size_t first, last;  // first: the node that decides what is done; last: whose output is written
  std::vector<int> inputs;  // nodes; a convolution adds the second one to its sums
  bool rectifies = false;   // what is negative becomes 0
};
std::vector<FusedStep> fuse_steps(const NetSpec& spec);

// Steps [begin, end) that go from one meeting of the threads to the next, for one picture: each thread takes some lines
// of it through all of them. What all but the last write nobody reads behind the group.
struct StepGroup {
  using Band = std::vector<kernels::Lines>;  // [end - begin], of what each step writes; none of it: nobody wants it
  std::size_t begin, end;
  std::vector<Band> bands;  // none: a step of which threads share the work as its kernel will have it
};

struct PlannedStep {
  std::vector<int> from;  // buffers
  int to;                 // a buffer
  bool rectifies;
  std::int64_t x_row, y_row;  // floats from one pixel to the next in from[0] and in `to`
  std::size_t first_new = 0;  // a Concat: inputs before this one lie in `to` already
};

struct StepPlan {
  struct Buffer {
    std::int64_t floats;  // of one picture
    bool own;             // every thread has one: it passes between the steps of a group
  };
  std::vector<PlannedStep> steps;
  std::vector<Buffer> buffers;
};

// Without groups, no thread has more than one step to itself.
StepPlan plan_steps(const NetSpec& spec, const std::vector<FusedStep>& steps,
                    const std::vector<StepGroup>& groups = {});

}  // namespace pinwheel
