#include "infer/occlusion.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.h"
#include "galaxy/decision_tree.h"
#include "image/preprocess.h"

namespace pinwheel {
namespace {

constexpr std::int64_t kPatchesASide = 8;

// Every stride, and the last place that fits.
std::vector<std::int64_t> places(std::int64_t length, std::int64_t patch, std::int64_t stride) {
  std::vector<std::int64_t> out;
  for (std::int64_t at = 0; at < length - patch; at += stride) out.push_back(at);
  out.push_back(length - patch);
  return out;
}

Box clamp_patch(const OcclusionSpec& spec, const Image& image) {
  const std::int64_t side = std::min(image.height, image.width);
  const std::int64_t patch = spec.patch > 0 ? spec.patch : std::max<std::int64_t>(1, side / kPatchesASide);
  const std::int64_t stride = spec.stride > 0 ? spec.stride : std::max<std::int64_t>(1, patch / 2);
  if (patch > side) {
    throw Error(ErrorCode::kInvalidArgument, "a patch of " + std::to_string(patch) + " pixels does not fit into " +
                                                 std::to_string(image.width) + "x" + std::to_string(image.height));
  }
  return {stride, stride, patch, patch};
}

galaxy::Fractions conditional_of(std::span<const float> answers) {
  galaxy::Fractions weighted{};
  std::copy_n(answers.begin(), weighted.size(), weighted.begin());
  return galaxy::conditional_from_weighted(weighted);
}

// What is watched: the mean of these answers; on the tree as shares of those asked, so that a lost parent does not take
// all of its branch along.
struct Watch {
  std::vector<std::size_t> outputs;
  bool conditional = false;

