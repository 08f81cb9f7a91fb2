// Starting weights from elsewhere: a file of PyTorch's or torchvision's names for everything but the last layer, whose
// outputs are another task's.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "nn/params.h"
#include "nn/spec.h"

namespace pinwheel {

// Fills params, which belong to spec, from a safetensors file; the last layer keeps what it has, and what the file says
// of it is ignored, as are batch counters. Throws Error(kBadFile) naming the file (`name`) and the tensor that is
// missing, superfluous, of another shape or not finite, and then leaves params as they were.
void load_backbone(const NetSpec& spec, Params& params, std::span<const std::uint8_t> bytes, const std::string& name);

}  // namespace pinwheel
