// A model on disk: a folder with config.json (network, head, preprocessing, outputs, how it was made) and
// model.safetensors (PyTorch names and layout, so that load_state_dict works). In one value: Model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "image/preprocess.h"
#include "nn/head.h"
#include "nn/params.h"
#include "nn/spec.h"

namespace pinwheel {

struct Model {
  std::string name;         // "galaxy-zoo-64"
  std::string description;  // one line for people
  NetSpec spec;
  Params params;
  Head head = Head::kSigmoid;
  Preprocess preprocess;
  std::vector<std::string> outputs;  // column names in output order: "Class1.1" … or class names
  std::string training_json = "{}";  // how it was trained: data, seed, figures; shown, never interpreted
  // A galaxy has no up: answers are the mean over 1 view, 4 (quarter turns) or 8 (mirrored as well).
  int views = 1;

  // True when the outputs are the 37 columns of the decision tree in order.
  bool is_decision_tree() const;
};

// The two halves as bytes, for the page (fetched or kept in the browser) …
std::string config_json(const Model& model);
std::vector<std::uint8_t> weights_bytes(const Model& model);
// Throws Error naming `name` and the key or tensor that is wrong (missing, superfluous, wrong shape, not finite).
Model load_model(const std::string& config, std::span<const std::uint8_t> weights, const std::string& name);

// … and as a folder.
Model load_model_folder(const std::filesystem::path& folder);
void save_model_folder(const Model& model, const std::filesystem::path& folder);

}  // namespace pinwheel
