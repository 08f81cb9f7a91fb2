// The one place that knows PyTorch's memory order: conv OHWI ↔ OIHW, and the columns of the first Dense (or the
// channels of a BatchNorm) behind a Flatten, which PyTorch counts C,H,W and we count H,W,C.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nn/params.h"

namespace pinwheel {

struct TorchTensor {
  std::string name;
  std::vector<std::int64_t> shape;  // PyTorch's
  std::vector<float> values;        // PyTorch's order
};

std::vector<TorchTensor> to_torch(const NetSpec& spec, const Params& params);
// Every slot of the layout must be present with the right shape and finite values, nothing else may be
// ("num_batches_tracked" is ignored); Error(kBadFile) names the tensor.
Params from_torch(const NetSpec& spec, std::span<const TorchTensor> tensors);

}  // namespace pinwheel
