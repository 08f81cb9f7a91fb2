// Each example writes its own part of the batch, so the thread pool may take them in any order.
#include "train/batcher.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.h"

namespace pinwheel {

Batcher::Batcher(const Dataset& dataset, const Preprocess& preprocess, const Extent& input)
    : dataset_(dataset), preprocess_(preprocess), example_size_(static_cast<std::size_t>(input.size())) {
  const Extent& stored = dataset.extent;
  const bool same =
      input.flat ? stored.size() == input.size()
                 : stored.height == input.height && stored.width == input.width && stored.channels == input.channels;
  if (!same) {
    throw Error(ErrorCode::kInvalidArgument, "the images are stored as " + stored.text() + " but the network reads " +
                                                 input.text() + "; load the data with this network's preprocessing");
  }
}

void Batcher::features(std::span<const std::int64_t> indices, std::span<float> out) const {
  auto place = out.begin();
  for (const std::int64_t index : indices) {
    const auto from = dataset_.features.begin() + index * dataset_.extent.size();
    place = std::copy(from, from + dataset_.extent.size(), place);
  }
}

void Batcher::plain(std::span<const std::int64_t> indices, std::span<float> out, const ThreadPool& pool) const {
  if (!dataset_.features.empty()) return features(indices, out);
  pool.for_each(indices.size(), [&](std::size_t k) {
    to_floats(preprocess_, {dataset_.image(indices[k]), example_size_}, dataset_.extent.channels,
              out.subspan(k * example_size_, example_size_));
  });
}

void Batcher::augmented(std::span<const std::int64_t> indices, std::span<const std::uint64_t> keys,
                        const Augment& augment, const Rng& rng, std::span<float> out, const ThreadPool& pool) const {
  const Extent& e = dataset_.extent;
  pool.for_each(indices.size(), [&](std::size_t k) {
    const std::span<float> image = out.subspan(k * example_size_, example_size_);
    Rng stream = rng.child(keys[k]);
    augment_view(augment, stream, dataset_.image(indices[k]), e.height, e.width, e.channels, e.height, e.width, image);
    normalise(image);
  });
}

// The same as to_floats, for values that are no longer whole.
void Batcher::normalise(std::span<float> image) const {
  const auto channels = static_cast<std::size_t>(dataset_.extent.channels);
  const bool swap = preprocess_.bgr && channels == 3;
  const auto divide = static_cast<float>(preprocess_.divide_by);
  for (std::size_t at = 0; at < image.size(); at += channels) {
    if (swap) std::swap(image[at], image[at + 2]);
    for (std::size_t c = 0; c < channels; ++c) {
      float& value = image[at + c];
      value /= divide;
      if (!preprocess_.mean.empty()) value -= static_cast<float>(preprocess_.mean[c]);
      if (!preprocess_.std.empty()) value /= static_cast<float>(preprocess_.std[c]);
    }
  }
}

void Batcher::targets(std::span<const std::int64_t> indices, std::span<float> out) const {
  auto place = out.begin();
  for (const std::int64_t index : indices) {
    const std::span<const float> row = dataset_.target(index);
    place = std::copy(row.begin(), row.end(), place);
  }
}

void Batcher::weights(std::span<const std::int64_t> indices, std::span<float> out) const {
  for (std::size_t k = 0; k < indices.size(); ++k) {
    out[k] = dataset_.weights.empty() ? 1.0F : dataset_.weights[static_cast<std::size_t>(indices[k])];
  }
}

}  // namespace pinwheel
