// The engine that judges galaxies, as JavaScript sees it (boundary.h tells the rules of this folder).
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "boundary.h"
#include "data/synthetic.h"
#include "data_set.h"
#include "galaxy/decision_tree.h"
#include "image/image.h"
#include "image/preprocess.h"
#include "infer/classifier.h"
#include "infer/occlusion.h"
#include "io/model_file.h"

namespace pinwheel::wasm {
namespace {

EMSCRIPTEN_DECLARE_VAL_TYPE(InfoResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(ModelResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(JudgementResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(HeatResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(TreeResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(KindsResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(RenderingResult)

#if defined(__wasm_relaxed_simd__)
constexpr const char* kInstructionSet = "relaxed SIMD";
#else
constexpr const char* kInstructionSet = "SIMD";
#endif

constexpr std::int64_t kPatchesAtOnce = 4;  // of an explanation: between two pieces others may have their turn

val box(const Box& box) {
  val object = val::object();
  object.set("x", static_cast<double>(box.x));
  object.set("y", static_cast<double>(box.y));
  object.set("width", static_cast<double>(box.width));
  object.set("height", static_cast<double>(box.height));
  return object;
}

val path(const std::vector<galaxy::Step>& steps) {
  return list(steps, [](const galaxy::Step& step) {
    val object = val::object();
    object.set("question", step.question);
    object.set("answer", step.answer);
    object.set("conditional", step.conditional);
    return object;
  });
}

std::size_t likeliest(const std::vector<float>& values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

galaxy::Fractions as_fractions(const std::vector<float>& values) {
  galaxy::Fractions fractions{};
  std::copy_n(values.begin(), fractions.size(), fractions.begin());
  return fractions;
}

void set_class_meaning(val& object, const Model& model, const Answers& answers) {
  const std::size_t winner = likeliest(answers.values);
  const auto agreeing = std::count_if(answers.views.begin(), answers.views.end(),
                                      [&](const auto& view) { return likeliest(view) == winner; });
  object.set("conditional", val::null());
  object.set("path", val::array());
  object.set("sentence", model.outputs[winner]);
  object.set("agreement", numbers({static_cast<int>(agreeing)}));
}

void set_tree_meaning(val& object, const Answers& answers) {
  const galaxy::Fractions conditional = galaxy::conditional_from_weighted(as_fractions(answers.values));
  const std::vector<galaxy::Step> steps = galaxy::likely_path(conditional);
  std::vector<galaxy::Fractions> looks;
  for (const auto& view : answers.views) looks.push_back(as_fractions(view));
  object.set("conditional", copied<float>("Float32Array", conditional));
  object.set("path", path(steps));
  object.set("sentence", galaxy::describe(conditional));
  object.set("agreement", numbers(galaxy::agreement(steps, looks)));
}

// Fills in what the answers mean: both kinds of fraction, route and sentence for the tree, the winner for classes; and
// how many of the views would say the same, step by step.
void set_meaning(val& object, const Model& model, const Answers& answers) {
  object.set("values", copied<float>("Float32Array", answers.values));
  object.set("views", static_cast<int>(answers.views.size()));
  model.is_decision_tree() ? set_tree_meaning(object, answers) : set_class_meaning(object, model, answers);
}

class Stopwatch {
 public:
  double lap() {  // milliseconds since the last lap
    const auto now = std::chrono::steady_clock::now();
    const double ms = std::chrono::duration<double, std::milli>(now - start_).count();
    start_ = now;
    return ms;
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

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

  JudgementResult classify(const ByteArray& file, const std::string& name) {
    return guarded<JudgementResult>([&] {
      Classifier& judge = classifier();
      const auto bytes = emscripten::convertJSArrayToNumberVector<std::uint8_t>(file);
      Stopwatch watch;
      const Image image = decode_image(bytes, name);
      const double decode = watch.lap();
      const Image seen = judge.seen(image);
      const double preprocess = watch.lap();
      const Answers answers = judge.classify(image);
      const double both = watch.lap();  // classify() looks for itself: its preprocessing is not the network's time

      val milliseconds = val::object();
      milliseconds.set("decode", decode);
      milliseconds.set("preprocess", preprocess);
      milliseconds.set("network", std::max(0.0, both - preprocess));
      val object = val::object();
      object.set("width", static_cast<double>(image.width));
      object.set("height", static_cast<double>(image.height));
      object.set("box", box(seen_box(judge.model().preprocess, image)));
      object.set("seen", picture(seen));
      object.set("milliseconds", milliseconds);
      set_meaning(object, judge.model(), answers);
      return object;
    });
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
      const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double, std::milli>(milliseconds);
      do {
        occlusion_->step(kPatchesAtOnce);
      } while (occlusion_->done() < occlusion_->total() && std::chrono::steady_clock::now() < end);
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

  KindsResult galaxy_kinds() const {
    return guarded<KindsResult>([] {
      val array = val::array();
      for (int i = 0; i < kGalaxyKinds; ++i) {
        array.call<void>("push", std::string(galaxy_kind_name(static_cast<GalaxyKind>(i))));
      }
      return array;
    });
  }

  RenderingResult render_galaxy(int kind, double seed, int size, double noise) const {
    return guarded<RenderingResult>([&] {
      if (kind < 0 || kind >= kGalaxyKinds || size < 8 || size > 1024 || !(seed >= 0 && seed < 9e15) || !(noise >= 0)) {
        throw Error(ErrorCode::kInvalidArgument,
                    "There is no such galaxy: kind 0 to 8, 8 to 1024 pixels, seed from 0.");
      }
      SkyOptions options;
      options.size = size;
      options.noise = noise;
      const auto galaxy =
          pinwheel::render_galaxy(static_cast<GalaxyKind>(kind), options, Rng(static_cast<std::uint64_t>(seed)));
      val object = picture(galaxy.image);
      object.set("png", copied<std::uint8_t>("Uint8Array", encode_png(galaxy.image)));
      object.set("kind", std::string(galaxy_kind_name(galaxy.kind)));
      object.set("caption", galaxy.caption);
      object.set("conditional", copied<float>("Float32Array", galaxy.conditional));
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
  register_type<JudgementResult>(
      "{ value: { width: number; height: number; box: { x: number; y: number; width: number; height: number }; "
      "seen: { " PINWHEEL_PICTURE
      " }; values: Float32Array<ArrayBuffer>; conditional: Float32Array<ArrayBuffer> | null; "
      "path: { question: number; answer: number; conditional: number }[]; sentence: string; "
      "views: number; agreement: number[]; "
      "milliseconds: { decode: number; preprocess: number; network: number } }" PINWHEEL_OR_ERROR);
  register_type<HeatResult>(
      "{ value: { done: number; total: number; maps: { output: number; width: number; height: number; "
      "drop: Float32Array<ArrayBuffer>; uncovered: number }[] }" PINWHEEL_OR_ERROR);
  register_type<TreeResult>(
      "{ value: { questions: { text: string; begin: number; end: number; parent: number }[]; "
      "answers: { column: string; stem: string; text: string; question: number; next: number }[] }" PINWHEEL_OR_ERROR);
  register_type<KindsResult>("{ value: string[]" PINWHEEL_OR_ERROR);
  register_type<RenderingResult>("{ value: { " PINWHEEL_PICTURE
                                 "; png: Uint8Array<ArrayBuffer>; kind: string; caption: string; "
                                 "conditional: Float32Array<ArrayBuffer> }" PINWHEEL_OR_ERROR);

  emscripten::class_<ThreadPool>("ThreadPool").constructor(&make_pool);
  emscripten::function("inspectModel", &inspect_model);
  emscripten::class_<Engine>("Engine")
      .constructor<ThreadPool&>()
      .function("info", &Engine::info)
      .function("loadModel", &Engine::load_model)
      .function("classify", &Engine::classify)
      .function("beginExplanation", &Engine::begin_explanation)
      .function("explain", &Engine::explain)
      .function("tree", &Engine::tree)
      .function("galaxyKinds", &Engine::galaxy_kinds)
      .function("renderGalaxy", &Engine::render_galaxy);
}

}  // namespace
}  // namespace pinwheel::wasm
