// The options that change an experiment, one table of them: each is a place in the recipe's JSON form, so that parsing,
// help, ranges and messages have one source (train/recipe_json).
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>

#include "train/recipe.h"

namespace pinwheel::cli {

struct RecipeOptions {
  std::string preset;                        // a name, or
  std::string recipe_file;                   // a recipe as JSON
  std::map<std::string, std::string> given;  // option name → its text, of those that were given
};

void add_recipe_options(CLI::App& command, RecipeOptions& options);

// The preset or file with everything that was given put in, for data with these outputs. Throws Error: kInvalidArgument
// naming the option, and what make_recipe and recipe_from_json throw.
Recipe choose_recipe(const RecipeOptions& options, const std::vector<std::string>& outputs);

}  // namespace pinwheel::cli
