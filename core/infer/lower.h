// NetSpec → XNNPACK subgraph. The only pair of files that speaks XNNPACK's 21-argument calls.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "nn/params.h"
#include "nn/spec.h"

namespace pinwheel {

class XnnNetwork {
 public:
  // Expects a folded network; a BatchNorm that could not be folded becomes multiply and add per channel.
  // `watched`: nodes whose own outputs each run keeps as well; none costs nothing.
  XnnNetwork(const NetSpec& spec, const Params& params, const ThreadPool& pool, const std::vector<int>& watched = {});
  ~XnnNetwork();
  XnnNetwork(XnnNetwork&&) noexcept;

  // input [batch, spec.input], output [batch, out]; reshapes when the batch changes.
  void run(std::span<const float> input, std::int64_t batch, std::span<float> output);
  // The output of the i-th watched node in the last run, [batch, extent]; valid until the next one.
  std::span<const float> watched(std::size_t i) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pinwheel
