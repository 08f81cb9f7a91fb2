// Whether a data set can teach this network anything, checked once before training. (A published system once trained on
// targets that were all zero and reported a fine error.)
#pragma once

#include <cstdint>
#include <vector>

#include "data/dataset.h"
#include "data/split.h"
#include "train/loss.h"

namespace pinwheel {

// Throws Error with a sentence for a person. `outputs` is the network's.
void check_data(const Dataset& dataset, const Split& split, const LossSpec& loss, std::int64_t outputs);

// Column sums over the total, of the training part (system D).
std::vector<float> column_weights(const Dataset& dataset, const Split& split);

}  // namespace pinwheel
