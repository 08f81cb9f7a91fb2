// The weight gradient of a convolution without padding that has few outputs, as first layers do: there, copying what
// the filters see would cost more than the product. Every line of taps lies side by side in the image, and is read as
// vectors where it lies.
#pragma once

#include "kernels/isa/kernel_set.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

bool has_few_outputs(const ConvDims& d);
// As conv2d_backward_weight. Uses scratch slot 0.
void few_outputs_backward_weight(Context& ctx, float* dweight, const float* dy, const float* x, const ConvDims& d);

}  // namespace pinwheel::kernels::PINWHEEL_ISA
