// Where models are found by name: the `models/` folder that ships beside the program (or PINWHEEL_MODELS).
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/model_file.h"

namespace pinwheel::cli {

struct ShelfEntry {
  std::string name;
  std::filesystem::path path;
  bool is_default = false;
  std::int64_t parameters = 0;  // trainable
  std::int64_t bytes = 0;       // config and weights on disk
};

// Every model that ships, by name. Empty when there is no models folder.
std::vector<ShelfEntry> list_models();

// A folder with a config.json, one packed file, or the name of a shipped model; an empty text means the default one.
// Throws Error(kNotFound) with the names to choose from.
Model open_model(const std::string& folder_or_name);

// --views: over how many turned and mirrored views the answers are averaged; 0 leaves it to the model.
void add_views_option(CLI::App& command, int& views);
Model with_views(Model model, int views);

}  // namespace pinwheel::cli
