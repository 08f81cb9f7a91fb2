// The two kinds of work, on pictures and targets that are noise of the right kind.
#include "bench/work.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/rng.h"
#include "infer/classifier.h"
#include "nn/shape_inference.h"
#include "train/executor.h"
#include "train/optimiser.h"

namespace pinwheel::bench {
namespace {

enum Purpose : std::uint64_t { kInitialise, kPictures, kTargets, kDropout };
constexpr std::uint64_t kSeed = 1;

Rng random(Purpose purpose) { return Rng(kSeed).child(purpose); }

std::size_t floats(std::int64_t batch, std::int64_t each) { return static_cast<std::size_t>(batch * each); }

std::vector<float> random_pictures(std::int64_t batch, const Extent& extent) {
  std::vector<float> values(floats(batch, extent.size()));
  Rng rng = random(kPictures);
  for (float& value : values) value = static_cast<float>(rng.uniform());
  return values;
}

void fill_target(TargetKind kind, std::span<float> row, Rng& rng) {
  constexpr std::uint32_t kVolunteers = 40;
  switch (kind) {
    case TargetKind::kClasses:
      row[rng.below(static_cast<std::uint32_t>(row.size()))] = 1;
      return;
    case TargetKind::kFractions:
      for (float& value : row) value = static_cast<float>(rng.uniform());
      return;
    case TargetKind::kVotes:
      for (float& value : row) value = static_cast<float>(rng.below(kVolunteers));
      return;
  }
}

std::vector<float> random_targets(TargetKind kind, std::int64_t batch, std::int64_t outputs) {
  std::vector<float> values(floats(batch, outputs));
  Rng rng = random(kTargets);
  const auto width = static_cast<std::size_t>(outputs);
  for (std::size_t row = 0; row < values.size(); row += width) fill_target(kind, {values.data() + row, width}, rng);
  return values;
}

// What Trainer does with a batch that lies ready: forward, loss, backward, update.
class TrainingWork final : public Work {
 public:
  TrainingWork(const Subject& subject, std::int64_t batch, const ThreadPool& pool)
      : loss_(subject.loss),
        learning_rate_(subject.optimiser.learning_rate),
        batch_(batch),
        outputs_(infer_shapes(subject.learner).back().size()),
        pool_(pool),
        params_(initialise(subject.learner, subject.init, random(kInitialise))),
        executor_(subject.learner, batch, pool, Activations::kLean),
        optimiser_(subject.optimiser, params_.layout.trainable),
        pictures_(random_pictures(batch, subject.learner.input)),
        targets_(random_targets(subject.target, batch, outputs_)),
        dlogits_(targets_.size()),
        dparams_(params_.layout.trainable) {}

  void run() override {
    pool_.standing_by([&] { step(); });
  }

 private:
  void step() {
    Rng dropout = random(kDropout).child(steps_++);
    const auto logits = executor_.forward_train(params_, pictures_, batch_, dropout);
    loss_forward_backward(loss_, dlogits_, logits, targets_, batch_, outputs_);
    executor_.backward(params_, dlogits_, dparams_, {}, WeightGradients::kProducts);
    optimiser_.step(params_.values, {dparams_, executor_.products()}, learning_rate_, pool_);
  }

  LossSpec loss_;
  double learning_rate_;
  std::int64_t batch_, outputs_;
  const ThreadPool& pool_;
  Params params_;
  Executor executor_;
  Optimiser optimiser_;
  std::vector<float> pictures_, targets_, dlogits_, dparams_;
  std::uint64_t steps_ = 0;
};

Model random_model(const Subject& subject) {
  Model model;
  model.name = subject.name;
  model.spec = subject.network;
  model.params = initialise(subject.network, subject.init, random(kInitialise));
  model.head = subject.loss.head;
  return model;
}

class InferenceWork final : public Work {
 public:
  InferenceWork(const Subject& subject, std::int64_t batch, const ThreadPool& pool)
      : batch_(batch),
        classifier_(random_model(subject), pool),
        pictures_(random_pictures(batch, subject.network.input)),
        logits_(floats(batch, infer_shapes(subject.network).back().size())) {}

  void run() override { classifier_.logits(pictures_, batch_, logits_); }

 private:
  std::int64_t batch_;
  Classifier classifier_;
  std::vector<float> pictures_, logits_;
};

bool has_batch_norm(const NetSpec& spec) {
  return std::any_of(spec.nodes.begin(), spec.nodes.end(),
                     [](const Node& node) { return std::holds_alternative<BatchNorm>(node.layer); });
}

void check_batch(const Subject& subject, Mode mode, std::int64_t batch) {
  constexpr std::int64_t kMost = 4096;
  const std::int64_t least = mode == Mode::kTraining && has_batch_norm(subject.learner) ? 2 : 1;
  if (batch >= least && batch <= kMost) return;
  throw Error(ErrorCode::kInvalidArgument, "'" + subject.name + "' can be timed in batches of " +
                                               std::to_string(least) + " to " + std::to_string(kMost) + ", not of " +
                                               std::to_string(batch));
}

}  // namespace

std::unique_ptr<Work> make_work(const Subject& subject, Mode mode, std::int64_t batch, const ThreadPool& pool) {
  check_batch(subject, mode, batch);
  if (mode == Mode::kTraining) return std::make_unique<TrainingWork>(subject, batch, pool);
  return std::make_unique<InferenceWork>(subject, batch, pool);
}

}  // namespace pinwheel::bench
