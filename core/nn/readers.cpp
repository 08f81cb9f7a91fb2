#include "nn/readers.h"

namespace pinwheel {

std::vector<std::vector<std::size_t>> readers_of(const NetSpec& spec) {
  std::vector<std::vector<std::size_t>> readers(spec.nodes.size());
  for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
    for (const int input : spec.nodes[i].inputs) {
      if (input != kNetInput) readers[static_cast<std::size_t>(input)].push_back(i);
    }
  }
  return readers;
}

}  // namespace pinwheel
