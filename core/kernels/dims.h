// The dimensions of a call for a layer of a network, by the names of nn's layers, which this folder does not know.
#pragma once

#include "kernels/kernels.h"
#include "tensor/tensor.h"

namespace pinwheel::kernels {

template <typename Layer>
ConvDims conv_dims(const Layer& l, const Extent& in, const Extent& out, std::int64_t n) {
  return {n,
          in.height,
          in.width,
          in.channels,
          out.height,
          out.width,
          out.channels,
          l.kernel.height,
          l.kernel.width,
          l.stride.height,
          l.stride.width,
          l.padding.height,
          l.padding.width,
          l.groups};
}

template <typename Layer>
PoolDims pool_dims(const Layer& l, const Extent& in, const Extent& out, std::int64_t n) {
  return {n,
          in.height,
          in.width,
          in.channels,
          out.height,
          out.width,
          l.kernel.height,
          l.kernel.width,
          l.stride.height,
          l.stride.width,
          l.padding.height,
          l.padding.width};
}

}  // namespace pinwheel::kernels
