// Convolutions of stride 1 by minimal filtering: Winograd, Arithmetic Complexity of Computations (1980), as Lavin &
// Gray 2016 (arXiv:1509.09308) put it for convolutions. A tile of 4x4 or 6x6 inputs takes 16 or 36 multiplications for
// each pair of channels, whatever the filter: for 3x3 filters over 6x6 a quarter of those that define the 4x4 outputs.
// The price are additions for each channel alone.
#pragma once

#include "kernels/isa/kernel_set.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

// As the functions of kernels.h, without dbias, with tiles of `side` (see tile_side) inputs a side. They use scratch
// slots 0, 2 and 3; `u` are transformed filters, winograd_filter_floats() of them, made for `whole`, of which d may be
// some lines.
std::int64_t winograd_filter_floats(const ConvDims& d, int side);
void winograd_filters(Context& ctx, float* u, const float* weight, const ConvDims& d, int side);
void winograd_forward(Context& ctx, float* y, const float* x, const float* u, const float* bias, const ConvDims& d,
                      const ConvEnd& end, int side, const ConvDims& whole);
// These use slot 1 as well.
void winograd_backward_input(Context& ctx, float* dx, const float* dy, const float* weight, const ConvDims& d,
                             int side);
void winograd_backward_weight(Context& ctx, float* dweight, const float* dy, const float* x, const ConvDims& d,
                              int side);

}  // namespace pinwheel::kernels::PINWHEEL_ISA
