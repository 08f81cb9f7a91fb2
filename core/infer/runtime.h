// A lowered part of a network, made ready to run on the calling thread or a pool.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "infer/lower.h"
#include "infer/packed_weights.h"
#include "infer/xnn.h"

namespace pinwheel {

class XnnRuntime {
 public:
  // pool null: the calling thread alone. Runtimes may share a workspace, where what passes between layers lies, if they
  // never run at the same time. Graph, weights and pool must outlive it.
  XnnRuntime(const NetPart& part, const XnnGraph& graph, PackedWeights& weights, xnn_workspace_t workspace,
             const ThreadPool* pool, std::span<const int> watched = {});

  // input [batch, part.input] of a buffer that goes on for `behind` readable floats; output [batch, out].
  void run(const float* input, std::size_t behind, std::int64_t batch, float* output);
  std::span<const float> watched(std::size_t i) const { return watched_outputs_[i]; }

 private:
  void reshape(std::int64_t batch);
  const float* padded(const float* input);

  Extent input_;
  std::unique_ptr<xnn_runtime, DeleteXnn> runtime_;
  std::int64_t batch_ = 0;
  FloatBuffer padded_input_;  // [batch, input], and the floats behind it; empty until it is needed
  std::vector<Extent> watched_extents_;
  std::vector<FloatBuffer> watched_outputs_;  // each [batch, extent]
};

}  // namespace pinwheel
