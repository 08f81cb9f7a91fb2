// Pictures that show galaxies themselves: how they are prepared, varied, seen by the layers, and judged.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "data/dataset.h"
#include "image/augment.h"
#include "infer/classifier.h"
#include "report/judged.h"
#include "report/picture.h"
#include "report/style.h"

namespace pinwheel::report {

struct Original {
  std::string id;
  Image image;  // as it was decoded
};

// The four pipelines of the published comparison (original; greyscale; + crop 256; + resize 128; + resize 64) and the
// model's own, step by step.
Picture pipeline_picture(const Model& model, std::span<const Original> originals, Theme theme);

// Stored galaxies beside random views as training draws them.
Picture augmented_picture(const Dataset& dataset, std::span<const std::int64_t> indices, const Augment& augment,
                          std::uint64_t seed, Theme theme);

// For each galaxy of the part the channel maps of every convolution; at most kMostMaps of them, and how many there are
// is said. Of a deep network the first two galaxies.
inline constexpr std::int64_t kMostMaps = 8;
Picture activation_picture(const Model& model, const Dataset& dataset, const Judged& part, const ThreadPool& pool,
                           Theme theme);

// Where the network looked (infer/occlusion), for the likeliest answers of each galaxy of the part. `progress` hears
// the share that is done: of a large network it takes minutes.
Picture heat_picture(Classifier& classifier, const Dataset& dataset, const Judged& part, Theme theme,
                     const std::function<void(double)>& progress = {});

// A contact sheet of what it is surest of and right, surest of and wrong, and farthest off.
Picture mistakes_picture(const Dataset& dataset, const Judged& part, Theme theme);

// One galaxy, all its answers, and the truth where it is known ([outputs] as `kind` says).
Picture galaxy_picture(const Original& original, const Model& model, std::span<const float> answers, TargetKind kind,
                       std::span<const float> truth, Theme theme);

}  // namespace pinwheel::report
