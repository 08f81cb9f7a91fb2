// Liveness by hand: a gradient lives from its first writer to the node that it belongs to; an activation lives until
// the backward pass unless its only reader may overwrite it.
#include "train/plan.h"

#include <algorithm>
#include <variant>

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
bool has_parameters(const Layer& layer) { return is_one_of<Conv2d, Dense, BatchNorm>(layer); }

std::vector<int> count_readers(const NetSpec& spec) {
  std::vector<int> readers(spec.nodes.size(), 0);
  for (const Node& node : spec.nodes) {
    for (const int input : node.inputs) {
      if (input != kNetInput) ++readers[static_cast<std::size_t>(input)];
    }
  }
  return readers;
}

// May the only reader of `index` write over its output?
bool may_overwrite(const NetSpec& spec, const std::vector<int>& readers, int index) {
  if (index == kNetInput) return false;
  const Node& node = spec.nodes[static_cast<std::size_t>(index)];
  if (readers[static_cast<std::size_t>(index)] != 1 || backward_reads_output(node.layer)) return false;
  return !std::holds_alternative<Flatten>(node.layer) || may_overwrite(spec, readers, node.inputs[0]);
}

// The input that node lies over (or is a view of), or kNotWanted. Flatten of the network's input is a copy. A sum may
// lie over one of its first two terms, so that it is added up in the same order in any case.
int input_to_share(const NetSpec& spec, const std::vector<int>& readers, const Node& node, bool keep_all) {
  if (std::holds_alternative<Flatten>(node.layer) && node.inputs[0] != kNetInput) return node.inputs[0];
  if (keep_all || !may_work_in_place(node.layer)) return kNotWanted;
  for (std::size_t k = 0; k < std::min<std::size_t>(node.inputs.size(), 2); ++k) {
    if (may_overwrite(spec, readers, node.inputs[k])) return node.inputs[k];
  }
  return kNotWanted;
}

// Hands out buffers, smallest that fits first, growing the largest free one when none does.
class BufferPool {
 public:
  int take(std::int64_t floats) {
    const int found = best_free(floats);
    if (found == kNotWanted) {
      capacity_.push_back(floats);
      return static_cast<int>(capacity_.size()) - 1;
    }
    free_.erase(std::find(free_.begin(), free_.end(), found));
    capacity_[static_cast<std::size_t>(found)] = std::max(capacity_[static_cast<std::size_t>(found)], floats);
    return found;
  }
  void give_back(int buffer) { free_.push_back(buffer); }
  const std::vector<std::int64_t>& capacity() const { return capacity_; }

 private:
  int best_free(std::int64_t floats) const {
    int best = kNotWanted;
    for (const int candidate : free_) {
      if (best == kNotWanted || better(candidate, best, floats)) best = candidate;
    }
    return best;
  }
  bool better(int a, int b, std::int64_t floats) const {
    const std::int64_t size_a = capacity_[static_cast<std::size_t>(a)], size_b = capacity_[static_cast<std::size_t>(b)];
    const bool fits_a = size_a >= floats, fits_b = size_b >= floats;
    if (fits_a != fits_b) return fits_a;
    return fits_a ? size_a < size_b : size_a > size_b;
  }

  std::vector<std::int64_t> capacity_;
  std::vector<int> free_;
};

class GradientPlanner {
 public:
  GradientPlanner(const NetSpec& spec, const std::vector<Extent>& extents, bool want_input)
      : spec_(spec), extents_(extents), want_input_(want_input), gradient_of_(spec.nodes.size(), kNotWanted) {
    for (const Node& node : spec.nodes) {
      bool wanted = has_parameters(node.layer);
      for (const int input : node.inputs) wanted = wanted || wants(input);
      wanted_.push_back(wanted);
    }
  }

  GradientPlan plan() {
    const int last = static_cast<int>(spec_.nodes.size()) - 1;
    if (wants(last)) gradient_of_[static_cast<std::size_t>(last)] = buffers_.take(floats(last));
    for (int i = last; i >= 0; --i) {
      if (wants(i)) steps_.push_back(plan_step(i));
    }
    return {std::move(steps_), buffers_.capacity()};
  }

 private:
  bool wants(int index) const { return index == kNetInput ? want_input_ : wanted_[static_cast<std::size_t>(index)]; }
  std::int64_t floats(int index) const {
    return index == kNetInput ? spec_.input.size() : extents_[static_cast<std::size_t>(index)].size();
  }

  GradientStep plan_step(int index) {
    const Node& node = spec_.nodes[static_cast<std::size_t>(index)];
    GradientStep step{index, gradient_of_[static_cast<std::size_t>(index)], {}};
    step.writes.resize(node.inputs.size());
    if (step.dy == kNotWanted) return step;
    bool given_away = false;
    std::vector<int> temporary;
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      if (wants(node.inputs[k])) step.writes[k] = plan_write(node, node.inputs[k], step.dy, given_away, temporary);
    }
    if (std::holds_alternative<BatchNorm>(node.layer) && !wants(node.inputs[0])) {
      temporary.push_back(buffers_.take(floats(index)));
      step.writes[0].via = temporary.back();
    }
    if (!given_away) buffers_.give_back(step.dy);
    for (const int buffer : temporary) buffers_.give_back(buffer);
    return step;
  }

  GradientWrite plan_write(const Node& node, int input, int dy, bool& given_away, std::vector<int>& temporary) {
    const bool is_add = std::holds_alternative<Add>(node.layer);
    const bool over_dy = is_add || gradient_in_place(node.layer);
    int& destination = input == kNetInput ? input_gradient_ : gradient_of_[static_cast<std::size_t>(input)];
    if (destination != kNotWanted) {  // another reader was here first: add to it
      if (over_dy) return {destination, dy};
      temporary.push_back(buffers_.take(floats(input)));
      return {destination, temporary.back()};
    }
    const bool once = std::count(node.inputs.begin(), node.inputs.end(), input) == 1;
    if (input == kNetInput) {
      destination = kCallersBuffer;
    } else if (over_dy && once && !given_away) {
      destination = dy;
      given_away = true;
    } else {
      destination = buffers_.take(floats(input));
    }
    return {destination, destination};
  }

  const NetSpec& spec_;
  const std::vector<Extent>& extents_;
  bool want_input_;
  std::vector<bool> wanted_;
  std::vector<int> gradient_of_;
  int input_gradient_ = kNotWanted;
  BufferPool buffers_;
  std::vector<GradientStep> steps_;
};

}  // namespace

ActivationPlan plan_activations(const NetSpec& spec, const std::vector<Extent>& extents, bool keep_all) {
  const std::vector<int> readers = count_readers(spec);
  ActivationPlan plan;
  for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
    const int shared = input_to_share(spec, readers, spec.nodes[i], keep_all);
    if (shared != kNotWanted) {
      plan.buffer.push_back(plan.buffer[static_cast<std::size_t>(shared)]);
    } else {
      plan.buffer.push_back(static_cast<int>(plan.capacity.size()));
      plan.capacity.push_back(extents[i].size());
    }
  }
  return plan;
}

GradientPlan plan_gradients(const NetSpec& spec, const std::vector<Extent>& extents, bool want_input) {
  return GradientPlanner(spec, extents, want_input).plan();
}

}  // namespace pinwheel
