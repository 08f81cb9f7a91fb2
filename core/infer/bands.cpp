#include "infer/bands.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <variant>

#include "kernels/dims.h"
#include "nn/overload.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

using kernels::Lines;
using Band = StepGroup::Band;

// In multiplications: reading or writing a float, and the threads' meeting with what it takes to fetch what others
// wrote for it: some 4 µs natively, between the 2 that were seen behind one cache and the 10 behind two.
constexpr double kMove = 2, kMeeting = 2e5;
constexpr double kTiled = 0.5;  // of its multiplications, where tiles save some
// Floats of a convolution's filters that every thread may fetch all of, instead of its part: a quarter of a cache.
constexpr std::int64_t kMostFilters = std::int64_t{1} << 16;
constexpr std::size_t kMostSteps = 12;  // of a group

Lines united(const Lines& a, const Lines& b) {
  if (a.count() == 0) return b;
  return {std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

// What is to be known of a step.
struct Cost {
  bool by_lines = false;  // may threads take some lines of it each?
  std::int64_t height = 1, together = 1;
  std::int64_t kernel = 1, stride = 1, padding = 0;  // of its windows, downwards
  double line = 0;                                   // multiplications
  std::size_t last_reader = 0;                       // a step
};

class Groups {
 public:
  Groups(const NetSpec& spec, const std::vector<FusedStep>& steps, std::size_t threads)
      : spec_(spec),
        extents_(infer_shapes(spec)),
        steps_(steps),
        threads_(static_cast<std::int64_t>(threads)),
        step_of_(spec.nodes.size(), 0),
        costs_(steps.size()) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      step_of_[steps[i].last] = i;
      costs_[i] = cost_of(steps[i]);
      for (const int input : steps[i].inputs) {
        if (input != kNetInput) costs_[step_of(input)].last_reader = i;
      }
    }
  }

  // For each step the cheapest way to its end, from the cheapest to where its group begins.
  std::vector<StepGroup> cheapest() const {
    struct Way {
      double cost;
      StepGroup group;  // the last on it
    };
    std::vector<Way> ways;  // to the end of each step
    const auto before = [&](std::size_t begin) { return begin == 0 ? 0 : ways[begin - 1].cost; };
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const double all = costs_[i].line * static_cast<double>(costs_[i].height);
      Way best{before(i) + all / static_cast<double>(threads_) + kMeeting, {i, i + 1, {}}};
      for (std::size_t begin = i + 1; begin-- > 0 && i - begin < kMostSteps && may_begin(begin, i);) {
        if (!all_end_inside(begin, i)) continue;
        const std::optional<Shared> shared = share(begin, i);
        if (!shared || before(begin) + shared->cost + kMeeting >= best.cost) continue;
        best = {before(begin) + shared->cost + kMeeting, {begin, i + 1, shared->bands}};
      }
      ways.push_back(std::move(best));
    }
    std::vector<StepGroup> groups;
    for (std::size_t end = steps_.size(); end > 0; end = groups.back().begin) groups.push_back(ways[end - 1].group);
    std::reverse(groups.begin(), groups.end());
    return groups;
  }

 private:
  struct Shared {
    double cost;  // of the band that takes longest
    std::vector<Band> bands;
  };

  std::size_t step_of(int node) const { return step_of_[static_cast<std::size_t>(node)]; }
  const Layer& layer_of(std::size_t step) const { return spec_.nodes[steps_[step].first].layer; }

  Cost cost_of(const FusedStep& step) const {
    const Node& node = spec_.nodes[step.first];
    const Extent &in = extent_of(spec_, extents_, node.inputs[0]), &out = extents_[step.first];
    Cost cost;
    cost.height = out.height;
    double moved = static_cast<double>(out.width * out.channels);
    for (const int input : step.inputs) {
      const Extent& extent = extent_of(spec_, extents_, input);
      moved += static_cast<double>(extent.size()) / static_cast<double>(out.height);
    }
    cost.line = kMove * moved;
    const auto pixels = [&](const auto&) { cost.by_lines = in.height == out.height && in.width == out.width; };
    const auto windows = [&](const auto& l) {
      cost.kernel = l.kernel.height;
      cost.stride = l.stride.height;
      cost.padding = l.padding.height;
      cost.by_lines = cost.padding < cost.kernel;
    };
    const auto never = [](const auto&) {};
    std::visit(Overload{
                   [&](const Conv2d& l) {
                     const kernels::ConvDims d = kernels::conv_dims(l, in, out, 1);
                     const std::int64_t filters = d.kh * d.kw * d.c / d.groups * d.o;
                     cost.together = kernels::conv2d_lines_together(d);
                     windows(l);
                     if (kernels::conv2d_prepared_floats(d) > kMostFilters) cost.by_lines = false;
                     cost.line += static_cast<double>(d.ow * filters) * (cost.together > 1 ? kTiled : 1);
                   },
                   [&](const Dense& l) { cost.line += static_cast<double>(in.size() * l.units); },
                   [&](const MaxPool& l) { windows(l); },
                   [&](const AvgPool& l) { windows(l); },
                   [&](const BatchNorm& l) { pixels(l); },
                   [&](const Relu& l) { pixels(l); },
                   [&](const Silu& l) { pixels(l); },
                   [&](const Tanh& l) { pixels(l); },
                   [&](const Sigmoid& l) { pixels(l); },
                   [&](const Softmax& l) { pixels(l); },
                   [&](const Add& l) { pixels(l); },
                   [&](const Concat& l) { pixels(l); },
                   [&](const Dropout& l) { never(l); },
                   [&](const Flatten& l) { never(l); },
                   [&](const GlobalAvgPool& l) { never(l); },
               },
               node.layer);
    // Behind a Flatten lines are no longer what they were.
    for (std::size_t k = 0; k < step.inputs.size(); ++k) {
      const Extent& wanted = k == 0 ? in : out;
      const Extent& given = extent_of(spec_, extents_, step.inputs[k]);
      if (given.height != wanted.height || given.width != wanted.width) cost.by_lines = false;
    }
    return cost;
  }

  // May a group that ends with step `last` have this step in it? What a Concat writes is read for long.
  bool may_begin(std::size_t step, std::size_t last) const {
    return costs_[step].by_lines && (step == last || !std::holds_alternative<Concat>(layer_of(step)));
  }
  bool all_end_inside(std::size_t begin, std::size_t last) const {
    for (std::size_t i = begin; i < last; ++i) {
      if (costs_[i].last_reader > last) return false;
    }
    return true;
  }

  Lines rounded(std::size_t step, const Lines& lines) const {
    const std::int64_t together = costs_[step].together;
    return {lines.begin / together * together,
            std::min((lines.end + together - 1) / together * together, costs_[step].height)};
  }
  // Of its k-th input.
  Lines seen(std::size_t step, std::size_t k, const Lines& lines) const {
    if (k > 0) return lines;
    const Cost& cost = costs_[step];
    const std::int64_t height = extent_of(spec_, extents_, steps_[step].inputs[0]).height;
    return kernels::lines_seen(lines, height, cost.kernel, cost.stride, cost.padding).lines;
  }

  // What every step has to write for some lines of the last.
  Band band_of(std::size_t begin, std::size_t last, const Lines& lines) const {
    Band band(last + 1 - begin, {0, 0});
    band.back() = rounded(last, lines);
    for (std::size_t i = last + 1; i-- > begin;) {
      const Lines& its = band[i - begin];
      if (its.count() == 0) continue;
      for (std::size_t k = 0; k < steps_[i].inputs.size(); ++k) {
        const int input = steps_[i].inputs[k];
        if (input == kNetInput || step_of(input) < begin) continue;
        Lines& wanted = band[step_of(input) - begin];
        wanted = rounded(step_of(input), united(wanted, seen(i, k, its)));
      }
    }
    return band;
  }
  double cost_of(std::size_t begin, const Band& band) const {
    double cost = 0;
    for (std::size_t i = 0; i < band.size(); ++i) cost += costs_[begin + i].line * static_cast<double>(band[i].count());
    return cost;
  }

  // A band for every thread, one after the other, each so high that neither it nor what is left for the others takes
  // longer than need be.
  std::optional<Shared> share(std::size_t begin, std::size_t last) const {
    constexpr std::int64_t kTries = 3;  // around the height that all would have if nothing were made twice
    const std::int64_t height = costs_[last].height, together = costs_[last].together;
    Shared shared{0, {}};
    for (std::int64_t from = 0, left = threads_; left > 0; --left) {
      std::int64_t best_end = 0;
      double best = std::numeric_limits<double>::infinity();
      const std::int64_t even = from + (height - from) / left / together * together;
      const std::int64_t tries = left == 1 ? 0 : kTries;  // the last one takes what is left
      for (std::int64_t i = -tries; i <= tries; ++i) {
        const std::int64_t end = left == 1 ? height : even + i * together;
        if (end <= from || end > height || (left > 1 && end == height)) continue;
        double cost = cost_of(begin, band_of(begin, last, {from, end}));
        if (left > 1) {
          const double others = cost_of(begin, band_of(begin, last, {end, height}));
          cost = std::max(cost, others / static_cast<double>(left - 1));
        }
        if (cost >= best) continue;
        best = cost;
        best_end = end;
      }
      if (best_end == 0) return std::nullopt;  // fewer lines than threads
      shared.bands.push_back(band_of(begin, last, {from, best_end}));
      shared.cost = std::max(shared.cost, cost_of(begin, shared.bands.back()));
      from = best_end;
    }
    return shared;
  }

  const NetSpec& spec_;
  std::vector<Extent> extents_;
  const std::vector<FusedStep>& steps_;
  std::int64_t threads_;
  std::vector<std::size_t> step_of_;  // [nodes]
  std::vector<Cost> costs_;           // [steps]
};

}  // namespace

std::vector<StepGroup> plan_groups(const NetSpec& spec, const std::vector<FusedStep>& steps, std::size_t threads) {
  return Groups(spec, steps, threads).cheapest();
}

}  // namespace pinwheel
