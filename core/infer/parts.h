// How a network is cut for a batch of pictures, so that what passes from layer to layer stays near the processor. A
// function of the network alone, never of the number of threads: that is why one thread and sixteen give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "nn/spec.h"

namespace pinwheel {

// Neighbouring nodes of a network as a network of their own.
struct NetPart {
  NetSpec spec;   // reads what the part before it gave
  int first = 0;  // the number of its first node in the whole
};

struct NetParts {
  NetPart trunk;           // large pictures, few weights: runs in slices of the batch; may have no nodes
  NetPart tail;            // small pictures, many weights: runs on the whole batch; may have no nodes
  std::int64_t slice = 1;  // pictures to a slice of the trunk
};

// For every node: do the nodes from it on read nothing from before it but its neighbour's output, so that it may begin
// a part?
std::vector<bool> find_cuts(const NetSpec& spec);
// The nodes [first, end); they must read nothing from before but the output of the node before `first`.
NetPart part_of(const NetSpec& spec, std::size_t first, std::size_t end);
NetPart whole_net(const NetSpec& spec);
NetParts cut_net(const NetSpec& spec);

}  // namespace pinwheel
