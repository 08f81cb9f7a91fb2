// The brightest object's surroundings (system D of the presets): which part of a picture RegionOfInterest keeps.
#pragma once

#include "image/preprocess.h"

namespace pinwheel {

// The smallest box around the largest 8-connected set of pixels with grey > threshold; nothing bright: a box of height
// 0. Of two objects of one size the upper one counts, then the left one.
Box largest_object(const Image& image, int threshold);

// largest_object, made square on its centre, with `padding` of its longer side added on each side; the whole frame when
// that square leaves the picture or there is no object.
Box region_of_interest(const Image& image, const RegionOfInterest& step);

}  // namespace pinwheel
