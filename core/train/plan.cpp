// Liveness by hand: a gradient lives from its first writer to the node that it belongs to; an activation lives until
// the backward pass unless its only reader may overwrite it, or nobody needs it once its run is over. To other runs a
// run is one moment: while its slices follow each other, nothing that comes in or goes out of it may change places.
#include "train/plan.h"

#include <algorithm>
#include <variant>

#include "nn/readers.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

template <typename... Kinds>
bool is_one_of(const Layer& layer) {
  return (std::holds_alternative<Kinds>(layer) || ...);
}

// Layers whose output may lie over (one of) their inputs.
bool may_work_in_place(const Layer& layer) { return is_one_of<Relu, Tanh, Sigmoid, Dropout, Add>(layer); }
// Layers whose backward reads their own output.
bool backward_reads_output(const Layer& layer) { return is_one_of<Relu, Tanh, Sigmoid, Softmax>(layer); }
// Layers whose input gradient has the size of the output gradient and may be computed over it.
bool gradient_in_place(const Layer& layer) {
  return is_one_of<Relu, Silu, Tanh, Sigmoid, Softmax, Dropout, Flatten>(layer);
}
// Layers whose backward reads their input.
bool backward_reads_input(const Layer& layer) { return is_one_of<Conv2d, Dense, BatchNorm, Silu>(layer); }
// Layers of which every example goes its own way, with few parameters for each value: the others want the whole batch.
bool goes_by_slices(const Layer& layer) {
  return is_one_of<Conv2d, MaxPool, AvgPool, GlobalAvgPool, Relu, Silu, Tanh, Sigmoid, Softmax, Add, Concat, Flatten>(
      layer);
}
bool has_parameters(const Layer& layer) { return is_one_of<Conv2d, Dense, BatchNorm>(layer); }

using Readers = std::vector<std::vector<std::size_t>>;

// May the only reader of `index` write over its output?
bool may_overwrite(const NetSpec& spec, const Readers& readers, int index) {
  if (index == kNetInput) return false;
  const Node& node = spec.nodes[static_cast<std::size_t>(index)];
  if (readers[static_cast<std::size_t>(index)].size() != 1 || backward_reads_output(node.layer)) return false;
  return !std::holds_alternative<Flatten>(node.layer) || may_overwrite(spec, readers, node.inputs[0]);
}

// The input that node lies over (or is a view of), or kNotWanted. Flatten of the network's input is a copy. A sum may
// lie over one of its first two terms, so that it is added up in the same order in any case.
int input_to_share(const NetSpec& spec, const Readers& readers, const Node& node, bool keep_all) {
  if (std::holds_alternative<Flatten>(node.layer) && node.inputs[0] != kNetInput) return node.inputs[0];
  if (keep_all || !may_work_in_place(node.layer)) return kNotWanted;
  for (std::size_t k = 0; k < std::min<std::size_t>(node.inputs.size(), 2); ++k) {
    if (may_overwrite(spec, readers, node.inputs[k])) return node.inputs[k];
  }
  return kNotWanted;
}

// [nodes]: the number of the run that a node belongs to.
std::vector<int> run_of_nodes(const std::vector<Run>& runs) {
  std::vector<int> run_of;
  for (std::size_t r = 0; r < runs.size(); ++r)
    run_of.resize(static_cast<std::size_t>(runs[r].end), static_cast<int>(r));
  return run_of;
}

// [nodes]: whether nobody but nodes of its own run, which goes by slices, reads a node's output.
std::vector<bool> stay_in_their_runs(const NetSpec& spec, const std::vector<Run>& runs) {
  const std::vector<int> run_of = run_of_nodes(runs);
  std::vector<bool> stays;
  for (const int run : run_of) stays.push_back(runs[static_cast<std::size_t>(run)].examples > 0);
  for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
    for (const int input : spec.nodes[i].inputs) {
      if (input != kNetInput && run_of[static_cast<std::size_t>(input)] != run_of[i]) {
        stays[static_cast<std::size_t>(input)] = false;
      }
    }
  }
  stays.back() = false;
  return stays;
}

// Hands out buffers of one kind (`examples` as in BufferPlan), smallest that fits first, growing the largest free one
// when none does.
class BufferPool {
 public:
  int take(std::int64_t floats, std::int64_t examples) {
    const int found = best_free(floats, examples);
    if (found == kNotWanted) {
      buffers_.capacity.push_back(floats);
      buffers_.examples.push_back(examples);
      return static_cast<int>(buffers_.capacity.size()) - 1;
    }
    free_.erase(std::find(free_.begin(), free_.end(), found));
    buffers_.capacity[index(found)] = std::max(buffers_.capacity[index(found)], floats);
    return found;
  }
  void give_back(int buffer) { free_.push_back(buffer); }
  bool of_slices(int buffer) const { return buffers_.examples[index(buffer)] > 0; }
  const BufferPlan& buffers() const { return buffers_; }

