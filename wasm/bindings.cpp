// The engine as JavaScript sees it: convert, call, convert. The only file that includes Emscripten's headers, and one
// of the two places that catch (guarded() below; main() is the other). It decides nothing about galaxies or networks.
// Everything is copied out of the heap before it is returned: memory may grow and move at the next call.
#include <emscripten/bind.h>
#include <emscripten/val.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "data/synthetic.h"
#include "galaxy/decision_tree.h"
#include "image/image.h"
#include "image/preprocess.h"
#include "infer/classifier.h"
#include "io/model_file.h"

namespace pinwheel {
namespace {

using emscripten::val;

// One name per result, so that the generated pinwheel.d.ts says exactly what comes back.
EMSCRIPTEN_DECLARE_VAL_TYPE(ByteArray)
EMSCRIPTEN_DECLARE_VAL_TYPE(InfoResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(ModelResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(JudgementResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(TreeResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(KindsResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(RenderingResult)

#if defined(__wasm_relaxed_simd__)
constexpr const char* kInstructionSet = "relaxed SIMD";
#else
constexpr const char* kInstructionSet = "SIMD";
#endif

val failure(const char* code, const std::string& message) {
  val error = val::object();
  error.set("code", std::string(code));
  error.set("message", message);
  val result = val::object();
  result.set("error", error);
  return result;
}

// {value} from what work() returns, {error: {code, message}} from whatever it throws: no exception crosses to
// JavaScript.
template <typename Result, typename Work>
Result guarded(Work&& work) {
  try {
    val result = val::object();
    result.set("value", work());
    return Result(result);
  } catch (const Error& e) {
    return Result(failure(error_code_name(e.code()), e.what()));
  } catch (const std::bad_alloc&) {
    return Result(
        failure(error_code_name(ErrorCode::kTooLarge),
                "This browser tab has no memory left for that: close other tabs, or take a smaller picture."));
  } catch (const std::exception& e) {
    return Result(failure(error_code_name(ErrorCode::kInternal), e.what()));
  } catch (...) {
    return Result(failure(error_code_name(ErrorCode::kInternal), "Something unexpected went wrong inside the engine."));
  }
}

// A fresh typed array (Uint8Array for bytes, Float32Array for floats) with a copy of the values.
template <typename T>
val copied(const char* type, std::span<const T> values) {
  const val array = val::global(type).new_(values.size());
  array.call<void>("set", val(emscripten::typed_memory_view(values.size(), values.data())));
  return array;
}

template <typename T, typename Range, typename Convert>
val list(const Range& range, Convert&& convert) {
  val array = val::array();
  for (const T& item : range) array.call<void>("push", convert(item));
  return array;
}

val strings(const std::vector<std::string>& items) {
  return list<std::string>(items, [](const std::string& s) { return val(s); });
}

// [H,W,C] → [H,W,4], as ImageData wants it.
val rgba(const Image& image) {
  const auto count = static_cast<std::size_t>(image.height * image.width);
  const auto channels = static_cast<std::size_t>(image.channels);
  std::vector<std::uint8_t> pixels(count * 4, 255);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) pixels[4 * i + c] = image.pixels[channels * i + std::min(c, channels - 1)];
  }
  return copied<std::uint8_t>("Uint8ClampedArray", pixels);
}

val picture(const Image& image) {
  val object = val::object();
  object.set("width", static_cast<double>(image.width));
  object.set("height", static_cast<double>(image.height));
  object.set("rgba", rgba(image));
  return object;
}

val box(const Box& box) {
  val object = val::object();
  object.set("x", static_cast<double>(box.x));
  object.set("y", static_cast<double>(box.y));
  object.set("width", static_cast<double>(box.width));
  object.set("height", static_cast<double>(box.height));
  return object;
}

val path(const std::vector<galaxy::Step>& steps) {
  return list<galaxy::Step>(steps, [](const galaxy::Step& step) {
    val object = val::object();
    object.set("question", step.question);
    object.set("answer", step.answer);
    object.set("conditional", step.conditional);
    return object;
  });
}

std::string likeliest(const std::vector<std::string>& outputs, std::span<const float> values) {
  const auto best = std::max_element(values.begin(), values.end());
  return outputs[static_cast<std::size_t>(best - values.begin())];
}

// Fills in what the answers mean: both kinds of fraction, route and sentence for the tree, the winner for classes.
void set_meaning(val& object, const Model& model, std::span<const float> values) {
  object.set("values", copied<float>("Float32Array", values));
  if (!model.is_decision_tree()) {
    object.set("conditional", val::null());
    object.set("path", val::array());
    object.set("sentence", likeliest(model.outputs, values));
    return;
  }
  galaxy::Fractions weighted{};
  std::copy(values.begin(), values.end(), weighted.begin());
  const galaxy::Fractions conditional = galaxy::conditional_from_weighted(weighted);
  object.set("conditional", copied<float>("Float32Array", conditional));
  object.set("path", path(galaxy::likely_path(conditional)));
  object.set("sentence", galaxy::describe(conditional));
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

class Engine {
 public:
  explicit Engine(int threads) : pool_(static_cast<std::size_t>(std::max(threads, 1))) {}

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
      const auto bytes = emscripten::convertJSArrayToNumberVector<std::uint8_t>(weights);
      classifier_.emplace(pinwheel::load_model(config, bytes, "model"), pool_);
      const Model& model = classifier_->model();
      val input = val::object();
      input.set("height", static_cast<double>(model.spec.input.height));
      input.set("width", static_cast<double>(model.spec.input.width));
      input.set("channels", static_cast<double>(model.spec.input.channels));
      val object = val::object();
      object.set("name", model.name);
      object.set("description", model.description);
      object.set("outputs", strings(model.outputs));
      object.set("isTree", model.is_decision_tree());
      object.set("parameters", static_cast<double>(count_parameters(model.spec)));
      object.set("input", input);
      object.set("trainingJson", model.training_json);
      return object;
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
      set_meaning(object, judge.model(), answers.values);
      return object;
    });
  }

  TreeResult tree() const {
    return guarded<TreeResult>([] {
      val object = val::object();
      object.set("questions", list<galaxy::Question>(galaxy::questions(), question_object));
      object.set("answers", list<galaxy::Answer>(galaxy::answers(), answer_object));
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

  ThreadPool pool_;
  std::optional<Classifier> classifier_;
};

#define OR_ERROR " } | { error: { code: string; message: string } }"
#define PICTURE "width: number; height: number; rgba: Uint8ClampedArray<ArrayBuffer>"

EMSCRIPTEN_BINDINGS(pinwheel) {
  using emscripten::register_type;
  register_type<ByteArray>("Uint8Array");
  register_type<InfoResult>("{ value: { instructionSet: string; threads: number }" OR_ERROR);
  register_type<ModelResult>(
      "{ value: { name: string; description: string; outputs: string[]; isTree: boolean; parameters: number; "
      "input: { height: number; width: number; channels: number }; trainingJson: string }" OR_ERROR);
  register_type<JudgementResult>(
      "{ value: { width: number; height: number; box: { x: number; y: number; width: number; height: number }; "
      "seen: { " PICTURE
      " }; values: Float32Array<ArrayBuffer>; conditional: Float32Array<ArrayBuffer> | null; "
      "path: { question: number; answer: number; conditional: number }[]; sentence: string; "
      "milliseconds: { decode: number; preprocess: number; network: number } }" OR_ERROR);
  register_type<TreeResult>(
      "{ value: { questions: { text: string; begin: number; end: number; parent: number }[]; "
      "answers: { column: string; stem: string; text: string; question: number; next: number }[] }" OR_ERROR);
  register_type<KindsResult>("{ value: string[]" OR_ERROR);
  register_type<RenderingResult>("{ value: { " PICTURE
                                 "; png: Uint8Array<ArrayBuffer>; kind: string; caption: string; "
                                 "conditional: Float32Array<ArrayBuffer> }" OR_ERROR);

  emscripten::class_<Engine>("Engine")
      .constructor<int>()
      .function("info", &Engine::info)
      .function("loadModel", &Engine::load_model)
      .function("classify", &Engine::classify)
      .function("tree", &Engine::tree)
      .function("galaxyKinds", &Engine::galaxy_kinds)
      .function("renderGalaxy", &Engine::render_galaxy);
}

}  // namespace
}  // namespace pinwheel
