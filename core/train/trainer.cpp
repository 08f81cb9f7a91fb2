// The order of things: who is in a batch, when an epoch ends, which weights are the best. Every random choice is keyed
// by what it is for (seed, purpose, epoch, example), so that nothing but the position has to be remembered.
#include "train/trainer.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/error.h"
#include "galaxy/decision_tree.h"
#include "io/question_tree.h"
#include "nn/shape_inference.h"
#include "train/batcher.h"
#include "train/check_data.h"
#include "train/executor.h"
#include "train/fingerprint.h"
#include "train/snapshot.h"

namespace pinwheel {
namespace {

enum Purpose : std::uint64_t { kInitialise, kShuffle, kDraw, kAugment, kDropout };

constexpr std::int64_t kEvaluationBatch = 32;  // at least: system A trains on single examples
constexpr std::int64_t kLargestPiece = 128;    // galaxies judged at once: between two pieces others may have their turn
constexpr std::size_t kGrain = 16384;          // floats a piece in the weight average

bool has_batch_norm(const NetSpec& spec) {
  return std::any_of(spec.nodes.begin(), spec.nodes.end(),
                     [](const Node& node) { return std::holds_alternative<BatchNorm>(node.layer); });
}

void check_spec(const TrainSpec& spec) {
  const auto need = [](bool good, const char* what) {
    if (!good) throw Error(ErrorCode::kInvalidArgument, what);
  };
  need(spec.batch_size >= 1, "the batch size must be at least 1");
  need(spec.max_steps >= 0 && spec.patience >= 0 && spec.epoch_steps >= 0,
       "numbers of steps and the patience must not be negative");
  need(spec.max_steps > 0 || (spec.epochs > 0 && spec.epochs < 1e6),
       "the number of epochs must be between 0 and a million");
  need(spec.initialisations >= 1 && spec.initialisations <= 1000, "the number of initialisations must be 1 to 1000");
  need(spec.weight_average >= 0 && spec.weight_average < 1, "the decay of the weight average must be in [0, 1)");
  need(std::isfinite(spec.optimiser.learning_rate) && spec.optimiser.learning_rate >= 0,
       "the learning rate must be a number, not negative");
}

TrainSpec complete(TrainSpec spec, const Model& model, const Dataset& dataset, const Split& split) {
  check_spec(spec);
  const std::int64_t outputs = infer_shapes(model.spec).back().size();
  if (spec.loss.head != model.head) {
    throw Error(ErrorCode::kInvalidArgument, std::string("the loss is for the head '") + head_name(spec.loss.head) +
                                                 "' but the model has '" + head_name(model.head) + "'");
  }
  check_data(dataset, split, spec.loss, outputs);
  if (!dataset.features.empty() && spec.augment.any()) {
    throw Error(ErrorCode::kInvalidArgument,
                "the features of a frozen network are computed once, so there are no random views of a galaxy: train "
                "without rotations, flips and the like, or with all layers");
  }
  if (spec.loss.tree.empty() && outputs == galaxy::kAnswers) spec.loss.tree = galaxy_zoo_tree();
  if (spec.loss.kind == LossKind::kWeightedMse && spec.loss.column_weights.empty()) {
    spec.loss.column_weights = column_weights(dataset, split);
  }
  validate_loss(spec.loss, outputs);
  const auto examples = static_cast<std::int64_t>(split.train.size());
  if (!spec.with_replacement) spec.batch_size = std::min(spec.batch_size, examples);
  if (has_batch_norm(model.spec) && spec.batch_size < 2) {
    throw Error(ErrorCode::kInvalidArgument,
                "a network with batch normalisation needs batches of at least two examples");
  }
  return spec;
}

Model with_parameters(Model model, const TrainSpec& spec) {
  if (model.params.values.empty()) {
    model.params = initialise(model.spec, spec.init, Rng(spec.seed).child(kInitialise).child(0));
  }
  return model;
}

// Galaxies being judged, piece by piece.
struct Judgement {
  std::vector<std::int64_t> indices;
  std::vector<float> predictions, truth;  // [indices, outputs]
  double loss_sum = 0;
  std::size_t done = 0, piece = 1;

