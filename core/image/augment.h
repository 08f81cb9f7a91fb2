// Random views of one galaxy: rotation by any angle, flips, shift, zoom and brightness in a single bilinear resampling
// of the 8-bit store. A galaxy has no up: every view is equally true (but see mirror_swaps in the label schemes).
#pragma once

#include <cstdint>
#include <span>

#include "base/rng.h"

namespace pinwheel {

struct Augment {
  double rotate_degrees = 0;                            // uniform in [0, this); 360 = any angle
  bool flip_horizontal = false, flip_vertical = false;  // each with probability 1/2
  double shift = 0;                                     // uniform in ±this, as a part of the side
  double zoom = 0;        // scale exp(uniform(±log(1+zoom))): 0.2 = between 1/1.2 and 1.2
  double brightness = 0;  // factor exp(uniform(±log(1+brightness)))
  bool operator==(const Augment&) const = default;
  bool any() const { return *this != Augment{}; }
};

// out [out_h,out_w,C] floats in 0…255 (not divided yet), from source [h,w,C] 8-bit, drawn with rng. Places outside the
// source take the nearest edge pixel. source may be larger than out: then the view is shrunk with area weighting (2x2
// subsamples).
void augment_view(const Augment& augment, Rng& rng, const std::uint8_t* source, std::int64_t h, std::int64_t w,
                  std::int64_t channels, std::int64_t out_h, std::int64_t out_w, std::span<float> out);

}  // namespace pinwheel
