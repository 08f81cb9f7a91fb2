// Who reads what in a network, for whoever looks for nodes that can be taken together.
#pragma once

#include <cstddef>
#include <vector>

#include "nn/spec.h"

namespace pinwheel {

// The nodes that read each node, in order; one that reads another twice is there twice.
std::vector<std::vector<std::size_t>> readers_of(const NetSpec& spec);

}  // namespace pinwheel