  bool over() const { return done == indices.size(); }
  double part() const { return indices.empty() ? 1 : static_cast<double>(done) / static_cast<double>(indices.size()); }
  double mean_loss() const { return done > 0 ? loss_sum / static_cast<double>(done) : 0; }
};

}  // namespace

struct Trainer::Impl {
  const Dataset& dataset;
  const ThreadPool& pool;
  Split split;
  TrainSpec spec;
  Model model;  // its parameters are the ones being trained
  std::int64_t outputs;
  std::int64_t steps_per_epoch;
  Batcher batcher;
  Executor executor;
  Optimiser optimiser;
  Params average;  // of the weights and running statistics; no values without weight_average
  Params best;     // no values before the first finished epoch
  Progress progress;
  std::optional<Judgement> validating;  // no part of a snapshot: after a restore validation begins again
  std::optional<Judgement> evaluating;
  enum class Walk { kNone, kForward, kBackward, kValidating, kEvaluating };
  Walk walk = Walk::kNone;  // what the executor is in the middle of
  double loss = 0;          // of the batch that is in the middle of a step
  RunningFigures figures;   // of that batch

  std::vector<std::int64_t> order;  // of the training examples in this epoch
  std::int64_t order_epoch = -1;
  std::vector<std::int64_t> chosen;  // the examples of this batch, and what their views are keyed by
  std::vector<std::uint64_t> keys;
  std::vector<float> input, targets, weights, dlogits, dparams, heads;

  Impl(Model model_, const Dataset& dataset_, Split split_, TrainSpec spec_, const ThreadPool& pool_)
      : dataset(dataset_),
        pool(pool_),
        split(std::move(split_)),
        spec(complete(std::move(spec_), model_, dataset_, split)),
        model(with_parameters(std::move(model_), spec)),
        outputs(infer_shapes(model.spec).back().size()),
        steps_per_epoch(count_steps()),
        batcher(dataset, model.preprocess, model.spec.input),
        executor(model.spec, largest_batch(), pool, Activations::kLean),
        optimiser(spec.optimiser, model.params.layout.trainable) {
    const auto rows = static_cast<std::size_t>(largest_batch());
    chosen.reserve(rows);
    keys.reserve(rows);
    order.reserve(split.train.size());
    input.resize(rows * static_cast<std::size_t>(model.spec.input.size()));
    targets.resize(rows * static_cast<std::size_t>(outputs));
    dlogits.resize(targets.size());
    weights.resize(rows);
    dparams.resize(model.params.layout.trainable);
    start_average();
  }

  // -- The plan of the run

  std::int64_t examples() const { return static_cast<std::int64_t>(split.train.size()); }
  std::int64_t largest_batch() const {
    const auto most = static_cast<std::int64_t>(std::max(split.train.size(), split.validation.size()));
    return std::max(spec.batch_size, std::min(kEvaluationBatch, most));
  }
  std::int64_t count_steps() const {
    if (spec.with_replacement && spec.epoch_steps > 0) return spec.epoch_steps;
    const std::int64_t whole = examples() / spec.batch_size, rest = examples() % spec.batch_size;
    const bool keep_rest = rest > 1 || (rest == 1 && !has_batch_norm(model.spec));
    return std::max<std::int64_t>(1, whole + (keep_rest ? 1 : 0));
  }
  std::int64_t candidates() const { return spec.initialisations > 1 ? spec.initialisations : 0; }
  std::int64_t main_steps() const {
    if (spec.max_steps > 0) return spec.max_steps;
    return std::max<std::int64_t>(1,
                                  std::llround(std::ceil(spec.epochs * static_cast<double>(steps_per_epoch) - 1e-9)));
  }
  std::int64_t total_steps() const { return candidates() * steps_per_epoch + main_steps(); }
  bool is_candidate() const { return progress.epoch < candidates(); }

  // In the middle of the step: neither the first step of a warm-up nor the last of a cosine is wasted at zero.
  double learning_rate() const {
    const std::int64_t before = is_candidate() ? progress.epoch * steps_per_epoch : candidates() * steps_per_epoch;
    const double per_epoch = static_cast<double>(steps_per_epoch);
    const double epoch = (static_cast<double>(progress.step - before) + 0.5) / per_epoch;
    return spec.optimiser.learning_rate *
           schedule_factor(spec.schedule, epoch, static_cast<double>(main_steps()) / per_epoch);
  }

