// Convolution in which every channel has its own filter (groups == c == o): no matrix product hides in it, so it has
// loops of its own, vectorised over the channels.
#pragma once

#include "kernels/isa/kernel_set.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

PINWHEEL_INLINE bool is_depthwise(const ConvDims& d) { return d.groups == d.c && d.o == d.c && d.c > 1; }

void depthwise_forward(Context& ctx, float* y, const float* x, const float* weight, const float* bias,
                       const ConvDims& d, const ConvEnd& end);
void depthwise_backward_input(Context& ctx, float* dx, const float* dy, const float* weight, const ConvDims& d);
void depthwise_backward_weight(Context& ctx, float* dweight, const float* dy, const float* x, const ConvDims& d);

}  // namespace pinwheel::kernels::PINWHEEL_ISA