 private:
  static std::size_t index(int buffer) { return static_cast<std::size_t>(buffer); }
  int best_free(std::int64_t floats, std::int64_t examples) const {
    int best = kNotWanted;
    for (const int candidate : free_) {
      if (buffers_.examples[index(candidate)] != examples) continue;
      if (best == kNotWanted || better(candidate, best, floats)) best = candidate;
    }
    return best;
  }
  bool better(int a, int b, std::int64_t floats) const {
    const std::int64_t size_a = buffers_.capacity[index(a)], size_b = buffers_.capacity[index(b)];
    const bool fits_a = size_a >= floats, fits_b = size_b >= floats;
    if (fits_a != fits_b) return fits_a;
    return fits_a ? size_a < size_b : size_a > size_b;
  }

  BufferPlan buffers_;
  std::vector<int> free_;
};

class GradientPlanner {
 public:
  GradientPlanner(const NetSpec& spec, const std::vector<Extent>& extents, const std::vector<Run>& runs,
                  bool want_input)
      : spec_(spec),
        extents_(extents),
        runs_(runs),
        run_of_(run_of_nodes(runs)),
        stays_(stay_in_their_runs(spec, runs)),
        want_input_(want_input),
        gradient_of_(spec.nodes.size(), kNotWanted) {
    for (const Node& node : spec.nodes) {
      bool wanted = has_parameters(node.layer);
      for (const int input : node.inputs) wanted = wanted || wants(input);
      wanted_.push_back(wanted);
    }
  }

  GradientPlan plan() {
    const int last = static_cast<int>(spec_.nodes.size()) - 1;
    if (wants(last)) gradient_of_[static_cast<std::size_t>(last)] = buffers_.take(floats(last), 0);
    for (int i = last; i >= 0; --i) {
      if (wants(i)) steps_.push_back(plan_step(i));
      if (run_of(i).begin == i) end_run();
    }
    return {std::move(steps_), buffers_.buffers()};
  }

 private:
  bool wants(int index) const { return index == kNetInput ? want_input_ : wanted_[static_cast<std::size_t>(index)]; }
  std::int64_t floats(int index) const { return extent_of(spec_, extents_, index).size(); }

  const Run& run_of(int index) const {
    return runs_[static_cast<std::size_t>(run_of_[static_cast<std::size_t>(index)])];
  }
  bool stays(int index) const { return index != kNetInput && stays_[static_cast<std::size_t>(index)]; }

  // What is of the whole batch keeps its place until the last slice of this run has gone through.
  void give_back(int buffer) { buffers_.of_slices(buffer) ? buffers_.give_back(buffer) : held_.push_back(buffer); }
  void end_run() {
    for (const int buffer : held_) buffers_.give_back(buffer);
    held_.clear();
  }

  GradientStep plan_step(int index) {
    const Node& node = spec_.nodes[static_cast<std::size_t>(index)];
    GradientStep step{index, gradient_of_[static_cast<std::size_t>(index)], {}};
    step.writes.resize(node.inputs.size());
    if (step.dy == kNotWanted) return step;
    bool given_away = false;
    std::vector<int> temporary;
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      if (wants(node.inputs[k])) step.writes[k] = plan_write(index, node.inputs[k], step.dy, given_away, temporary);
    }
    if (std::holds_alternative<BatchNorm>(node.layer) && !wants(node.inputs[0])) {
      temporary.push_back(buffers_.take(floats(index), 0));
      step.writes[0].via = temporary.back();
    }
    if (!given_away) give_back(step.dy);
    for (const int buffer : temporary) give_back(buffer);
    return step;
  }

  GradientWrite plan_write(int index, int input, int dy, bool& given_away, std::vector<int>& temporary) {
    const Node& node = spec_.nodes[static_cast<std::size_t>(index)];
    const std::int64_t slice = run_of(index).examples;
    const bool is_add = std::holds_alternative<Add>(node.layer);
    const bool over_dy = is_add || gradient_in_place(node.layer);
    int& destination = input == kNetInput ? input_gradient_ : gradient_of_[static_cast<std::size_t>(input)];
    if (destination != kNotWanted) {  // another reader was here first: add to it
      if (over_dy) return {destination, dy};
      temporary.push_back(buffers_.take(floats(input), slice));
      return {destination, temporary.back()};
    }
    const bool once = std::count(node.inputs.begin(), node.inputs.end(), input) == 1;
    if (input == kNetInput) {
      destination = kCallersBuffer;
    } else if (over_dy && once && !given_away && (stays(input) || !buffers_.of_slices(dy))) {
      destination = dy;
      given_away = true;
    } else {
      destination = buffers_.take(floats(input), stays(input) ? slice : 0);
    }
    return {destination, destination};
  }

  const NetSpec& spec_;
  const std::vector<Extent>& extents_;
  const std::vector<Run>& runs_;
  std::vector<int> run_of_;
  std::vector<bool> stays_;
  bool want_input_;
  std::vector<bool> wanted_;
  std::vector<int> gradient_of_;
  int input_gradient_ = kNotWanted;
  BufferPool buffers_;
  std::vector<int> held_;
  std::vector<GradientStep> steps_;
};

