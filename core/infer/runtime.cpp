#include "infer/runtime.h"

#include <algorithm>

#include "nn/shape_inference.h"

namespace pinwheel {

XnnRuntime::XnnRuntime(const NetPart& part, const XnnGraph& graph, PackedWeights& weights, xnn_workspace_t workspace,
                       const ThreadPool* pool, std::span<const int> watched)
    : input_(part.spec.input) {
  const std::vector<Extent> extents = infer_shapes(part.spec);
  for (const int node : watched) watched_extents_.push_back(extents[static_cast<std::size_t>(node)]);
  xnn_runtime_t made = nullptr;
  check(xnn_create_runtime_v4(graph.subgraph.get(), weights.handle(), workspace,
                              pool == nullptr ? nullptr : pool->handle(), /*flags=*/0, &made),
        "preparing the network");
  runtime_.reset(made);
}

void XnnRuntime::reshape(std::int64_t batch) {
  if (batch == batch_) return;
  batch_ = 0;  // until all of it has worked
  const auto dims = dims_of(input_, batch);
  check(xnn_reshape_external_value(runtime_.get(), kInputId, dims.size(), dims.data()), "changing the batch size");
  check(xnn_reshape_runtime(runtime_.get()), "changing the batch size");
  padded_input_ = FloatBuffer();
  watched_outputs_.clear();
  for (const Extent& extent : watched_extents_) {
    watched_outputs_.emplace_back(static_cast<std::size_t>(batch * extent.size()));
  }
  batch_ = batch;
}

const float* XnnRuntime::padded(const float* input) {
  const auto size = static_cast<std::size_t>(batch_ * input_.size());
  if (padded_input_.size() == 0) padded_input_ = FloatBuffer(size + kExtraFloats);
  std::copy_n(input, size, padded_input_.begin());
  return padded_input_.data();
}

void XnnRuntime::run(const float* input, std::size_t behind, std::int64_t batch, float* output) {
  reshape(batch);
  if (behind < kExtraFloats) input = padded(input);
  // XNNPACK only reads what is external input; its interface has one kind of pointer.
  std::vector<xnn_external_value> externals{{kInputId, const_cast<float*>(input)}, {kOutputId, output}};
  for (std::uint32_t k = 0; k < watched_outputs_.size(); ++k) {
    externals.push_back({kFirstWatchedId + k, watched_outputs_[k].data()});
  }
  check(xnn_setup_runtime_v2(runtime_.get(), externals.size(), externals.data()), "running the network");
  check(xnn_invoke_runtime(runtime_.get()), "running the network");
}

}  // namespace pinwheel
