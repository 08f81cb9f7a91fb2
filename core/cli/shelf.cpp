#include "cli/shelf.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "cli/packed_model.h"
#include "nn/params.h"

namespace pinwheel::cli {
namespace {
namespace fs = std::filesystem;

constexpr const char* kIndexFile = "index.json";

// Walks up from the program: build/pinwheel, build/release/pinwheel and <prefix>/bin/pinwheel all find the same shelf.
std::optional<fs::path> shelf_folder() {
  if (const char* chosen = std::getenv("PINWHEEL_MODELS"); chosen != nullptr && *chosen != '\0')
    return fs::path(chosen);
  std::error_code ignored;
  fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  if (ignored) folder = fs::current_path(ignored);
  while (!folder.empty()) {
    for (const fs::path& candidate : {folder / "models", folder / "share" / "pinwheel" / "models"}) {
      if (fs::exists(candidate / kIndexFile, ignored)) return candidate;
    }
    if (folder == folder.root_path()) break;
    folder = folder.parent_path();
  }
  return std::nullopt;
}

std::string default_name(const fs::path& shelf) {
  std::ifstream file(shelf / kIndexFile);
  const auto index = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (!index.is_object() || !index.contains("default") || !index["default"].is_string()) {
    throw Error(ErrorCode::kBadFile, (shelf / kIndexFile).string() + " does not name a default model");
  }
  return index["default"].get<std::string>();
}

bool is_model_folder(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "config.json", ignored);
}

std::string names_of(const std::vector<ShelfEntry>& entries) {
  return entries.empty() ? "none ship with this copy" : listed(entries, [](const auto& entry) { return entry.name; });
}

}  // namespace

std::vector<ShelfEntry> list_models() {
  const auto shelf = shelf_folder();
  if (!shelf) return {};
  const std::string preferred = default_name(*shelf);
  std::vector<ShelfEntry> entries;
  for (const auto& item : fs::directory_iterator(*shelf)) {
    if (!is_model_folder(item.path())) continue;
    const Model model = load_model_folder(item.path());
    const auto bytes = fs::file_size(item.path() / "config.json") + fs::file_size(item.path() / "model.safetensors");
    entries.push_back({item.path().filename().string(), item.path(), item.path().filename() == preferred,
                       static_cast<std::int64_t>(count_parameters(model.spec)), static_cast<std::int64_t>(bytes)});
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

Model open_model(const std::string& folder_or_name) {
  if (!folder_or_name.empty() && is_model_folder(folder_or_name)) return load_model_folder(folder_or_name);
  if (!folder_or_name.empty() && is_packed_model(folder_or_name)) return load_packed_model(folder_or_name);
  if (const auto shelf = shelf_folder()) {
    const fs::path shipped = *shelf / (folder_or_name.empty() ? default_name(*shelf) : folder_or_name);
    if (is_model_folder(shipped)) return load_model_folder(shipped);
  }
  throw Error(ErrorCode::kNotFound,
              "there is no model '" + folder_or_name +
                  "': give a folder with a config.json, a file that the page saved, or the name of a shipped model (" +
                  names_of(list_models()) + ")");
}

void add_views_option(CLI::App& command, int& views) {
  command
      .add_option("--views", views,
                  "Views that are averaged: 1, 4 (quarter turns), 8 (also mirrored); 0: the model's own")
      ->check(CLI::IsMember({0, 1, 4, 8}));
}

Model with_views(Model model, int views) {
  if (views > 1 && !model.spec.input.flat && model.spec.input.height != model.spec.input.width) {
    throw Error(ErrorCode::kInvalidArgument,
                "'" + model.name + "' looks at pictures that are not square: use --views 1");
  }
  if (views > 0) model.views = views;
  return model;
}

}  // namespace pinwheel::cli