// How many examples a slice of nodes [begin, end) has. Its weights are laid out anew for each slice, so it has
// positions enough for that to pay.
std::int64_t slice_of(const NetSpec& spec, const std::vector<Extent>& extents, int begin, int end,
                      std::int64_t slice_floats) {
  constexpr std::int64_t kLeastPositions = 512;
  std::int64_t largest = 1, least = 1;
  for (int i = begin; i < end; ++i) {
    const Node& node = spec.nodes[static_cast<std::size_t>(i)];
    const Extent& out = extents[static_cast<std::size_t>(i)];
    std::int64_t floats = out.size();
    for (const int input : node.inputs) {
      floats += extent_of(spec, extents, input).size();
    }
    largest = std::max(largest, floats);
    if (!std::holds_alternative<Conv2d>(node.layer)) continue;
    least = std::max(least, (kLeastPositions + out.height * out.width - 1) / (out.height * out.width));
  }
  return std::max(least, slice_floats / largest);
}

}  // namespace

std::vector<Run> plan_runs(const NetSpec& spec, const std::vector<Extent>& extents, std::int64_t slice_floats) {
  const int count = static_cast<int>(spec.nodes.size());
  std::vector<Run> runs;
  for (int begin = 0, end = 0; begin < count; begin = end) {
    end = begin + 1;
    while (end < count && goes_by_slices(spec.nodes[static_cast<std::size_t>(begin)].layer) &&
           goes_by_slices(spec.nodes[static_cast<std::size_t>(end)].layer)) {
      ++end;
    }
    runs.push_back({begin, end, end - begin > 1 ? slice_of(spec, extents, begin, end, slice_floats) : 0});
  }
  return runs;
}

std::int64_t BufferPlan::floats(std::int64_t batch, std::int64_t threads) const {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < capacity.size(); ++i) {
    sum += capacity[i] * (examples[i] == 0 ? batch : std::min(batch, examples[i]) * threads);
  }
  return sum;
}

ActivationPlan plan_activations(const NetSpec& spec, const std::vector<Extent>& extents, const std::vector<Run>& runs,
                                bool keep_all) {
  const Readers readers = readers_of(spec);
  const std::vector<int> run_of = run_of_nodes(runs);
  std::vector<bool> passing = stay_in_their_runs(spec, runs);  // nothing of it is needed once the run is over
  for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
    const Node& node = spec.nodes[i];
    if (keep_all || backward_reads_output(node.layer)) passing[i] = false;
    for (const int input : node.inputs) {
      if (input != kNetInput && backward_reads_input(node.layer)) passing[static_cast<std::size_t>(input)] = false;
    }
  }
  ActivationPlan plan;
  for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
    const std::int64_t examples = passing[i] ? runs[static_cast<std::size_t>(run_of[i])].examples : 0;
    const int shared = input_to_share(spec, readers, spec.nodes[i], keep_all);
    if (shared != kNotWanted) {
      plan.buffer.push_back(plan.buffer[static_cast<std::size_t>(shared)]);
      std::int64_t& kept = plan.buffers.examples[static_cast<std::size_t>(plan.buffer.back())];
      kept = std::min(kept, examples);  // 0, the whole batch, if one of those that share it must stay
    } else {
      plan.buffer.push_back(static_cast<int>(plan.buffers.capacity.size()));
      plan.buffers.capacity.push_back(extents[i].size());
      plan.buffers.examples.push_back(examples);
    }
  }
  return plan;
}

GradientPlan plan_gradients(const NetSpec& spec, const std::vector<Extent>& extents, const std::vector<Run>& runs,
                            bool want_input) {
  return GradientPlanner(spec, extents, runs, want_input).plan();
}

}  // namespace pinwheel
