// Networks that compute the same with less work.
#pragma once

#include "nn/spec.h"

namespace pinwheel {

// The same network, bit for bit, with every rectifier that only the max-pool after it reads moved behind that pool: the
// largest of some values, rectified, is the largest of the rectified ones. It meets fewer values there, and the many
// before the pool need not be kept.
NetSpec rectify_after_pooling(NetSpec spec);

}  // namespace pinwheel
