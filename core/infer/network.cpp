#include "infer/network.h"

#include <algorithm>
#include <atomic>
#include <list>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/first_error.h"
#include "infer/dense_tail.h"
#include "infer/lower.h"
#include "infer/own_front.h"
#include "infer/packed_weights.h"
#include "infer/parts.h"
#include "infer/runtime.h"
#include "nn/shape_inference.h"
#include "nn/simplify.h"

namespace pinwheel {
namespace {

constexpr std::int64_t kLeastSlices = 4;  // of a batch, if it has so many pictures: threads want something to share

XnnWorkspace make_workspace() {
  initialise_xnnpack();
  xnn_workspace_t made = nullptr;
  check(xnn_create_workspace(&made), "preparing the network");
  return XnnWorkspace(made);
}

}  // namespace

struct XnnNetwork::Impl {
  Impl(const NetSpec& spec, const Params& params, const ThreadPool& pool_, const std::vector<int>& watched)
      : pool(pool_), input(spec.input), output(infer_shapes(spec).back()) {
    workspaces.push_back(make_workspace());
    if (!watched.empty()) {
      front = &prepare(whole_net(spec), params, &pool, watched);
    } else if (const std::optional<SimplerNet> simpler = simplify(spec, params)) {
      prepare_all(simpler->spec, simpler->params);
    } else {
      prepare_all(spec, params);
    }
  }

  void prepare_all(const NetSpec& spec, const Params& params) {
    const std::size_t count = spec.nodes.size(), first = DenseTail::pays() ? DenseTail::first_node(spec) : count;
    if (first < count) dense.emplace(spec, params, first, pool);
    const std::size_t begin = first == 0 ? 0 : OwnFront::end_node(part_of(spec, 0, first).spec);
    if (begin > 0) prepare_own(part_of(spec, 0, begin), params);
    if (begin < first) prepare_front(part_of(spec, begin, first), params);
  }

  void prepare_own(const NetPart& part, const Params& params) {
    own.emplace(part, params, pool);
    own_passing = infer_shapes(part.spec).back().size();
  }

  void prepare_front(const NetPart& part, const Params& params) {
    front = &prepare(part, params, &pool);
    passing = infer_shapes(part.spec).back().size();
    NetParts parts = cut_net(part.spec);
    parts.trunk.first += part.first;
    parts.tail.first += part.first;
    slice = parts.slice;
    if (parts.trunk.spec.nodes.empty()) return;
    prepare_lanes(parts.trunk, params);
    between = parts.tail.spec.input.size();
    if (!parts.tail.spec.nodes.empty()) tail = &prepare(parts.tail, params, &pool);
  }

  XnnRuntime& prepare(const NetPart& part, const Params& params, const ThreadPool* where,
                      const std::vector<int>& watched = {}) {
    const XnnGraph& graph = graphs.emplace_back(lower(part, params, watched));
    return runtimes.emplace_back(part, graph, weights, workspaces.front().get(), where, watched);
  }

  // A runtime for every thread. They are not used while another runs, so the first shares the others' workspace.
  void prepare_lanes(const NetPart& trunk, const Params& params) {
    const XnnGraph& graph = graphs.emplace_back(lower(trunk, params));
    for (std::size_t i = 0; i < pool.threads(); ++i) {
      if (i > 0) workspaces.push_back(make_workspace());
      lanes.push_back(&runtimes.emplace_back(trunk, graph, weights, workspaces.back().get(), nullptr));
    }
  }

  void check_sizes(std::span<const float> in, std::int64_t count, std::span<float> out) const {
    if (count >= 1 && static_cast<std::int64_t>(in.size()) == count * input.size() &&
        static_cast<std::int64_t>(out.size()) == count * output.size()) {
      return;
    }
    throw Error(ErrorCode::kInternal, "the network got " + std::to_string(in.size()) + " numbers for " +
                                          std::to_string(count) + " inputs of " + input.text());
  }

  void run(std::span<const float> in, std::int64_t count, std::span<float> out) {
    check_sizes(in, count, out);
    if (own) {
      const std::span<float> passed = front == nullptr && !dense ? out : room(to_front, count * own_passing);
      own->run(in.data(), count, passed.data());
      in = passed;
    }
    if (front != nullptr) {
      const std::span<float> passed = dense ? room(to_dense, count * passing) : out;
      run_front(in, count, passed);
      in = passed;
    }
    if (dense) dense->run(in.data(), count, out.data());
  }

  void run_front(std::span<const float> in, std::int64_t count, std::span<float> out) {
    if (count == 1 || lanes.empty()) return front->run(in.data(), 0, count, out.data());
    if (tail == nullptr) return run_trunk(in, count, out);
    const std::span<float> passed = room(to_tail, count * between);
    run_trunk(in, count, passed);
    tail->run(passed.data(), kExtraFloats, count, out.data());
  }

  // So many floats, and those behind them that XNNPACK may read.
  static std::span<float> room(FloatBuffer& buffer, std::int64_t floats) {
    const auto wanted = static_cast<std::size_t>(floats);
    if (buffer.size() < wanted + kExtraFloats) buffer = FloatBuffer(wanted + kExtraFloats);
    return {buffer.data(), wanted};
  }

  void run_trunk(std::span<const float> in, std::int64_t count, std::span<float> out) {
    const auto most = static_cast<std::size_t>(std::clamp(count / kLeastSlices, std::int64_t{1}, slice));
    const std::size_t rows = static_cast<std::size_t>(count), slices = (rows + most - 1) / most;
    const std::size_t in_row = in.size() / rows, out_row = out.size() / rows;
    std::atomic<std::size_t> next = 0;
    for_each_or_throw(pool, std::min(lanes.size(), slices), [&](std::size_t lane) {
      for (std::size_t i = next++; i < slices; i = next++) {
        const std::size_t first = i * most, end = std::min(first + most, rows);
        lanes[lane]->run(in.data() + first * in_row, in.size() - end * in_row, static_cast<std::int64_t>(end - first),
                         out.data() + first * out_row);
      }
    });
  }

  const ThreadPool& pool;
  Extent input, output;
  PackedWeights weights;
  std::vector<XnnWorkspace> workspaces;  // one for each thread
  std::list<XnnGraph> graphs;
  std::list<XnnRuntime> runtimes;
  std::optional<OwnFront> own;  // what our own kernels run before it
  // What XNNPACK runs: `front` for one picture, and for many if it was not cut; else the trunk in slices, then the
  // tail.
  XnnRuntime* front = nullptr;                       // null: all is done by others
  std::vector<XnnRuntime*> lanes;                    // the trunk, one for each thread
  XnnRuntime* tail = nullptr;                        // null: the trunk is all
  std::optional<DenseTail> dense;                    // what our own kernels run behind it
  std::int64_t slice = 1, between = 0, passing = 0;  // pictures; floats from trunk to tail and on to `dense`, of one
  std::int64_t own_passing = 0;                      // floats from `own` on, of one
  FloatBuffer to_front, to_tail, to_dense;
};

XnnNetwork::XnnNetwork(const NetSpec& spec, const Params& params, const ThreadPool& pool,
                       const std::vector<int>& watched)
    : impl_(std::make_unique<Impl>(spec, params, pool, watched)) {}
XnnNetwork::~XnnNetwork() = default;
XnnNetwork::XnnNetwork(XnnNetwork&&) noexcept = default;

void XnnNetwork::run(std::span<const float> input, std::int64_t batch, std::span<float> output) {
  impl_->run(input, batch, output);
}

std::span<const float> XnnNetwork::watched(std::size_t i) const { return impl_->front->watched(i); }

}  // namespace pinwheel
