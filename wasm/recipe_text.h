// Recipes cross as text: the JSON form of a whole experiment (train/recipe_json.h).
#pragma once

#include <string>

#include "train/recipe.h"

namespace pinwheel::wasm {

Recipe read_recipe(const std::string& text);  // throws Error with a sentence for anything that cannot be
std::string write_recipe(const Recipe& recipe);

}  // namespace pinwheel::wasm
