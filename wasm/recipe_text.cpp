#include "recipe_text.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "io/bounded_json.h"
#include "train/recipe_json.h"

namespace pinwheel::wasm {

Recipe read_recipe(const std::string& text) { return recipe_from_json(parse_bounded_json(text, "the recipe", {})); }

std::string write_recipe(const Recipe& recipe) { return recipe_to_json(recipe).dump(); }

}  // namespace pinwheel::wasm
