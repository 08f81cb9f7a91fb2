#include "infer/steps.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "nn/readers.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

template <typename Kind>
bool is(const Node& node) {
  return std::holds_alternative<Kind>(node.layer);
}

// Layers that may write over their first input.
bool works_in_place(const Node& node) {
  return is<Relu>(node) || is<Silu>(node) || is<Tanh>(node) || is<Sigmoid>(node) || is<Dropout>(node) ||
         is<Flatten>(node) || is<Add>(node);
}

// Layers whose output is their input, in evaluation.
bool does_nothing(const Node& node) { return is<Dropout>(node) || is<Flatten>(node); }

// Who reads what, where nodes that do nothing are looked through: they read nothing, and whoever reads them reads their
// input. Only the last node of a network stays what it is.
class Readers {
 public:
  explicit Readers(const NetSpec& spec) : seen_(spec) {
    std::vector<int> source(spec.nodes.size());  // what is read in each node's place
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
      std::vector<int>& inputs = seen_.nodes[i].inputs;
      for (int& input : inputs) input = input == kNetInput ? input : source[static_cast<std::size_t>(input)];
      source[i] = static_cast<int>(i);
      if (!does_nothing(spec.nodes[i]) || i + 1 == spec.nodes.size()) continue;
      source[i] = inputs[0];
      inputs.clear();
    }
    of_ = readers_of(seen_);
  }
  bool is_looked_through(std::size_t node) const { return sources(node).empty(); }
  const std::vector<int>& sources(std::size_t node) const { return seen_.nodes[node].inputs; }
  const std::vector<std::size_t>& of(std::size_t node) const { return of_[node]; }

  // The only reader of a node, if it is of this kind and reads nothing twice.
  template <typename Kind>
  std::optional<std::size_t> only(std::size_t node) const {
    if (of_[node].size() != 1 || !is<Kind>(seen_.nodes[of_[node].front()])) return std::nullopt;
    return of_[node].front();
  }

 private:
  NetSpec seen_;
  std::vector<std::vector<std::size_t>> of_;
};

class Fusion {
 public:
  Fusion(const NetSpec& spec, const Readers& readers)
      : spec_(spec), readers_(readers), written_as_(spec.nodes.size()), done_(spec.nodes.size(), false) {
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) written_as_[i] = i;
  }

  std::vector<FusedStep> steps() {
    std::vector<FusedStep> steps;
    for (std::size_t i = 0; i < spec_.nodes.size(); ++i) {
      if (done_[i] || readers_.is_looked_through(i)) continue;
      FusedStep& step = steps.emplace_back(FusedStep{i, written_as_[i], readers_.sources(i)});
      if (is<Conv2d>(spec_.nodes[i])) {
        take_summand(step);
        step.rectifies = take_relu(step) || take_relu_behind_pool(step);
      } else if (is<BatchNorm>(spec_.nodes[i])) {
        step.rectifies = take_relu(step);
      }
    }
    return steps;
  }

 private:
  void take(FusedStep& step, std::size_t node) {
    step.last = node;
    done_[node] = true;
  }
  // What is added to the output of a step by the only one who reads it, if that is there by then.
  void take_summand(FusedStep& step) {
    const std::optional<std::size_t> sum = readers_.only<Add>(step.last);
    if (!sum) return;
    const std::vector<int>& summands = readers_.sources(*sum);
    if (summands.size() != 2) return;
    const int node = static_cast<int>(step.last), other = summands[0] == node ? summands[1] : summands[0];
    if (other >= node) return;
    step.inputs.push_back(other);
    take(step, *sum);
  }
  bool take_relu(FusedStep& step) {
    const std::optional<std::size_t> relu = readers_.only<Relu>(step.last);
    if (relu) take(step, *relu);
    return relu.has_value();
  }
  // The largest of what is not negative is the largest of all, made not negative.
  bool take_relu_behind_pool(const FusedStep& step) {
    const std::optional<std::size_t> pool = readers_.only<MaxPool>(step.last);
    const std::optional<std::size_t> relu = pool ? readers_.only<Relu>(*pool) : std::nullopt;
    if (!relu) return false;
    written_as_[*pool] = *relu;
    done_[*relu] = true;
    return true;
  }

  const NetSpec& spec_;
  const Readers& readers_;
  std::vector<std::size_t> written_as_;  // [nodes] whose output a node writes: its own, or that of the ReLU behind it
  std::vector<bool> done_;
};

// For each Concat the one whose first columns it may be: that one's first input, which is read otherwise only by who
// may read the first columns of wider rows. So a row of them, each with a few channels more, copies these alone.
std::vector<std::size_t> find_growth(const NetSpec& spec, const Readers& readers) {
  std::vector<std::size_t> into(spec.nodes.size(), kNobody);
  for (std::size_t i = 0; i + 1 < spec.nodes.size(); ++i) {
    if (!is<Concat>(spec.nodes[i])) continue;
    std::size_t wider = kNobody, others = 0;
    for (const std::size_t reader : readers.of(i)) {
      const Node& node = spec.nodes[reader];
      const bool first = node.inputs[0] == static_cast<int>(i);
      if (first && is<Concat>(node) && wider == kNobody && reader + 1 < spec.nodes.size()) {
        wider = reader;
      } else if (!first || !is<BatchNorm>(node)) {
        ++others;
      }
    }
    if (others == 0) into[i] = wider;
  }
  return into;
}

