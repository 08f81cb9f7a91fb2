#include "recipe_text.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "io/bounded_json.h"
#include "train/recipe_json.h"

namespace pinwheel::wasm {

Recipe read_recipe(const std::string& text) {
  Recipe recipe = recipe_from_json(parse_bounded_json(text, "the recipe", {}));
  const std::string why = why_not_in_a_page(recipe);
  if (!why.empty()) throw Error(ErrorCode::kUnsupported, why);
  return recipe;
}

std::string why_not_in_a_page(const Recipe& recipe) {
  if (!recipe.frozen) return {};
  return "It needs ImageNet's weights from a file: train it on the command line, pinwheel train --backbone.";
}

std::string write_recipe(const Recipe& recipe) { return recipe_to_json(recipe).dump(); }

}  // namespace pinwheel::wasm
