// What a network has to beat before anybody calls it good: predictions that need no network at all.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/rng.h"
#include "data/dataset.h"

namespace pinwheel {

// The mean target of the training part for everybody; its largest entry is the majority class. [indices, outputs]
std::vector<float> mean_predictor(const Dataset& dataset, std::span<const std::int64_t> train,
                                  std::span<const std::int64_t> indices);

// The benchmark of the Galaxy Zoo challenge: galaxies are sorted into `clusters` by the mean colour of the central
// pixels (a 25th of the side, at least one pixel; k-means, Lloyd 1982, started as in k-means++, Arthur & Vassilvitskii
// 2007), and each gets the mean target of its cluster in the training part. [indices, outputs]
std::vector<float> central_pixel_predictor(const Dataset& dataset, std::span<const std::int64_t> train,
                                           std::span<const std::int64_t> indices, std::int64_t clusters, Rng rng);

}  // namespace pinwheel