  // -- One step

  Rng random(Purpose purpose) const { return Rng(spec.seed).child(purpose); }

  void shuffle_epoch() {
    if (order_epoch == progress.epoch) return;
    order = split.train;
    random(kShuffle).child(static_cast<std::uint64_t>(progress.epoch)).shuffle(order);
    order_epoch = progress.epoch;
  }

  void choose_shuffled() {
    shuffle_epoch();
    const std::int64_t begin = progress.step_in_epoch * spec.batch_size;
    const std::int64_t end = std::min(begin + spec.batch_size, examples());
    chosen.assign(order.begin() + begin, order.begin() + end);
    keys.assign(chosen.begin(), chosen.end());
  }

  void choose_drawn() {
    Rng rng = random(kDraw).child(static_cast<std::uint64_t>(progress.step));
    chosen.clear();
    keys.clear();
    for (std::int64_t k = 0; k < spec.batch_size; ++k) {
      chosen.push_back(split.train[rng.below(static_cast<std::uint32_t>(examples()))]);
      keys.push_back(static_cast<std::uint64_t>(progress.step * spec.batch_size + k));
    }
  }

  void prepare() {
    spec.with_replacement ? choose_drawn() : choose_shuffled();
    if (spec.augment.any()) {
      const Rng rng = random(kAugment).child(static_cast<std::uint64_t>(progress.epoch));
      batcher.augmented(chosen, keys, spec.augment, rng, input, pool);
    } else {
      batcher.plain(chosen, input, pool);
    }
    batcher.targets(chosen, targets);
    batcher.weights(chosen, weights);
  }

  std::size_t batch_values() const { return chosen.size() * static_cast<std::size_t>(outputs); }

  void begin_step() {
    prepare();
    const auto rows = static_cast<std::int64_t>(chosen.size());
    Rng dropout = random(kDropout).child(static_cast<std::uint64_t>(progress.step));
    executor.start_forward_train(model.params, first(input, rows, model.spec.input.size()), rows, dropout);
    walk = Walk::kForward;
  }

  void turn_back() {
    walk = Walk::kNone;
    const std::span<float> gradient(dlogits.data(), batch_values());
    loss = loss_forward_backward(spec.loss, gradient, executor.logits(), {targets.data(), batch_values()},
                                 static_cast<std::int64_t>(chosen.size()), outputs, {weights.data(), chosen.size()});
    if (!std::isfinite(loss)) {
      throw Error(ErrorCode::kInvalidArgument, "training came apart: at step " + std::to_string(progress.step + 1) +
                                                   " the loss is no longer a number; lower the learning rate");
    }
    figures = figures_of_batch();
    executor.start_backward(model.params, gradient, dparams, {}, WeightGradients::kProducts);
    walk = Walk::kBackward;
  }

  RunningFigures figures_of_batch() {
    const auto logits = executor.logits();
    heads.resize(batch_values());
    apply_heads(logits, heads);
    RunningFigures of_batch;
    of_batch.add(dataset.target_kind, heads, {targets.data(), batch_values()}, outputs);
    return of_batch;
  }

  // [rows, outputs], a row for each galaxy
  void apply_heads(std::span<const float> logits, std::span<float> out) const {
    const auto width = static_cast<std::size_t>(outputs);
    for (std::size_t at = 0; at < out.size(); at += width) {
      apply_head(spec.loss.head, spec.loss.tree, logits.subspan(at, width), out.subspan(at, width));
    }
  }

  static std::span<const float> first(const std::vector<float>& values, std::int64_t rows, std::int64_t width) {
    return {values.data(), static_cast<std::size_t>(rows * width)};
  }

  std::optional<StepReport> step_piece() {
    if (progress.epoch_due)
      throw Error(ErrorCode::kInternal, "[trainer] finish_epoch() must come before the next step");
    if (done()) throw Error(ErrorCode::kInternal, "[trainer] the training is over");
    if (walk != Walk::kForward && walk != Walk::kBackward) {
      begin_step();
    } else if (!executor.advance()) {
      if (walk == Walk::kBackward) return finish_step();
      turn_back();
    }
    return std::nullopt;
  }

