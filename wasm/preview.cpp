// What a network sees: one galaxy after each step of its preprocessing, and the random views that it learns from.
#include <algorithm>

#include "boundary.h"
#include "data_set.h"
#include "image/augment.h"
#include "recipe_text.h"

namespace pinwheel::wasm {
namespace {

EMSCRIPTEN_DECLARE_VAL_TYPE(StagesResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(PicturesResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(PictureResult)

struct WordsOfStep {
  const Image& before;
  static std::string size(std::int64_t n) { return std::to_string(n); }
  std::string operator()(const CentreCrop& s) const {
    if (before.height <= s.size && before.width <= s.size) return "whole: it is no larger than what would be cut out";
    return "the central " + size(s.size) + " x " + size(s.size) + " pixels";
  }
  std::string operator()(const CropFraction& s) const {
    return "the central " + std::to_string(static_cast<int>(std::lround(100 * s.fraction))) + " % of each side";
  }
  std::string operator()(const RegionOfInterest&) const { return "the square around the brightest object"; }
  std::string operator()(const Resize& s) const { return "resized to " + size(s.width) + " x " + size(s.height); }
  std::string operator()(const Grey&) const { return "in grey"; }
};

val stage(const std::string& words, const Image& image) {
  val object = val::object();
  object.set("words", words);
  object.set("picture", picture(image));
  return object;
}

Image step_alone(const ImageStep& step, const Image& image) {
  Preprocess one;
  one.steps = {step};
  if (const auto* size = std::get_if<Resize>(&step)) {
    return run_steps(one, image, Extent::image(size->height, size->width, image.channels));
  }
  if (const auto* grey = std::get_if<Grey>(&step)) return image.channels == 1 ? image : to_grey(image, *grey);
  const Box box = seen_box(one, image);
  return crop_box(image, box.y, box.x, box.height, box.width);
}

StagesResult stages(const ByteArray& file, const std::string& name, const std::string& recipe) {
  return guarded<StagesResult>([&] {
    const Recipe wanted = read_recipe(recipe);
    const auto bytes = emscripten::convertJSArrayToNumberVector<std::uint8_t>(file);
    Image image = decode_image(bytes, name);
    val all = val::array();
    all.call<void>("push", stage("as it came", image));
    for (const ImageStep& step : wanted.preprocess.steps) {
      const std::string words = std::visit(WordsOfStep{image}, step);
      image = step_alone(step, image);
      all.call<void>("push", stage(words, image));
    }
    return all;
  });
}

PictureResult decoded(const ByteArray& file, const std::string& name) {
  return guarded<PictureResult>(
      [&] { return picture(decode_image(emscripten::convertJSArrayToNumberVector<std::uint8_t>(file), name)); });
}

// `set` must suit the recipe.
PicturesResult views(const DataSet& set, int example, const std::string& recipe, int count, double seed) {
  return guarded<PicturesResult>([&] {
    const Recipe wanted = read_recipe(recipe);
    const Dataset& d = *set.store();
    if (example < 0 || example >= d.size()) throw Error(ErrorCode::kInvalidArgument, "There is no such galaxy.");
    const Extent& e = d.extent;
    const Rng rng(static_cast<std::uint64_t>(seed));
    std::vector<float> view(static_cast<std::size_t>(e.size()));
    val all = val::array();
    for (int i = 0; i < std::clamp(count, 0, 100); ++i) {
      Rng own = rng.child(static_cast<std::uint64_t>(i));
      augment_view(wanted.train.augment, own, d.image(example), e.height, e.width, e.channels, e.height, e.width, view);
      Image image{e.height, e.width, e.channels, {}};
      for (const float v : view) image.pixels.push_back(static_cast<std::uint8_t>(std::clamp(v + 0.5F, 0.0F, 255.0F)));
      all.call<void>("push", picture(image));
    }
    return all;
  });
}

EMSCRIPTEN_BINDINGS(pinwheel_preview) {
  using emscripten::register_type;
  register_type<StagesResult>("{ value: { words: string; picture: { " PINWHEEL_PICTURE " } }[]" PINWHEEL_OR_ERROR);
  register_type<PicturesResult>("{ value: { " PINWHEEL_PICTURE " }[]" PINWHEEL_OR_ERROR);
  register_type<PictureResult>("{ value: { " PINWHEEL_PICTURE " }" PINWHEEL_OR_ERROR);
  emscripten::function("stages", &stages);
  emscripten::function("decoded", &decoded);
  emscripten::function("views", &views);
}

}  // namespace
}  // namespace pinwheel::wasm
