// Convolutions of 3x3 filters with stride 1 by minimal filtering, F(2x2, 3x3): Winograd, Arithmetic Complexity of
// Computations (1980), as Lavin & Gray 2016 (arXiv:1509.09308) put it for convolutions. A tile of 2x2 outputs takes 16
// multiplications for each pair of channels instead of 36, at the price of some additions for each channel alone.
#pragma once

#include "kernels/isa/kernel_set.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

// As the functions of kernels.h, without dbias, where saves_products(d). They use scratch slots 0 to 3.
void winograd_forward(Context& ctx, float* y, const float* x, const float* weight, const float* bias,
                      const ConvDims& d);
void winograd_backward_input(Context& ctx, float* dx, const float* dy, const float* weight, const ConvDims& d);
void winograd_backward_weight(Context& ctx, float* dweight, const float* dy, const float* x, const ConvDims& d);

}  // namespace pinwheel::kernels::PINWHEEL_ISA