  StepReport finish_step() {
    walk = Walk::kNone;
    StepReport report;
    report.learning_rate = learning_rate();
    report.loss = loss;
    executor.keep_statistics(model.params);
    optimiser.step(model.params.values, {dparams, executor.products()}, report.learning_rate, pool);
    update_average();
    ++progress.step;
    ++progress.step_in_epoch;
    progress.loss_sum += report.loss;
    progress.train.hits += figures.hits;
    progress.train.asked += figures.asked;
    progress.train.squares += figures.squares;
    progress.train.values += figures.values;
    progress.epoch_due = progress.step_in_epoch == steps_per_epoch || progress.step == total_steps();
    report.step = progress.step;
    report.epoch = static_cast<double>(progress.step) / static_cast<double>(steps_per_epoch);
    report.epoch_end = progress.epoch_due;
    return report;
  }

  bool done() const { return progress.stopped || (progress.step >= total_steps() && !progress.epoch_due); }

  // -- Weights: current, averaged, best

  void start_average() { average = spec.weight_average > 0 ? model.params.clone() : Params(); }

  // average = decay * average + (1-decay) * weights; young averages decay faster, so that the start is soon forgotten.
  void update_average() {
    if (average.values.empty()) return;
    const auto age = static_cast<double>(optimiser.state().steps);
    const auto decay = static_cast<float>(std::min(spec.weight_average, (1 + age) / (10 + age)));
    float* to = average.values.data();
    const float* from = model.params.values.data();
    pool.for_ranges(average.values.size(), kGrain, [=](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) to[i] = decay * to[i] + (1 - decay) * from[i];
    });
  }

  const Params& evaluated() const { return average.values.empty() ? model.params : average; }

  void start_from(Params params) {
    model.params = std::move(params);
    optimiser = Optimiser(spec.optimiser, model.params.layout.trainable);
    start_average();
  }

  // -- Epochs

  void check_indices(std::span<const std::int64_t> indices) const {
    for (const std::int64_t index : indices) {
      if (index >= 0 && index < dataset.size()) continue;
      throw Error(ErrorCode::kInvalidArgument, "[trainer] there is no example " + std::to_string(index));
    }
  }

  // The galaxies that are next, where every call does one layer. `mine` says on whose behalf the executor walks.
  void judge_piece(const Params& params, Judgement& judged, Walk mine) {
    const std::size_t rows = std::min<std::size_t>(judged.indices.size() - judged.done, judged.piece);
    const auto piece = std::span<const std::int64_t>(judged.indices).subspan(judged.done, rows);
    if (walk != mine) {
      const auto n = static_cast<std::int64_t>(rows);
      batcher.plain(piece, input, pool);
      executor.start_forward_eval(params, first(input, n, model.spec.input.size()), n);
      walk = mine;
    } else if (!executor.advance()) {
      take_judged(piece, judged);
    }
  }

  void take_judged(std::span<const std::int64_t> piece, Judgement& judged) {
    walk = Walk::kNone;
    const std::size_t begin = judged.done, width = static_cast<std::size_t>(outputs), rows = piece.size();
    const std::span<float> target(judged.truth.data() + begin * width, rows * width);
    batcher.targets(piece, target);
    const auto logits = executor.logits();
    judged.loss_sum +=
        loss_forward_backward(spec.loss, dlogits, logits, target, static_cast<std::int64_t>(rows), outputs) *
        static_cast<double>(rows);
    apply_heads(logits, {judged.predictions.data() + begin * width, rows * width});
    judged.done += rows;
  }

  Judgement start_judging(std::vector<std::int64_t> indices) const {
    check_indices(indices);
    Judgement judged;
    judged.piece = static_cast<std::size_t>(std::min(largest_batch(), kLargestPiece));
    judged.predictions.resize(indices.size() * static_cast<std::size_t>(outputs));
    judged.truth.resize(judged.predictions.size());
    judged.indices = std::move(indices);
    return judged;
  }

