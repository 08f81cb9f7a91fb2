// Sets differ in how much sky they show around a galaxy. A network that learns sizes from one frame is misled by
// another.
#pragma once

#include "image/image.h"

namespace pinwheel {

// How much smaller a galaxy cut out at 1.25 times its major axis ("whole_1.25xmajoraxis") must be drawn to have the
// scale of the challenge's central 256 pixels: measured on the shared research set, the radius that holds half of the
// light has a median of 17.0 of 128 pixels in the one frame and 24.4 in the other.
inline constexpr double kWholeFrameScale = 0.7;

// The picture shrunk by `scale` in (0, 1] onto a canvas of its own size, filled with the median colour of its border.
Image shrink_onto_sky(const Image& image, double scale);

}  // namespace pinwheel