  double value(std::span<const float> answers) const {
    double sum = 0;
    if (conditional) {
      const galaxy::Fractions fractions = conditional_of(answers);
      for (const std::size_t i : outputs) sum += fractions[i];
    } else {
      for (const std::size_t i : outputs) sum += answers[i];
    }
    return sum / static_cast<double>(outputs.size());
  }
};

Watch likeliest(const Model& model, std::span<const float> answers) {
  if (!model.is_decision_tree()) {
    return {{static_cast<std::size_t>(std::max_element(answers.begin(), answers.end()) - answers.begin())}, false};
  }
  Watch watch{{}, true};
  for (const auto& step : galaxy::likely_path(conditional_of(answers))) {
    watch.outputs.push_back(static_cast<std::size_t>(step.answer));
  }
  return watch;
}

std::vector<Watch> choose_watches(const Model& model, std::span<const float> answers, const std::vector<int>& outputs) {
  if (outputs.empty()) return {likeliest(model, answers)};
  std::vector<Watch> watches;
  for (const int output : outputs) {
    if (output < 0 || output >= static_cast<int>(answers.size())) {
      throw Error(ErrorCode::kInvalidArgument, "the model has no answer number " + std::to_string(output));
    }
    watches.push_back({{static_cast<std::size_t>(output)}, model.is_decision_tree()});
  }
  return watches;
}

// A watch with what covering has done to it so far.
struct Tally {
  Watch watch;
  double uncovered = 0;
  std::vector<double> sum;  // [H,W] of the drops of all patches over a pixel
};

}  // namespace

std::vector<std::uint8_t> sky_colour(const Image& image) {
  const std::int64_t ring = std::max<std::int64_t>(1, std::min(image.height, image.width) / 16);
  std::vector<std::uint8_t> colour;
  for (std::int64_t c = 0; c < image.channels; ++c) {
    std::vector<std::uint8_t> values;
    for (std::int64_t y = 0; y < image.height; ++y) {
      for (std::int64_t x = 0; x < image.width; ++x) {
        const bool inside = y >= ring && y < image.height - ring && x >= ring && x < image.width - ring;
        if (!inside) values.push_back(image.at(y, x)[c]);
      }
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    colour.push_back(*middle);
  }
  return colour;
}

struct Occlusion::Impl {
  Impl(Classifier& classifier_, Image seen_, const OcclusionSpec& spec)
      : classifier(classifier_), seen(std::move(seen_)), sky(sky_colour(seen)) {
    const Box step = clamp_patch(spec, seen);
    for (const std::int64_t y : places(seen.height, step.height, step.y)) {
      for (const std::int64_t x : places(seen.width, step.width, step.x)) {
        boxes.push_back({y, x, step.height, step.width});
      }
    }
    covers.assign(static_cast<std::size_t>(seen.height * seen.width), 0);
    const std::vector<float> answers = answer({});
    for (Watch& watch : choose_watches(classifier.model(), answers, spec.outputs)) {
      const double uncovered = watch.value(answers);
      tallies.push_back({std::move(watch), uncovered, std::vector<double>(covers.size(), 0)});
    }
  }

  Image covered(const Box& box) const {
    Image image = seen;
    for (std::int64_t y = box.y; y < box.y + box.height; ++y) {
      for (std::int64_t x = box.x; x < box.x + box.width; ++x) std::copy(sky.begin(), sky.end(), image.at(y, x));
    }
    return image;
  }

  // [covers, outputs] after the head; an empty list stands for the whole picture.
  std::vector<float> answer(std::span<const Box> hidden) {
    const std::size_t count = std::max<std::size_t>(1, hidden.size()), size = seen.pixels.size(),
                      outputs = classifier.model().outputs.size();
    std::vector<float> input(count * size), logits(count * outputs), answers(count * outputs);
    for (std::size_t i = 0; i < count; ++i) {
      const Image picture = hidden.empty() ? seen : covered(hidden[i]);
      to_floats(classifier.model().preprocess, picture, std::span(input).subspan(i * size, size));
    }
    classifier.logits(input, static_cast<std::int64_t>(count), logits);
    for (std::size_t i = 0; i < count; ++i) {
      classifier.head(std::span(logits).subspan(i * outputs, outputs),
                      std::span(answers).subspan(i * outputs, outputs));
    }
    return answers;
  }

  void step(std::int64_t patches) {
    const std::size_t left = boxes.size() - tried;
    const std::span<const Box> next(boxes.data() + tried, std::min(left, static_cast<std::size_t>(patches)));
    if (next.empty()) return;
    const std::vector<float> answers = answer(next);
    const std::size_t outputs = classifier.model().outputs.size();
    for (std::size_t i = 0; i < next.size(); ++i) {
      over(next[i], [&](std::size_t at) { ++covers[at]; });
      for (Tally& tally : tallies) {
        const double drop = tally.uncovered - tally.watch.value(std::span(answers).subspan(i * outputs, outputs));
        over(next[i], [&](std::size_t at) { tally.sum[at] += drop; });
      }
    }
    tried += next.size();
  }

  // Calls task with the place of every pixel in the box.
  template <typename Task>
  void over(const Box& box, Task task) const {
    for (std::int64_t y = box.y; y < box.y + box.height; ++y) {
      for (std::int64_t x = box.x; x < box.x + box.width; ++x) task(static_cast<std::size_t>(y * seen.width + x));
    }
  }

  Classifier& classifier;
  Image seen;
  std::vector<std::uint8_t> sky;
  std::vector<Box> boxes;
  std::size_t tried = 0;
  std::vector<int> covers;  // [H,W] patches tried over a pixel
  std::vector<Tally> tallies;
};

Occlusion::Occlusion(Classifier& classifier, Image seen, const OcclusionSpec& spec)
    : impl_(std::make_unique<Impl>(classifier, std::move(seen), spec)) {}
Occlusion::~Occlusion() = default;
Occlusion::Occlusion(Occlusion&&) noexcept = default;

std::int64_t Occlusion::done() const { return static_cast<std::int64_t>(impl_->tried); }
std::int64_t Occlusion::total() const { return static_cast<std::int64_t>(impl_->boxes.size()); }
void Occlusion::step(std::int64_t patches) { impl_->step(std::max<std::int64_t>(1, patches)); }

HeatMap Occlusion::map(std::size_t i) const {
  const Tally& tally = impl_->tallies.at(i);
  HeatMap map{impl_->seen.height, impl_->seen.width, {}, static_cast<float>(tally.uncovered)};
  for (std::size_t at = 0; at < tally.sum.size(); ++at) {
    const int covers = impl_->covers[at];
    map.drop.push_back(covers == 0 ? 0 : static_cast<float>(tally.sum[at] / covers));
  }
  return map;
}

}  // namespace pinwheel
