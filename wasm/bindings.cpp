// The engine that judges galaxies, as JavaScript sees it (boundary.h tells the rules of this folder).
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "boundary.h"
#include "galaxy/decision_tree.h"
#include "infer/classifier.h"
#include "io/model_file.h"
#include "judging.h"

namespace pinwheel::wasm {
namespace {

EMSCRIPTEN_DECLARE_VAL_TYPE(InfoResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(ModelResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(JudgementsResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(TreeResult)

#if defined(__wasm_relaxed_simd__)
constexpr const char* kInstructionSet = "relaxed SIMD";
#else
constexpr const char* kInstructionSet = "SIMD";
#endif

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
      classifier_.emplace(read_model(config, weights), pool_);
      return model_object(classifier_->model());
    });
  }

  JudgementsResult classify(const PictureList& files, bool with_seen) {
    return guarded<JudgementsResult>([&] { return judge_all(classifier(), pool_, files, with_seen); });
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

  ThreadPool& pool_;
  std::optional<Classifier> classifier_;
};

EMSCRIPTEN_BINDINGS(pinwheel) {
  using emscripten::register_type;
  register_type<InfoResult>("{ value: { instructionSet: string; threads: number }" PINWHEEL_OR_ERROR);
  register_type<ModelResult>(
      "{ value: { name: string; description: string; outputs: string[]; isTree: boolean; parameters: number; "
      "input: { height: number; width: number; channels: number }; trainingJson: string }" PINWHEEL_OR_ERROR);
  register_type<JudgementsResult>("{ value: (" PINWHEEL_JUDGEMENT ")[]" PINWHEEL_OR_ERROR);
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
      .function("tree", &Engine::tree);
}

}  // namespace
}  // namespace pinwheel::wasm
