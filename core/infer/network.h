// A network, ready to judge one picture or many. Our own kernels run what they are quicker at (own_part.h), XNNPACK the
// rest. One picture: every layer is spread over the threads. Many: piece by piece of the network (see parts.h) in
// slices that stay in the cache, every thread its own slice.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "nn/params.h"
#include "nn/spec.h"

namespace pinwheel {

enum class Engines { kQuickest, kXnnpack };

class XnnNetwork {
 public:
  // Expects a folded network (see lower). `watched`: nodes whose own outputs each run keeps as well (XNNPACK's); none
  // costs nothing. The pool must outlive it; the parameters are copied.
  XnnNetwork(const NetSpec& spec, const Params& params, const ThreadPool& pool, const std::vector<int>& watched = {},
             Engines engines = Engines::kQuickest);
  ~XnnNetwork();
  XnnNetwork(XnnNetwork&&) noexcept;

  // input [batch, spec.input], output [batch, out]; batches may change from run to run.
  void run(std::span<const float> input, std::int64_t batch, std::span<float> output);
  // The output of the i-th watched node in the last run, [batch, extent]; valid until the next one.
  std::span<const float> watched(std::size_t i) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pinwheel
