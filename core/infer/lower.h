// NetSpec → XNNPACK subgraph. The only pair of files that speaks XNNPACK's 21-argument calls.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/parallel.h"
#include "nn/params.h"
#include "nn/spec.h"

namespace pinwheel {

class XnnNetwork {
 public:
  // Expects a folded network; a BatchNorm that could not be folded becomes multiply and add per channel.
  XnnNetwork(const NetSpec& spec, const Params& params, const ThreadPool& pool);
  ~XnnNetwork();
  XnnNetwork(XnnNetwork&&) noexcept;

  // input [batch, spec.input], output [batch, out]; reshapes when the batch changes.
  void run(std::span<const float> input, std::int64_t batch, std::span<float> output);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pinwheel
