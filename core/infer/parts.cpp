// Both ways of running a layer are weighed by the bytes that they move from beyond the second-level cache. In slices
// the weights come anew for every slice; on the whole batch they come once, but what passes between layers comes and
// goes.
#include "infer/parts.h"

#include <algorithm>
#include <variant>
#include <vector>

#include "nn/params.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

constexpr double kCache = 768 << 10;         // bytes of the second-level cache for what passes between layers
constexpr std::int64_t kMostToASlice = 8;    // of large pictures
constexpr std::int64_t kSmallToASlice = 16;  // of small ones: XNNPACK works by rows of seven pixels, some left over
constexpr double kBatch = 32;                // what a whole batch is taken to be

struct Traffic {
  double passing = 0;  // bytes that a layer reads and writes for one picture
  double weights = 0;  // bytes
};

std::vector<Traffic> traffic_of(const NetSpec& spec) {
  const std::vector<Extent> extents = infer_shapes(spec);
  std::vector<Traffic> traffic(spec.nodes.size());
  for (std::size_t i = 0; i < traffic.size(); ++i) {
    auto floats = static_cast<double>(extents[i].size());
    for (const int input : spec.nodes[i].inputs) floats += static_cast<double>(extent_of(spec, extents, input).size());
    traffic[i].passing = floats * sizeof(float);
  }
  for (const ParamSlot& slot : layout_params(spec).slots) {
    traffic[static_cast<std::size_t>(slot.node)].weights += static_cast<double>(slot.size * sizeof(float));
  }
  return traffic;
}

std::int64_t slice_for(double passing) {
  std::int64_t slice = kMostToASlice;
  while (slice > 1 && static_cast<double>(slice) * passing > kCache) slice /= 2;
  return slice;
}

// What a trunk moves for one picture.
struct Trunk {
  double largest = 0;   // bytes that pass a layer
  double weights = 0;   // bytes
  double overflow = 0;  // bytes passing that the cache has no room for

  void add(const Traffic& node) {
    largest = std::max(largest, node.passing);
    weights += node.weights;
    overflow += std::max(0.0, node.passing - kCache);
  }
  double bytes(std::int64_t slice) const {
    const bool fits = weights + largest <= kCache;  // then the weights stay as well
    return overflow + (fits ? 0 : weights / static_cast<double>(slice));
  }
};

// Where dense layers whose weights do not stay in the cache are all that is left; the number of nodes if they do stay.
std::size_t first_dense(const NetSpec& spec, const std::vector<Traffic>& traffic, const std::vector<bool>& cuts) {
  std::size_t first = spec.nodes.size();
  double weights = 0;
  for (std::size_t i = first; i-- > 0 && !std::holds_alternative<Conv2d>(spec.nodes[i].layer);) {
    weights += traffic[i].weights;
    if (i == 0 || (cuts[i] && weights > kCache / 2)) first = i;
  }
  return first;
}

struct Cut {
  std::size_t node = 0;  // the first of the tail
  std::int64_t slice = 1;
};

// Where the bytes of the trunk before and of the tail behind are fewest; no trunk without a weight.
Cut best_cut(const std::vector<Traffic>& traffic, const std::vector<bool>& cuts) {
  double tail = 0;
  for (const Traffic& node : traffic) tail += node.passing + node.weights / kBatch;
  Cut best;
  double least = tail;
  Trunk trunk;
  for (std::size_t i = 0; i < traffic.size(); ++i) {
    trunk.add(traffic[i]);
    tail -= traffic[i].passing + traffic[i].weights / kBatch;
    const bool allowed = i + 1 == traffic.size() || cuts[i + 1];
    const std::int64_t slice = slice_for(trunk.largest);
    if (!allowed || trunk.weights == 0 || trunk.bytes(slice) + tail >= least) continue;
    least = trunk.bytes(slice) + tail;
    best = {i + 1, slice};
  }
  return best;
}

}  // namespace

std::vector<bool> find_cuts(const NetSpec& spec) {
  std::vector<bool> cuts(spec.nodes.size(), true);
  for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
    for (const int input : spec.nodes[i].inputs) {
      // Whoever reads node k forbids every cut after k + 1, up to and with himself.
      for (auto c = static_cast<std::size_t>(input + 2); c <= i; ++c) cuts[c] = false;
    }
    // What a convolution may fuse with stays with it.
    if (!std::holds_alternative<Conv2d>(spec.nodes[i].layer) && !std::holds_alternative<Dense>(spec.nodes[i].layer)) {
      cuts[i] = false;
    }
  }
  return cuts;
}

NetPart part_of(const NetSpec& spec, std::size_t first, std::size_t end) {
  const auto before = static_cast<int>(first);
  NetPart part{{first == 0 ? spec.input : infer_shapes(spec)[first - 1], {}}, before};
  for (std::size_t i = first; i < end; ++i) {
    Node& node = part.spec.nodes.emplace_back(spec.nodes[i]);
    for (int& input : node.inputs) input = std::max(input - before, kNetInput);
  }
  return part;
}

NetPart whole_net(const NetSpec& spec) { return {spec, 0}; }

std::vector<NetPiece> cut_net(const NetSpec& spec) {
  const std::vector<Traffic> traffic = traffic_of(spec);
  const std::vector<bool> cuts = find_cuts(spec);
  const Cut trunk = best_cut(traffic, cuts);
  const std::size_t count = spec.nodes.size(), dense = std::max(trunk.node, first_dense(spec, traffic, cuts));
  std::vector<NetPiece> pieces;
  const auto add = [&](std::size_t first, std::size_t end, std::int64_t slice) {
    if (first < end) pieces.push_back({part_of(spec, first, end), slice});
  };
  add(0, trunk.node, trunk.slice);
  add(trunk.node, dense, kSmallToASlice);
  add(dense, count, 0);
  return pieces;
}

}  // namespace pinwheel
