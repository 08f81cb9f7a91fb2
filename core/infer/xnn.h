// XNNPACK's handles with owners, its complaints as errors, and what its callers here have agreed on.
#pragma once

#include <xnnpack.h>

#include <algorithm>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "tensor/tensor.h"

namespace pinwheel {

inline constexpr std::uint32_t kInputId = 0, kOutputId = 1, kFirstWatchedId = 2;  // names of a graph's ends
// XNNPACK's vector loads may touch so many floats behind the end of what they read.
inline constexpr std::size_t kExtraFloats = (XNN_EXTRA_BYTES + sizeof(float) - 1) / sizeof(float);

// Throws Error("<what>: XNNPACK says: …") for anything but success.
void check(xnn_status status, const std::string& what);
void initialise_xnnpack();  // once; again is free

std::vector<std::size_t> dims_of(const Extent& extent, std::int64_t batch);

struct DeleteXnn {
  void operator()(xnn_subgraph_t subgraph) const { xnn_delete_subgraph(subgraph); }
  void operator()(xnn_runtime_t runtime) const { xnn_delete_runtime(runtime); }
  void operator()(xnn_workspace_t workspace) const { xnn_release_workspace(workspace); }
};
using XnnSubgraph = std::unique_ptr<xnn_subgraph, DeleteXnn>;
using XnnWorkspace = std::unique_ptr<xnn_workspace, DeleteXnn>;

// Constant tensors that XNNPACK reads at every run, with the readable floats behind the end.
class Constants {
 public:
  template <typename Values>
  const float* keep(const Values& values) {
    FloatBuffer& buffer = kept_.emplace_back(values.size() + kExtraFloats);
    std::copy(values.begin(), values.end(), buffer.begin());
    return buffer.data();
  }

 private:
  std::list<FloatBuffer> kept_;
};

// A part of a network as XNNPACK knows it; several runtimes may be made of one. The constants outlive all of them.
struct XnnGraph {
  Constants constants;
  XnnSubgraph subgraph;
};

}  // namespace pinwheel
