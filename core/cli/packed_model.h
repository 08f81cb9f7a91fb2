// A model as one file, as the page saves it: a zip of config.json and model.safetensors, whatever it is called.
#pragma once

#include <filesystem>

#include "io/model_file.h"

namespace pinwheel::cli {

bool is_packed_model(const std::filesystem::path& path);  // a file that begins like a zip
// Throws Error(kBadFile) naming the file when it holds no model, or a broken one.
Model load_packed_model(const std::filesystem::path& path);

}  // namespace pinwheel::cli
