// How threads share one picture: in bands of lines, that each takes through several steps alone, so that they meet less
// often and fetch little of what another wrote. Lines that a neighbour's windows see are made twice.
#pragma once

#include <cstddef>
#include <vector>

#include "infer/steps.h"
#include "nn/spec.h"

namespace pinwheel {

// All steps in groups, whose time together is estimated to be the least. What a step writes has the same bits in any.
std::vector<StepGroup> plan_groups(const NetSpec& spec, const std::vector<FusedStep>& steps, std::size_t threads);

}  // namespace pinwheel
