// The gradients of a convolution without padding behind which a max-pool sits: of the gradient by its outputs most is
// zero, and what is not is gathered first, so that only that is multiplied.
#pragma once

#include "kernels/isa/kernel_set.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

// Whether that pays, by the shape and by what dy holds.
bool is_sparse(const float* dy, const ConvDims& d);
// As conv2d_backward_input.
void sparse_backward_input(Context& ctx, float* dx, const float* dy, const float* weight, const ConvDims& d);
// As conv2d_backward_weight. Uses scratch slot 0.
void sparse_backward_weight(Context& ctx, float* dweight, const float* dy, const float* x, const ConvDims& d);

}  // namespace pinwheel::kernels::PINWHEEL_ISA