  Judgement judge(const Params& params, std::span<const std::int64_t> indices) {
    Judgement judged = start_judging({indices.begin(), indices.end()});
    walk = Walk::kNone;
    while (!judged.over()) judge_piece(params, judged, Walk::kEvaluating);
    return judged;
  }

  Metrics measure(const Judgement& judged) const {
    return compute_metrics(dataset.target_kind, judged.predictions, judged.truth,
                           static_cast<std::int64_t>(judged.done), outputs, judged.mean_loss());
  }

  void start_evaluation(std::vector<std::int64_t> indices) {
    walk = Walk::kNone;
    evaluating = start_judging(std::move(indices));
  }

  std::optional<Judged> evaluation_piece() {
    if (!evaluating) throw Error(ErrorCode::kInternal, "[trainer] start_evaluation() must come first");
    if (!evaluating->over()) judge_piece(outcome(), *evaluating, Walk::kEvaluating);
    if (!evaluating->over()) return std::nullopt;
    Judgement judged = *std::exchange(evaluating, std::nullopt);
    return Judged{std::move(judged.predictions), std::move(judged.truth), judged.mean_loss()};
  }

  std::optional<EpochReport> finish_epoch_piece() {
    if (!progress.epoch_due) throw Error(ErrorCode::kInternal, "[trainer] no epoch has ended");
    if (!validating) validating = start_judging(split.validation);
    if (!validating->over()) judge_piece(evaluated(), *validating, Walk::kValidating);
    if (!validating->over()) return std::nullopt;
    const Metrics validation = measure(*validating);
    validating.reset();
    return close_epoch(validation);
  }

  EpochReport close_epoch(const Metrics& validation) {
    EpochReport report;
    report.epoch = progress.epoch + 1;
    report.train_loss = progress.loss_sum / static_cast<double>(progress.step_in_epoch);
    report.train_accuracy = progress.train.accuracy();
    report.train_rmse = progress.train.rmse();
    report.validation = validation;
    report.best = keep_if_best(report.validation);
    const bool was_candidate = is_candidate();
    progress.history.push_back(report);
    progress.epoch_due = false;
    progress.loss_sum = 0;
    progress.train = {};
    progress.step_in_epoch = 0;
    ++progress.epoch;
    if (was_candidate) next_candidate();
    if (!was_candidate && spec.patience > 0) progress.stopped = progress.epochs_since_best >= spec.patience;
    return report;
  }

  // Without a validation part the last epoch counts as the best.
  bool keep_if_best(const Metrics& validation) {
    const double score = validation.score();
    const bool better = !progress.has_best || validation.count == 0 || score > progress.best_score;
    progress.epochs_since_best = better ? 0 : progress.epochs_since_best + 1;
    if (!better) return false;
    progress.has_best = true;
    progress.best_score = score;
    best = evaluated().clone();
    return true;
  }

  void next_candidate() {
    if (is_candidate()) {
      const auto index = static_cast<std::uint64_t>(progress.epoch);
      start_from(initialise(model.spec, spec.init, random(kInitialise).child(index)));
    } else {
      start_from(best.clone());
      progress.epochs_since_best = 0;
    }
  }

  // What training has come to: the best weights where they are kept, else those of now.
  const Params& outcome() const { return spec.restore_best && progress.has_best ? best : evaluated(); }

  Model result() const {
    Model out{model.name,       model.description, model.spec,          {},         model.head,
              model.preprocess, model.outputs,     model.training_json, model.views};
    out.params = outcome().clone();
    return out;
  }

  // -- Saving and restoring

  std::vector<std::uint8_t> snapshot() const {
    Snapshot s;
    s.progress = progress;
    s.network = network_fingerprint(model.params.layout, model.spec.input);
    s.data = data_fingerprint(dataset, split);
    s.steps_per_epoch = steps_per_epoch;
    s.optimiser_steps = optimiser.state().steps;
    s.weights = model.params.values.clone();
    s.moments = optimiser.state().moments.clone();
    s.average = average.values.clone();
    s.best = best.values.clone();
    return write_snapshot(s);
  }

