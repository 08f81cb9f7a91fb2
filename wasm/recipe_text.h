// Recipes cross as text: the JSON form of a whole experiment (train/recipe_json.h).
#pragma once

#include <string>

#include "train/recipe.h"

namespace pinwheel::wasm {

// Throws Error with a sentence for anything that cannot be, or not in a page.
Recipe read_recipe(const std::string& text);
std::string write_recipe(const Recipe& recipe);

// A frozen body of random weights would teach nothing, and a page has no other: empty where it can train the recipe.
std::string why_not_in_a_page(const Recipe& recipe);

}  // namespace pinwheel::wasm
