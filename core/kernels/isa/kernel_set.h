// Declares every kernel of kernels.h once more, in the namespace of the instruction set that is being compiled.
#pragma once

#include "kernels/isa/simd.h"
#include "kernels/table.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

#define PINWHEEL_DECLARE(function) decltype(kernels::function) function;
PINWHEEL_FOR_EACH_KERNEL(PINWHEEL_DECLARE)
#undef PINWHEEL_DECLARE

}  // namespace pinwheel::kernels::PINWHEEL_ISA