  void check_snapshot(const Snapshot& s) const {
    const auto need = [](bool good, const char* what) {
      if (!good) throw Error(ErrorCode::kBadFile, std::string("the saved training run ") + what);
    };
    const std::size_t total = model.params.layout.total;
    need(s.network == network_fingerprint(model.params.layout, model.spec.input), "belongs to another network");
    need(s.data == data_fingerprint(dataset, split), "belongs to another data set or another split of it");
    need(s.steps_per_epoch == steps_per_epoch, "was made with another batch size");
    need(s.weights.size() == total && s.average.size() == average.values.size() &&
             s.moments.size() == optimiser.state().moments.size() && s.best.size() == (s.progress.has_best ? total : 0),
         "was made with other training settings or is damaged");
    const Progress& p = s.progress;
    need(p.step >= 0 && p.epoch >= 0 && p.step_in_epoch >= 0 && p.step_in_epoch <= steps_per_epoch &&
             s.optimiser_steps >= 0 && p.step <= total_steps() && (!p.epoch_due || p.step_in_epoch > 0) &&
             (p.epoch_due || p.stopped || p.step_in_epoch < steps_per_epoch),
         "is at a place that this training does not have");
  }

  void restore(std::span<const std::uint8_t> bytes) {
    Snapshot s = read_snapshot(bytes);
    check_snapshot(s);
    optimiser.restore(s.moments, s.optimiser_steps);
    model.params.values = std::move(s.weights);
    average.values = std::move(s.average);
    best = Params();
    if (!s.best.empty()) {
      best.layout = model.params.layout;
      best.values = std::move(s.best);
    }
    progress = std::move(s.progress);
    validating.reset();
    evaluating.reset();
    walk = Walk::kNone;
    order_epoch = -1;
  }
};

Trainer::Trainer(Model model, const Dataset& dataset, Split split, TrainSpec spec, const ThreadPool& pool)
    : impl_(std::make_unique<Impl>(std::move(model), dataset, std::move(split), std::move(spec), pool)) {}
Trainer::~Trainer() = default;
Trainer::Trainer(Trainer&&) noexcept = default;

bool Trainer::done() const { return impl_->done(); }
std::optional<StepReport> Trainer::step_piece() { return impl_->step_piece(); }
StepReport Trainer::step() {
  std::optional<StepReport> report;
  impl_->pool.standing_by([&] {
    while (!report) report = impl_->step_piece();
  });
  return *report;
}
std::optional<EpochReport> Trainer::finish_epoch_piece() { return impl_->finish_epoch_piece(); }
EpochReport Trainer::finish_epoch() {
  for (;;) {
    if (auto report = impl_->finish_epoch_piece()) return *std::move(report);
  }
}
double Trainer::validated() const { return impl_->validating ? impl_->validating->part() : 0; }
void Trainer::start_evaluation(std::vector<std::int64_t> indices) { impl_->start_evaluation(std::move(indices)); }
std::optional<Trainer::Judged> Trainer::evaluation_piece() { return impl_->evaluation_piece(); }
double Trainer::evaluated() const { return impl_->evaluating ? impl_->evaluating->part() : 0; }
Metrics Trainer::evaluate(std::span<const std::int64_t> indices) {
  return impl_->measure(impl_->judge(impl_->outcome(), indices));
}
std::vector<float> Trainer::predict(std::span<const std::int64_t> indices) {
  return impl_->judge(impl_->evaluated(), indices).predictions;
}
Model Trainer::result() const { return impl_->result(); }
const std::vector<EpochReport>& Trainer::history() const { return impl_->progress.history; }
std::int64_t Trainer::total_steps() const { return impl_->total_steps(); }
Trainer::Position Trainer::position() const {
  return {impl_->progress.step, impl_->steps_per_epoch, impl_->progress.epoch_due};
}
const TrainSpec& Trainer::spec() const { return impl_->spec; }
std::vector<std::uint8_t> Trainer::snapshot() const { return impl_->snapshot(); }
void Trainer::restore(std::span<const std::uint8_t> bytes) { impl_->restore(bytes); }

std::string weights_hash(const Params& params) {
  Fingerprint print;
  print.add_values(std::span<const float>(params.values));
  return print.hex();
}

}  // namespace pinwheel
