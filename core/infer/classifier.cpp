// Bytes in, answers out. Only glue: each step (picture, floats, network, head) is somebody else's.
#include "infer/classifier.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/first_error.h"
#include "image/preprocess.h"
#include "infer/network.h"
#include "io/question_tree.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

// As many examples at once as keep the largest activation of a chunk within 32 MB: more does not run faster, and a tab
// has to live with the memory. A function of the network alone, so that neighbours never change how a row is computed.
std::int64_t chunk_size(const NetSpec& spec) {
  constexpr std::int64_t kFloats = std::int64_t{8} << 20, kMost = 64;
  std::int64_t largest = spec.input.size();
  for (const Extent& extent : infer_shapes(spec)) largest = std::max(largest, extent.size());
  return std::clamp(kFloats / largest, std::int64_t{1}, kMost);
}

XnnNetwork lower_model(const Model& model, const ThreadPool& pool) {
  const FoldedNet folded = fold_batch_norm(model.spec, model.params);
  return {folded.spec, folded.params, pool};
}

}  // namespace

struct Classifier::Impl {
  Impl(Model model_, const ThreadPool& pool_)
      : model(std::move(model_)),
        pool(pool_),
        network(lower_model(model, pool)),
        input_size(model.spec.input.size()),
        output_size(infer_shapes(model.spec).back().size()),
        chunk(chunk_size(model.spec)) {
    if (model.is_decision_tree()) tree = galaxy_zoo_tree();
  }

  std::size_t views() const { return static_cast<std::size_t>(model.views); }

  // input [pictures, views, extent]
  FloatBuffer inputs_of(std::span<const Image> pictures) const {
    const auto size = static_cast<std::size_t>(input_size);
    FloatBuffer input(pictures.size() * views() * size);
    for_each_or_throw(pool, pictures.size() * views(), [&](std::size_t i) {
      const Image& picture = pictures[i / views()];
      const std::span<float> out(input.data() + i * size, size);
      const auto view = static_cast<int>(i % views());
      to_floats(model.preprocess, view == 0 ? picture : turned(picture, view), out);
    });
    return input;
  }

  // logits [views, outputs] of one picture
  Answers answers_of(std::span<const float> logits) const {
    const auto size = static_cast<std::size_t>(output_size);
    Answers answers;
    answers.logits.assign(logits.begin(), logits.begin() + static_cast<std::ptrdiff_t>(size));
    answers.values.resize(size);
    answers.views.assign(views(), std::vector<float>(size));
    for (std::size_t view = 0; view < views(); ++view) {
      apply_head(model.head, tree, logits.subspan(view * size, size), answers.views[view]);
      for (std::size_t k = 0; k < size; ++k) answers.values[k] += answers.views[view][k];
    }
    // What the tree demands of weighted fractions is linear: it holds for the mean as for each view.
    for (float& value : answers.values) value /= static_cast<float>(views());
    return answers;
  }

  void classify_chunk(std::span<const Image> pictures, std::vector<Answers>& out) {
    const FloatBuffer input = inputs_of(pictures);
    const std::size_t rows = pictures.size() * views(), width = views() * static_cast<std::size_t>(output_size);
    FloatBuffer logits(rows * static_cast<std::size_t>(output_size));
    network.run(input, static_cast<std::int64_t>(rows), logits);
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      out.push_back(answers_of({logits.data() + i * width, width}));
    }
  }

  Model model;
  const ThreadPool& pool;
  XnnNetwork network;
  std::int64_t input_size, output_size, chunk;
  QuestionTree tree;
};

Classifier::Classifier(Model model, const ThreadPool& pool) : impl_(std::make_unique<Impl>(std::move(model), pool)) {}
Classifier::~Classifier() = default;
Classifier::Classifier(Classifier&&) noexcept = default;

const Model& Classifier::model() const { return impl_->model; }

Image Classifier::seen(const Image& image) const {
  return run_steps(impl_->model.preprocess, image, impl_->model.spec.input);
}

Answers Classifier::classify(const Image& image) { return std::move(classify_batch({&image, 1}).front()); }

std::vector<Answers> Classifier::classify_batch(std::span<const Image> images) {
  std::vector<Answers> answers;
  answers.reserve(images.size());
  const auto chunk = static_cast<std::size_t>(impl_->chunk);
  for (std::size_t begin = 0; begin < images.size(); begin += chunk) {
    std::vector<Image> pictures(std::min(chunk, images.size() - begin));
    for_each_or_throw(impl_->pool, pictures.size(), [&](std::size_t i) { pictures[i] = seen(images[begin + i]); });
    for (Answers& one : classify_seen(pictures)) answers.push_back(std::move(one));
  }
  return answers;
}

std::vector<Answers> Classifier::classify_seen(std::span<const Image> pictures) {
  std::vector<Answers> answers;
  answers.reserve(pictures.size());
  const auto chunk = std::max<std::size_t>(1, static_cast<std::size_t>(impl_->chunk) / impl_->views());
  for (std::size_t begin = 0; begin < pictures.size(); begin += chunk) {
    impl_->classify_chunk(pictures.subspan(begin, std::min(chunk, pictures.size() - begin)), answers);
  }
  return answers;
}

void Classifier::head(std::span<const float> logits, std::span<float> out) const {
  apply_head(impl_->model.head, impl_->tree, logits, out);
}

void Classifier::logits(std::span<const float> input, std::int64_t batch, std::span<float> out) {
  const auto in_size = static_cast<std::size_t>(impl_->input_size),
             out_size = static_cast<std::size_t>(impl_->output_size);
  if (batch < 0 || input.size() != static_cast<std::size_t>(batch) * in_size ||
      out.size() != static_cast<std::size_t>(batch) * out_size) {
    throw Error(ErrorCode::kInvalidArgument, "expected " + std::to_string(batch) + " inputs of " +
                                                 impl_->model.spec.input.text() + " and room for as many answers");
  }
  for (std::int64_t begin = 0; begin < batch; begin += impl_->chunk) {
    const std::int64_t count = std::min(impl_->chunk, batch - begin);
    const auto first = static_cast<std::size_t>(begin), n = static_cast<std::size_t>(count);
    impl_->network.run(input.subspan(first * in_size, n * in_size), count, out.subspan(first * out_size, n * out_size));
  }
}

}  // namespace pinwheel
