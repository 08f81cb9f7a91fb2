// A network of which only the last layer learns. What the rest says of a galaxy never changes, so it is computed once,
// in evaluation mode, and the ordinary Trainer trains the last layer on it: the same mathematics as training the whole
// with every other gradient left out (Yosinski et al. 2014: transfer with frozen layers). Random views would change the
// features; the Trainer refuses them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/parallel.h"
#include "data/dataset.h"
#include "io/model_file.h"

namespace pinwheel {

// The last layer as a network of its own, and all before it.
struct FrozenNet {
  NetSpec body, last;
};
// Throws Error(kInvalidArgument) unless the network ends in a dense layer behind at least one other.
FrozenNet split_before_last(const NetSpec& spec);

// After each piece: galaxies done so far. False stops.
using FeatureProgress = std::function<bool(std::int64_t done)>;

// The data set as the model's last layer sees it: features [N,F] in place of pixels, everything else as it was. Nothing
// when it was stopped. Throws Error as split_before_last and Batcher do.
std::optional<Dataset> compute_features(const Model& model, const Dataset& dataset, const ThreadPool& pool,
                                        const FeatureProgress& progress);

// The last layer of a model, with the parameters that it has there, as a model that reads features.
Model last_layer(const Model& model);
// Puts the trained last layer in its place. Throws Error(kInvalidArgument) when it is not one of this model.
void set_last_layer(Model& model, const Model& last);

}  // namespace pinwheel
