// One run of training, in slices that leave room for messages. What it is made of stays alive as long as it does.
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "boundary.h"
#include "data_set.h"
#include "figures.h"
#include "recipe_text.h"
#include "train/assessment.h"
#include "train/trainer.h"

namespace pinwheel::wasm {
namespace {

EMSCRIPTEN_DECLARE_VAL_TYPE(PlanResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(SliceResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(ValidationResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(ReportsResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(PredictionsResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(EvaluationResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(ModelBytesResult)

using Clock = std::chrono::steady_clock;

std::vector<std::int64_t> spread(const std::vector<std::int64_t>& from, std::size_t count) {
  std::vector<std::int64_t> chosen;
  const std::size_t n = std::min(count, from.size());
  for (std::size_t i = 0; i < n; ++i) chosen.push_back(from[i * from.size() / n]);
  return chosen;
}

class Training {
 public:
  // The pool must outlive the training.
  explicit Training(ThreadPool& pool) : pool_(pool) {}

  PlanResult begin(const DataSet& data, const std::string& text, const std::string& name) {
    return guarded<PlanResult>([&] {
      const Recipe recipe = read_recipe(text);
      data_ = data.store();
      split_ = split_dataset(*data_, recipe.split);
      Model model;
      model.name = name;
      model.description = recipe.summary;
      model.spec = recipe.spec;
      model.params = fresh_params(recipe);
      model.head = recipe.head;
      model.preprocess = recipe.preprocess;
      model.outputs = data_->outputs;
      trainer_.emplace(std::move(model), *data_, split_, recipe.train, pool_);
      return plan();
    });
  }

  // Trains for about so long, at least one layer; stops where an epoch ends. Losses are of the steps that came to their
  // end in this slice, perhaps none; the rest tells of the last one that did.
  SliceResult run(double milliseconds) {
    return guarded<SliceResult>([&] {
      const auto end = after(milliseconds);
      std::vector<float> losses;
      pool_.standing_by([&] {
        do {
          const auto report = trainer().step_piece();
          if (!report) continue;
          last_ = *report;
          losses.push_back(static_cast<float>(report->loss));
          if (report->epoch_end) break;
        } while (Clock::now() < end);
      });
      val object = val::object();
      object.set("step", static_cast<double>(trainer().position().step));
      object.set("epoch", last_.epoch);
      object.set("loss", last_.loss);
      object.set("losses", copied<float>("Float32Array", losses));
      object.set("learningRate", last_.learning_rate);
      object.set("epochEnd", trainer().position().epoch_due);
      return object;
    });
  }

  // After a slice with epochEnd, until it gives a report: for about so long, at least one layer.
  ValidationResult validate(double milliseconds) {
    return guarded<ValidationResult>([&] {
      const auto end = after(milliseconds);
      std::optional<EpochReport> report;
      do {
        report = trainer().finish_epoch_piece();
      } while (!report && Clock::now() < end);
      val object = val::object();
      object.set("report", report ? report_object(*report, is_candidate(*report)) : val::null());
      object.set("part", report ? 1.0 : trainer().validated());
      object.set("done", trainer().done());
      return object;
    });
  }

  ReportsResult history() {
    return guarded<ReportsResult>([&] {
      return list(trainer().history(),
                  [&](const EpochReport& report) { return report_object(report, is_candidate(report)); });
    });
  }

  // A few galaxies of the validation part (or of the training part where there is none), always the same ones, judged
  // by the weights of this moment.
  PredictionsResult guesses(int count) {
    return guarded<PredictionsResult>([&] {
      const auto& part = split_.validation.empty() ? split_.train : split_.validation;
      return predictions(spread(part, static_cast<std::size_t>(std::max(count, 0))));
    });
  }

  // The examples of a part, judged by the weights of the result: begin_evaluation, then evaluate for about so long at a
  // time, until it gives the figures and what was said of each.
  DoneResult begin_evaluation(const std::string& part) {
    return guarded<DoneResult>([&] {
      evaluated_ = part_of(part);
      trainer().start_evaluation(evaluated_);
      return val::null();
    });
  }
  EvaluationResult evaluate(double milliseconds) {
    return guarded<EvaluationResult>([&] {
      const auto end = after(milliseconds);
      std::optional<Trainer::Judged> judged;
      do {
        judged = trainer().evaluation_piece();
      } while (!judged && Clock::now() < end);
      val object = val::object();
      object.set("part", judged ? 1.0 : trainer().evaluated());
      object.set("figures", judged ? figures(*judged) : val::null());
      return object;
    });
  }

  BytesResult snapshot() {
    return guarded<BytesResult>([&] { return copied<std::uint8_t>("Uint8Array", trainer().snapshot()); });
  }
  PlanResult restore(const ByteArray& bytes) {
    return guarded<PlanResult>([&] {
      trainer().restore(emscripten::convertJSArrayToNumberVector<std::uint8_t>(bytes));
      return plan();
    });
  }

  TextResult weights_hash() {
    return guarded<TextResult>([&] { return val(pinwheel::weights_hash(trainer().result().params)); });
  }

  ModelBytesResult result(const std::string& training_json) {
    return guarded<ModelBytesResult>([&] {
      Model model = trainer().result();
      model.training_json = training_json;
      val object = val::object();
      object.set("config", config_json(model));
      object.set("weights", copied<std::uint8_t>("Uint8Array", weights_bytes(model)));
      return object;
    });
  }

 private:
  Trainer& trainer() {
    if (!trainer_) throw Error(ErrorCode::kInvalidArgument, "No training has begun.");
    return *trainer_;
  }
  bool is_candidate(const EpochReport& report) {
    const auto n = trainer().spec().initialisations;
    return n > 1 && report.epoch <= n;
  }

  static Clock::time_point after(double milliseconds) {
    return Clock::now() +
           std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::milli>(milliseconds));
  }

  const std::vector<std::int64_t>& part_of(const std::string& part) const {
    return part == "test" ? split_.test : part == "validation" ? split_.validation : split_.train;
  }

  val plan() {
    val parts = val::object();
    parts.set("train", static_cast<double>(split_.train.size()));
    parts.set("validation", static_cast<double>(split_.validation.size()));
    parts.set("test", static_cast<double>(split_.test.size()));
    const Trainer::Position at = trainer().position();
    val object = val::object();
    object.set("parts", parts);
    object.set("totalSteps", static_cast<double>(trainer().total_steps()));
    object.set("stepsPerEpoch", static_cast<double>(at.steps_per_epoch));
    object.set("step", static_cast<double>(at.step));
    object.set("epochEnd", at.epoch_due);
    object.set("done", trainer().done());
    object.set("batch", static_cast<double>(trainer().spec().batch_size));
    return object;
  }

  val predictions(const std::vector<std::int64_t>& examples) {
    std::vector<float> truth;
    for (const std::int64_t i : examples) truth.insert(truth.end(), data_->target(i).begin(), data_->target(i).end());
    return said_object(examples, truth, trainer().predict(examples));
  }

  static val said_object(const std::vector<std::int64_t>& examples, const std::vector<float>& truth,
                         const std::vector<float>& predictions) {
    const std::vector<std::int32_t> plain(examples.begin(), examples.end());
    val object = val::object();
    object.set("examples", copied<std::int32_t>("Int32Array", plain));
    object.set("truth", copied<float>("Float32Array", truth));
    object.set("predictions", copied<float>("Float32Array", predictions));
    return object;
  }

  val figures(const Trainer::Judged& judged) const {
    const auto n = static_cast<std::int64_t>(evaluated_.size());
    const auto outputs = static_cast<std::int64_t>(data_->outputs.size());
    const Assessment all = assess(data_->target_kind, judged.predictions, judged.truth, n, outputs, judged.mean_loss);
    const bool classes = data_->target_kind == TargetKind::kClasses;
    val object = val::object();
    object.set("metrics", metrics_object(all.metrics));
    object.set("classes", classes_object(classes ? all : assess_first_question(judged.predictions, judged.truth, n)));
    object.set("said", said_object(evaluated_, judged.truth, judged.predictions));
    return object;
  }

  ThreadPool& pool_;
  std::shared_ptr<const Dataset> data_;
  Split split_;
  std::optional<Trainer> trainer_;
  StepReport last_;
  std::vector<std::int64_t> evaluated_;  // the examples that evaluate() is about
};

EMSCRIPTEN_BINDINGS(pinwheel_training) {
  using emscripten::register_type;
  register_type<PlanResult>(
      "{ value: { parts: { train: number; validation: number; test: number }; totalSteps: number; "
      "stepsPerEpoch: number; step: number; epochEnd: boolean; done: boolean; batch: number }" PINWHEEL_OR_ERROR);
  register_type<SliceResult>(
      "{ value: { step: number; epoch: number; loss: number; losses: Float32Array<ArrayBuffer>; "
      "learningRate: number; epochEnd: boolean }" PINWHEEL_OR_ERROR);
  register_type<ValidationResult>("{ value: { report: " PINWHEEL_REPORT
                                  " | null; part: number; done: boolean }" PINWHEEL_OR_ERROR);
  register_type<ReportsResult>("{ value: " PINWHEEL_REPORT "[]" PINWHEEL_OR_ERROR);
  register_type<PredictionsResult>("{ value: " PINWHEEL_SAID PINWHEEL_OR_ERROR);
  register_type<EvaluationResult>("{ value: { part: number; figures: { metrics: " PINWHEEL_METRICS
                                  "; classes: " PINWHEEL_CLASSES "; said: " PINWHEEL_SAID
                                  " } | null }" PINWHEEL_OR_ERROR);
  register_type<ModelBytesResult>("{ value: { config: string; weights: Uint8Array<ArrayBuffer> }" PINWHEEL_OR_ERROR);

  emscripten::class_<Training>("Training")
      .constructor<ThreadPool&>()
      .function("begin", &Training::begin)
      .function("run", &Training::run)
      .function("validate", &Training::validate)
      .function("history", &Training::history)
      .function("guesses", &Training::guesses)
      .function("beginEvaluation", &Training::begin_evaluation)
      .function("evaluate", &Training::evaluate)
      .function("snapshot", &Training::snapshot)
      .function("restore", &Training::restore)
      .function("weightsHash", &Training::weights_hash)
      .function("result", &Training::result);
}

}  // namespace
}  // namespace pinwheel::wasm