// Which buffer each step writes: one that nobody reads any more, the largest first.
class BufferPlan {
 public:
  BufferPlan(const NetSpec& spec, const std::vector<FusedStep>& steps, const std::vector<StepGroup>& groups,
             std::vector<std::size_t> growth)
      : spec_(spec),
        in_group_(steps.size(), InGroup::kAlone),
        extents_(infer_shapes(spec)),
        growth_(std::move(growth)),
        of_node_(spec.nodes.size(), kOutput),
        last_reader_(spec.nodes.size(), 0),
        row_(spec.nodes.size(), 0) {
    for (const StepGroup& group : groups) {
      if (group.bands.empty()) continue;
      for (std::size_t i = group.begin; i < group.end; ++i) in_group_[i] = InGroup::kInside;
      in_group_[group.end - 1] = InGroup::kLast;
    }
    for (std::size_t i = 0; i < steps.size(); ++i) {
      for (const int input : steps[i].inputs) {
        if (input != kNetInput) last_reader_[static_cast<std::size_t>(input)] = i;
      }
    }
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
      row_[i] = extents_[widest(i)].channels;
      if (widest(i) == i) continue;
      std::size_t& end = last_reader_[widest(i)];
      end = std::max(end, std::exchange(last_reader_[i], kNobody));
    }
  }

  StepPlan of(const std::vector<FusedStep>& steps) {
    StepPlan plan;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const FusedStep& fused = steps[i];
      PlannedStep step{{}, kOutput, fused.rectifies, x_row(fused), row_[fused.last]};
      for (const int input : fused.inputs) step.from.push_back(buffer_of(input));
      if (fused.last + 1 < spec_.nodes.size()) step.to = place(fused, i);
      if (grows(fused)) step.first_new = 1;
      plan.steps.push_back(std::move(step));
    }
    plan.buffers = buffers_;
    return plan;
  }

 private:
  std::size_t widest(std::size_t node) const {
    while (growth_[node] != kNobody) node = growth_[node];
    return node;
  }
  // Does the step write behind its first input's columns?
  bool grows(const FusedStep& step) const {
    const int input = step.inputs[0];
    return input != kNetInput && growth_[static_cast<std::size_t>(input)] == step.last;
  }
  std::int64_t x_row(const FusedStep& step) const {
    const int input = spec_.nodes[step.first].inputs[0];
    const bool looked_through = input != step.inputs[0];  // it has other pixels
    if (input == kNetInput || looked_through) return extent_of(spec_, extents_, input).channels;
    return row_[static_cast<std::size_t>(input)];
  }
  int buffer_of(int node) const { return node == kNetInput ? kNetInput : of_node_[static_cast<std::size_t>(node)]; }

  int place(const FusedStep& step, std::size_t i) {
    const std::vector<int>& inputs = step.inputs;
    const bool stays = grows(step) || may_overwrite(step, i);
    const bool own = in_group_[i] == InGroup::kInside;
    const int buffer = stays ? buffer_of(inputs[0]) : take(extents_[widest(step.last)].size(), own);
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      const int input = inputs[k];
      const auto end = inputs.begin() + static_cast<std::ptrdiff_t>(k);
      const bool again = std::find(inputs.begin(), end, input) != end;
      if (input != kNetInput && !again && ends(input, i) && buffer_of(input) != buffer) {
        // Until a group ends, a thread may still read what all share.
        (own && !is_own(buffer_of(input)) ? free_later_ : free_).push_back(buffer_of(input));
      }
    }
    if (!own) free_.insert(free_.end(), free_later_.begin(), free_later_.end());
    if (!own) free_later_.clear();
    return of_node_[step.last] = buffer;
  }
  bool may_overwrite(const FusedStep& step, std::size_t i) const {
    const int input = step.inputs[0];
    // What is summed twice must outlive the first sum.
    const bool once = std::count(step.inputs.begin(), step.inputs.end(), input) == 1;
    return works_in_place(spec_.nodes[step.first]) && once && input != kNetInput && ends(input, i) &&
           (in_group_[i] == InGroup::kAlone || (in_group_[i] == InGroup::kInside && is_own(buffer_of(input))));
  }
  bool is_own(int buffer) const { return buffers_[static_cast<std::size_t>(buffer)].own; }
  bool ends(int node, std::size_t reader) const { return last_reader_[static_cast<std::size_t>(node)] == reader; }
  int take(std::int64_t size, bool own) {
    int largest = kOutput;
    for (const int buffer : free_) {
      if (is_own(buffer) == own && (largest == kOutput || floats(buffer) > floats(largest))) largest = buffer;
    }
    if (largest == kOutput) {
      buffers_.push_back({size, own});
      return static_cast<int>(buffers_.size()) - 1;
    }
    free_.erase(std::find(free_.begin(), free_.end(), largest));
    floats(largest) = std::max(floats(largest), size);
    return largest;
  }
  std::int64_t& floats(int buffer) { return buffers_[static_cast<std::size_t>(buffer)].floats; }

  enum class InGroup { kAlone, kInside, kLast };  // where a step stands in a group that has bands

  const NetSpec& spec_;
  std::vector<InGroup> in_group_;  // [steps]
  std::vector<Extent> extents_;
  std::vector<std::size_t> growth_;
  std::vector<int> of_node_;
  std::vector<std::size_t> last_reader_;  // steps; kNobody of what lies in a wider one, which outlives it
  std::vector<std::int64_t> row_;         // floats from one pixel of a node's output to the next
  std::vector<StepPlan::Buffer> buffers_;
  std::vector<int> free_, free_later_;
};

}  // namespace

std::vector<FusedStep> fuse_steps(const NetSpec& spec) {
  const Readers readers(spec);
  return Fusion(spec, readers).steps();
}

StepPlan plan_steps(const NetSpec& spec, const std::vector<FusedStep>& steps, const std::vector<StepGroup>& groups) {
  return BufferPlan(spec, steps, groups, find_growth(spec, Readers(spec))).of(steps);
}

}  // namespace pinwheel
