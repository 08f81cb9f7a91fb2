// Where a network looked, for any network: cover a patch of the picture with the colour of the sky and see how much of
// the answer goes (Zeiler & Fergus 2014, section 4.2). No gradient, so nothing about the layers has to be known.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "image/image.h"
#include "infer/classifier.h"

namespace pinwheel {

struct OcclusionSpec {
  std::int64_t patch = 0;    // pixels a side of the seen picture; 0: an eighth of the shorter side
  std::int64_t stride = 0;   // from patch to patch; 0: half a patch
  std::vector<int> outputs;  // answers to watch, a map each; none: one map of the likeliest (on the tree: of all
                             // answers along the likeliest path)
};

struct HeatMap {
  std::int64_t height = 0, width = 0;
  std::vector<float> drop;  // [H,W] mean, over the patches that cover a pixel, of what the answer loses; < 0: it gains
  float uncovered = 0;      // the answer for the whole picture, 0 … 1
};

// A step object: the page runs it in slices between two frames.
class Occlusion {
 public:
  // `seen`: a picture as Classifier::seen gives it. The classifier must outlive this. Throws Error(kInvalidArgument)
  // for an output that is not there or a patch that is larger than the picture.
  Occlusion(Classifier& classifier, Image seen, const OcclusionSpec& spec = {});
  ~Occlusion();
  Occlusion(Occlusion&&) noexcept;

  std::int64_t done() const;  // patches tried
  std::int64_t total() const;
  void step(std::int64_t patches = 16);  // the next ones; does nothing when all are tried
  // Of what was tried so far, for the i-th of the watched outputs.
  HeatMap map(std::size_t i = 0) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Per channel the median of the picture's outermost ring: sky, unless a galaxy fills the frame.
std::vector<std::uint8_t> sky_colour(const Image& image);

}  // namespace pinwheel
