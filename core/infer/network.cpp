#include "infer/network.h"

#include <algorithm>
#include <list>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/first_error.h"
#include "infer/lower.h"
#include "infer/own_part.h"
#include "infer/packed_weights.h"
#include "infer/parts.h"
#include "infer/runtime.h"
#include "nn/shape_inference.h"
#include "nn/simplify.h"

namespace pinwheel {
namespace {

// Smaller batches go in slices that are smaller by as much: threads want something to share.
constexpr std::int64_t kFullSlices = 32;

XnnWorkspace make_workspace() {
  initialise_xnnpack();
  xnn_workspace_t made = nullptr;
  check(xnn_create_workspace(&made), "preparing the network");
  return XnnWorkspace(made);
}

// A piece of the network, ready to run.
struct Stage {
  std::int64_t slice, in, out;     // pictures at once, 0: the whole batch; floats of one
  std::vector<XnnRuntime*> lanes;  // one for each thread; of the whole batch one that spreads over the pool
};

}  // namespace

struct XnnNetwork::Impl {
  Impl(const NetSpec& spec, const Params& params, const ThreadPool& pool_, const std::vector<int>& watched,
       Engines engines)
      : pool(pool_), input(spec.input), output(infer_shapes(spec).back()) {
    if (!watched.empty()) {
      front = &prepare(whole_net(spec), params, &pool, watched);
    } else if (const std::optional<SimplerNet> simpler = simplify(spec, params)) {
      prepare_all(simpler->spec, simpler->params, engines);
    } else {
      prepare_all(spec, params, engines);
    }
  }

  void prepare_all(const NetSpec& spec, const Params& params, Engines engines) {
    if (engines == Engines::kXnnpack) return prepare_front(whole_net(spec), params);
    const std::size_t count = spec.nodes.size(), end = OwnPart::tail_begin(spec);
    const std::size_t begin = end == 0 ? 0 : OwnPart::front_end(part_of(spec, 0, end).spec);
    if (begin > 0) prepare_own(part_of(spec, 0, begin), params);
    if (begin < end) prepare_front(part_of(spec, begin, end), params);
    if (end == count) return;
    const NetPart tail = part_of(spec, end, count);
    if (own && begin == end) {
      own->append(tail, params);
    } else {
      dense.emplace(tail, params, pool);
    }
  }

  void prepare_own(const NetPart& part, const Params& params) {
    own.emplace(part, params, pool);
    own_passing = infer_shapes(part.spec).back().size();
  }

  void prepare_front(const NetPart& part, const Params& params) {
    front = &prepare(part, params, &pool);
    passing = infer_shapes(part.spec).back().size();
    std::vector<NetPiece> pieces = cut_net(part.spec);
    if (pieces.size() == 1 && pieces.front().slice == 0) return;
    for (NetPiece& piece : pieces) {
      piece.part.first += part.first;
      const std::vector<Extent> extents = infer_shapes(piece.part.spec);
      stages.push_back({piece.slice, piece.part.spec.input.size(), extents.back().size(), {}});
      if (piece.slice > 0) {
        prepare_lanes(piece.part, params, stages.back().lanes);
      } else {
        stages.back().lanes.push_back(&prepare(piece.part, params, &pool));
      }
    }
  }

  // The thread's; XNNPACK wakes up only where it has something to do.
  xnn_workspace_t workspace(std::size_t thread) {
    while (workspaces.size() <= thread) workspaces.push_back(make_workspace());
    return workspaces[thread].get();
  }

  XnnRuntime& prepare(const NetPart& part, const Params& params, const ThreadPool* where,
                      const std::vector<int>& watched = {}) {
    const XnnGraph& graph = graphs.emplace_back(lower(part, params, watched));
    return runtimes.emplace_back(part, graph, weights, workspace(0), where, watched);
  }

  // A runtime for every thread, each with the thread's workspace.
  void prepare_lanes(const NetPart& part, const Params& params, std::vector<XnnRuntime*>& lanes) {
    const XnnGraph& graph = graphs.emplace_back(lower(part, params));
    for (std::size_t i = 0; i < pool.threads(); ++i) {
      lanes.push_back(&runtimes.emplace_back(part, graph, weights, workspace(i), nullptr));
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
    if (count == 1 || stages.empty()) return front->run(in.data(), 0, count, out.data());
    for (std::size_t i = 0; i < stages.size(); ++i) {
      const bool last = i + 1 == stages.size();
      const std::span<float> to = last ? out : room(between[i % 2], count * stages[i].out);
      run_stage(stages[i], in, i == 0 ? 0 : kExtraFloats, count, to);
      in = to;
    }
  }

  // So many floats, and those behind them that XNNPACK may read.
  static std::span<float> room(FloatBuffer& buffer, std::int64_t floats) {
    const auto wanted = static_cast<std::size_t>(floats);
    if (buffer.size() < wanted + kExtraFloats) buffer = FloatBuffer(wanted + kExtraFloats);
    return {buffer.data(), wanted};
  }

  // Every thread takes the next slice of `in`, behind which `behind` floats may be read, until there is none.
  void run_stage(const Stage& stage, std::span<const float> in, std::size_t behind, std::int64_t count,
                 std::span<float> out) const {
    if (stage.slice == 0) return stage.lanes.front()->run(in.data(), behind, count, out.data());
    const std::int64_t most = std::clamp(count * stage.slice / kFullSlices, std::int64_t{1}, stage.slice);
    const std::int64_t slices = (count + most - 1) / most;
    for_each_in_lanes_or_throw(pool, static_cast<std::size_t>(slices), [&](std::size_t lane, std::size_t index) {
      const std::int64_t first = static_cast<std::int64_t>(index) * most, rows = std::min(most, count - first);
      const auto left = static_cast<std::size_t>((count - first - rows) * stage.in);
      stage.lanes[lane]->run(in.data() + first * stage.in, left + behind, rows, out.data() + first * stage.out);
    });
  }

  const ThreadPool& pool;
  Extent input, output;
  PackedWeights weights;
  std::vector<XnnWorkspace> workspaces;  // one for each thread
  std::list<XnnGraph> graphs;
  std::list<XnnRuntime> runtimes;
  std::optional<OwnPart> own;  // what our own kernels run before it
  // What XNNPACK runs: `front` for one picture, and for many if it was not cut; else its stages.
  XnnRuntime* front = nullptr;  // null: all is done by others
  std::vector<Stage> stages;
  std::optional<OwnPart> dense;               // what our own kernels run behind it
  std::int64_t own_passing = 0, passing = 0;  // floats that go on from `own` and to `dense`, of one picture
  FloatBuffer to_front, between[2], to_dense;
};

XnnNetwork::XnnNetwork(const NetSpec& spec, const Params& params, const ThreadPool& pool,
                       const std::vector<int>& watched, Engines engines)
    : impl_(std::make_unique<Impl>(spec, params, pool, watched, engines)) {}
XnnNetwork::~XnnNetwork() = default;
XnnNetwork::XnnNetwork(XnnNetwork&&) noexcept = default;

void XnnNetwork::run(std::span<const float> input, std::int64_t batch, std::span<float> output) {
  impl_->run(input, batch, output);
}

std::span<const float> XnnNetwork::watched(std::size_t i) const { return impl_->front->watched(i); }

}  // namespace pinwheel
