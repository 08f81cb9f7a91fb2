// The engine that judges galaxies, as JavaScript sees it (boundary.h tells the rules of this folder).
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "base/stopwatch.h"
#include "boundary.h"
#include "data_set.h"
#include "galaxy/decision_tree.h"
#include "infer/classifier.h"
#include "infer/occlusion.h"
#include "io/model_file.h"
#include "judging.h"

namespace pinwheel::wasm {
namespace {

EMSCRIPTEN_DECLARE_VAL_TYPE(InfoResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(ModelResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(JudgementsResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(HeatResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(TreeResult)

#if defined(__wasm_relaxed_simd__)
constexpr const char* kInstructionSet = "relaxed SIMD";
#else
constexpr const char* kInstructionSet = "SIMD";
#endif

constexpr std::int64_t kPatchesAtOnce = 4;  // of an explanation: between two pieces others may have their turn

val question_object(const galaxy::Question& question) {
  val object = val::object();
  object.set("text", std::string(question.text));
  object.set("begin", question.begin);
  object.set("end", question.end);
  object.set("parent", question.parent);
  return object;
}

val answer_object(const galaxy::Answer& answer) {
  val object = val::object();
  object.set("column", std::string(answer.column));
  object.set("stem", std::string(answer.catalogue_stem));
  object.set("text", std::string(answer.text));
  object.set("question", answer.question);
  object.set("next", answer.next);
  return object;
}

std::unique_ptr<ThreadPool> make_pool(int threads) {
  return std::make_unique<ThreadPool>(static_cast<std::size_t>(std::max(threads, 1)));
}

Model read_model(const std::string& config, const ByteArray& weights) {
  return pinwheel::load_model(config, emscripten::convertJSArrayToNumberVector<std::uint8_t>(weights), "model");
}

val model_object(const Model& model) {
  val object = val::object();
  object.set("name", model.name);
  object.set("description", model.description);
  object.set("outputs", strings(model.outputs));
  object.set("isTree", model.is_decision_tree());
  object.set("parameters", static_cast<double>(count_parameters(model.spec)));
  object.set("input", size_object(model.spec.input));
  object.set("trainingJson", model.training_json);
  return object;
}

// What a model is, without using it.
ModelResult inspect_model(const std::string& config, const ByteArray& weights) {
  return guarded<ModelResult>([&] { return model_object(read_model(config, weights)); });
}

class Engine {
 public:
  // The pool must outlive the engine.
  explicit Engine(ThreadPool& pool) : pool_(pool) {}

  InfoResult info() const {
    return guarded<InfoResult>([&] {
      val object = val::object();
      object.set("instructionSet", std::string(kInstructionSet));
      object.set("threads", static_cast<int>(pool_.threads()));
      return object;
    });
  }

  ModelResult load_model(const std::string& config, const ByteArray& weights) {
    return guarded<ModelResult>([&] {
      occlusion_.reset();  // it asks the classifier that goes
      classifier_.emplace(read_model(config, weights), pool_);
      return model_object(classifier_->model());
    });
  }

  JudgementsResult classify(const PictureList& files, bool with_seen) {
    return guarded<JudgementsResult>([&] { return judge_all(classifier(), pool_, files, with_seen); });
  }

  // Where the network looks for each of these answers: begin, then step by step for about so long until done is total.
  // Another picture or model ends it.
  HeatResult begin_explanation(const ByteArray& file, const std::string& name, const IndexArray& outputs) {
    return guarded<HeatResult>([&] {
      const auto bytes = emscripten::convertJSArrayToNumberVector<std::uint8_t>(file);
      watched_ = emscripten::convertJSArrayToNumberVector<int>(outputs);
      occlusion_.emplace(classifier(), classifier().seen(decode_image(bytes, name)), OcclusionSpec{0, 0, watched_});
      return heat();
    });
  }
  HeatResult explain(double milliseconds) {
    return guarded<HeatResult>([&] {
      if (!occlusion_) throw Error(ErrorCode::kInvalidArgument, "Nothing is being explained.");
      const Stopwatch watch;
      do {
        occlusion_->step(kPatchesAtOnce);
      } while (occlusion_->done() < occlusion_->total() && 1e3 * watch.seconds() < milliseconds);
      return heat();
    });
  }

  TreeResult tree() const {
    return guarded<TreeResult>([] {
      val object = val::object();
      object.set("questions", list(galaxy::questions(), question_object));
      object.set("answers", list(galaxy::answers(), answer_object));
      return object;
    });
  }

 private:
  Classifier& classifier() {
    if (!classifier_) throw Error(ErrorCode::kInvalidArgument, "No model is loaded yet: call loadModel first.");
    return *classifier_;
  }

  val heat() const {
    val maps = val::array();
    for (std::size_t i = 0; i < watched_.size(); ++i) {
      const HeatMap map = occlusion_->map(i);
      val object = val::object();
      object.set("output", watched_[i]);
      object.set("width", static_cast<double>(map.width));
      object.set("height", static_cast<double>(map.height));
      object.set("drop", copied<float>("Float32Array", map.drop));
      object.set("uncovered", map.uncovered);
      maps.call<void>("push", object);
    }
    val object = val::object();
    object.set("done", static_cast<double>(occlusion_->done()));
    object.set("total", static_cast<double>(occlusion_->total()));
    object.set("maps", maps);
    return object;
  }

  ThreadPool& pool_;
  std::optional<Classifier> classifier_;
  std::optional<Occlusion> occlusion_;
  std::vector<int> watched_;  // the answers that it is about
};

EMSCRIPTEN_BINDINGS(pinwheel) {
  using emscripten::register_type;
  register_type<InfoResult>("{ value: { instructionSet: string; threads: number }" PINWHEEL_OR_ERROR);
  register_type<ModelResult>(
      "{ value: { name: string; description: string; outputs: string[]; isTree: boolean; parameters: number; "
      "input: { height: number; width: number; channels: number }; trainingJson: string }" PINWHEEL_OR_ERROR);
  register_type<JudgementsResult>("{ value: (" PINWHEEL_JUDGEMENT ")[]" PINWHEEL_OR_ERROR);
  register_type<HeatResult>(
      "{ value: { done: number; total: number; maps: { output: number; width: number; height: number; "
      "drop: Float32Array<ArrayBuffer>; uncovered: number }[] }" PINWHEEL_OR_ERROR);
  register_type<TreeResult>(
      "{ value: { questions: { text: string; begin: number; end: number; parent: number }[]; "
      "answers: { column: string; stem: string; text: string; question: number; next: number }[] }" PINWHEEL_OR_ERROR);
  emscripten::class_<ThreadPool>("ThreadPool").constructor(&make_pool);
  emscripten::function("inspectModel", &inspect_model);
  emscripten::class_<Engine>("Engine")
      .constructor<ThreadPool&>()
      .function("info", &Engine::info)
      .function("loadModel", &Engine::load_model)
      .function("classify", &Engine::classify)
      .function("beginExplanation", &Engine::begin_explanation)
      .function("explain", &Engine::explain)
      .function("tree", &Engine::tree);
}

}  // namespace
}  // namespace pinwheel::wasm
