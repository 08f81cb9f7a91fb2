// How pictures become judgements: each is decoded and shrunk on whatever thread is free, then the network sees all of
// them at once. A picture that cannot be read is that picture's fault alone.
#include "judging.h"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "base/stopwatch.h"
#include "galaxy/decision_tree.h"
#include "image/image.h"
#include "image/preprocess.h"

namespace pinwheel::wasm {
namespace {

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
  const galaxy::Fractions conditional = galaxy::conditional_from_weighted(galaxy::as_fractions(answers.values));
  const std::vector<galaxy::Step> steps = galaxy::likely_path(conditional);
  std::vector<galaxy::Fractions> looks;
  for (const auto& view : answers.views) looks.push_back(galaxy::as_fractions(view));
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

// One picture on its way to the network.
struct Looked {
  std::string name;
  std::vector<std::uint8_t> bytes;
  std::int64_t width = 0, height = 0;
  Box box;
  Image seen;
  double decode = 0, preprocess = 0;  // milliseconds
  std::exception_ptr error;
};

std::vector<Looked> received(const PictureList& files) {
  const auto count = files["length"].as<std::size_t>();
  std::vector<Looked> all(count);
  for (std::size_t i = 0; i < count; ++i) {
    all[i].name = files[i]["name"].as<std::string>();
    all[i].bytes = emscripten::convertJSArrayToNumberVector<std::uint8_t>(files[i]["bytes"]);
  }
  return all;
}

// Runs in the pool, where nothing may be thrown.
void look(const Classifier& classifier, Looked& looked) {
  try {
    Stopwatch watch;
    const Image image = decode_image(looked.bytes, looked.name);
    looked.decode = 1e3 * watch.lap();
    looked.width = image.width;
    looked.height = image.height;
    looked.box = seen_box(classifier.model().preprocess, image);
    looked.seen = classifier.seen(image);
    looked.preprocess = 1e3 * watch.lap();
  } catch (...) {
    looked.error = std::current_exception();
  }
  looked.bytes = {};
}

val judgement(const Model& model, const Looked& looked, const Answers& answers, double network, bool with_seen) {
  val milliseconds = val::object();
  milliseconds.set("decode", looked.decode);
  milliseconds.set("preprocess", looked.preprocess);
  milliseconds.set("network", network);
  val object = val::object();
  object.set("width", static_cast<double>(looked.width));
  object.set("height", static_cast<double>(looked.height));
  object.set("box", box(looked.box));
  object.set("seen", with_seen ? picture(looked.seen) : val::null());
  object.set("milliseconds", milliseconds);
  set_meaning(object, model, answers);
  return object;
}

}  // namespace

val judge_all(Classifier& classifier, const ThreadPool& pool, const PictureList& files, bool with_seen) {
  std::vector<Looked> all = received(files);
  pool.for_each(all.size(), [&](std::size_t i) { look(classifier, all[i]); });
  std::vector<Image> seen;
  for (Looked& looked : all) {
    if (!looked.error) seen.push_back(looked.seen);
  }
  Stopwatch watch;
  const std::vector<Answers> answers = classifier.classify_seen(seen);
  const double network = 1e3 * watch.lap() / static_cast<double>(std::max<std::size_t>(1, seen.size()));
  auto next = answers.begin();
  return list(all, [&](const Looked& looked) {
    return guarded<val>([&] {
      if (looked.error) std::rethrow_exception(looked.error);
      return judgement(classifier.model(), looked, *next++, network, with_seen);
    });
  });
}

EMSCRIPTEN_BINDINGS(pinwheel_judging) {
  emscripten::register_type<PictureList>("{ name: string; bytes: Uint8Array }[]");
}

}  // namespace pinwheel::wasm
