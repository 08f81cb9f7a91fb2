// Bytes in, answers out. Only glue: each step (picture, floats, network, head) is somebody else's.
#include "infer/classifier.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <utility>

#include "base/error.h"
#include "image/preprocess.h"
#include "infer/lower.h"
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

// The first error of tasks that run in the pool, where nothing may be thrown.
class FirstError {
 public:
  template <typename Task>
  void guard(const Task& task) {
    try {
      task();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = std::current_exception();
    }
  }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr error_;
};

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

  // input [images, extent]
  FloatBuffer inputs_of(std::span<const Image> images) const {
    const auto size = static_cast<std::size_t>(input_size);
    FloatBuffer input(images.size() * size);
    FirstError error;
    pool.for_each(images.size(), [&](std::size_t i) {
      error.guard([&] {
        const Image picture = run_steps(model.preprocess, images[i], model.spec.input);
        to_floats(model.preprocess, picture, {input.data() + i * size, size});
      });
    });
    error.rethrow();
    return input;
  }

  void classify_chunk(std::span<const Image> images, std::vector<Answers>& out) {
    const FloatBuffer input = inputs_of(images);
    const auto size = static_cast<std::size_t>(output_size);
    FloatBuffer logits(images.size() * size);
    network.run(input, static_cast<std::int64_t>(images.size()), logits);
    for (std::size_t i = 0; i < images.size(); ++i) {
      Answers answers;
      answers.logits.assign(logits.begin() + i * size, logits.begin() + (i + 1) * size);
      answers.values.resize(size);
      apply_head(model.head, tree, answers.logits, answers.values);
      out.push_back(std::move(answers));
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
    impl_->classify_chunk(images.subspan(begin, std::min(chunk, images.size() - begin)), answers);
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
