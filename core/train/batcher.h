// From stored galaxies to the floats of a batch: random views, channel order, scale. Who is in a batch is the trainer's
// business.
#pragma once

#include <cstdint>
#include <span>

#include "base/parallel.h"
#include "base/rng.h"
#include "data/dataset.h"
#include "image/augment.h"
#include "image/preprocess.h"

namespace pinwheel {

class Batcher {
 public:
  // dataset and preprocess must outlive the batcher. Throws Error when the stored images are not what the network
  // reads.
  Batcher(const Dataset& dataset, const Preprocess& preprocess, const Extent& input);

  // As the classifier will see them; features as they are. out [indices, input].
  void plain(std::span<const std::int64_t> indices, std::span<float> out, const ThreadPool& pool) const;
  // Random views, of pixels only: the k-th example draws from rng.child(keys[k]) alone.
  void augmented(std::span<const std::int64_t> indices, std::span<const std::uint64_t> keys, const Augment& augment,
                 const Rng& rng, std::span<float> out, const ThreadPool& pool) const;
  // out [indices, width]
  void targets(std::span<const std::int64_t> indices, std::span<float> out) const;
  // out [indices]; 1 where the dataset has no weights.
  void weights(std::span<const std::int64_t> indices, std::span<float> out) const;

 private:
  void features(std::span<const std::int64_t> indices, std::span<float> out) const;
  void normalise(std::span<float> image /*[H,W,C], 0…255*/) const;

  const Dataset& dataset_;
  const Preprocess& preprocess_;
  std::size_t example_size_;
};

}  // namespace pinwheel
