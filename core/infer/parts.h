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

// One after the other they are the network.
struct NetPiece {
  NetPart part;
  std::int64_t slice = 0;  // pictures that go through at once; 0: the whole batch
};

// For every node: do the nodes from it on read nothing from before it but its neighbour's output, so that it may begin
// a part?
std::vector<bool> find_cuts(const NetSpec& spec);
// The nodes [first, end); they must read nothing from before but the output of the node before `first`.
NetPart part_of(const NetSpec& spec, std::size_t first, std::size_t end);
NetPart whole_net(const NetSpec& spec);
// At most three: large pictures in small slices; small ones with heavier weights in larger slices; and dense layers
// with heavy weights, which want all rows there are.
std::vector<NetPiece> cut_net(const NetSpec& spec);

}  // namespace pinwheel
