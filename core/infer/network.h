// A network that XNNPACK runs, on one picture or many. One picture: every layer is spread over the threads. Many: piece
// by piece of the network (see parts.h) in slices that stay in the cache, every thread its own slice. Where that is
// quicker, our own kernels run the convolutions in front and the dense layers at the end.
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
  // Expects a folded network (see lower). `watched`: nodes whose own outputs each run keeps as well; none costs
  // nothing. The pool must outlive it; the parameters are copied.
  XnnNetwork(const NetSpec& spec, const Params& params, const ThreadPool& pool, const std::vector<int>& watched = {});
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
