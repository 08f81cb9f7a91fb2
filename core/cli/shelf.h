// Where models are found by name: the `models/` folder that ships beside the program (or PINWHEEL_MODELS).
#pragma once

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

// A folder with a config.json, or the name of a shipped model; an empty text means the default one. Throws
// Error(kNotFound) with the names to choose from.
Model open_model(const std::string& folder_or_name);

}  // namespace pinwheel::cli
