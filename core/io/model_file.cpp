#include "io/model_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "galaxy/decision_tree.h"
#include "image/preprocess_json.h"
#include "io/bounded_json.h"
#include "io/files.h"
#include "io/safetensors.h"
#include "nn/json_fields.h"
#include "nn/shape_inference.h"
#include "nn/spec_json.h"
#include "nn/torch_layout.h"

namespace pinwheel {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "pinwheel-model";
constexpr int kVersion = 1;
constexpr const char* kConfigFile = "config.json";
constexpr const char* kWeightsFile = "model.safetensors";
constexpr std::uint64_t kMaxWeightsBytes = std::uint64_t{1} << 31;
constexpr JsonBounds kConfigBounds{};

// Calls `read` and puts the file's name before whatever it complains of; a value that cannot work is here a bad file.
template <typename Read>
auto in_file(const std::string& name, Read read) {
  try {
    return read();
  } catch (const Error& error) {
    const bool is_value = error.code() == ErrorCode::kInvalidArgument;
    throw Error(is_value ? ErrorCode::kBadFile : error.code(), name + ": " + error.what());
  }
}

// A name from the command line may be any bytes; JSON is UTF-8.
std::string text_json(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

// One layer a line: people read and compare these files.
std::string network_text(const json& network) {
  std::string text = "{\"input\": " + network["input"].dump() + ", \"layers\": [";
  const char* separator = "\n    ";
  for (const json& layer : network["layers"]) {
    text += separator + layer.dump();
    separator = ",\n    ";
  }
  return text + "\n  ]}";
}

void check_format(JsonFields& fields) {
  const std::string format = fields.string("format");
  if (format != kFormat) fields.refuse("format", "is '" + format + "', not '" + kFormat + "'");
  const std::int64_t version = fields.integer("version", 1);
  if (version != kVersion) {
    throw Error(ErrorCode::kUnsupported, "it was written as version " + std::to_string(version) +
                                             " of the format, but this Pinwheel reads version " +
                                             std::to_string(kVersion) + "; use a newer Pinwheel");
  }
}

std::vector<std::string> read_outputs(JsonFields& fields, const NetSpec& spec) {
  std::vector<std::string> outputs = fields.strings("outputs");
  const std::int64_t expected = infer_shapes(spec).back().size();
  if (static_cast<std::int64_t>(outputs.size()) != expected) {
    fields.refuse("outputs", "names " + std::to_string(outputs.size()) + " outputs, but the network has " +
                                 std::to_string(expected));
  }
  std::unordered_set<std::string> seen;
  for (const std::string& output : outputs) {
    if (output.empty() || !seen.insert(output).second) fields.refuse("outputs", "must be different, non-empty names");
  }
  return outputs;
}

void check_head(JsonFields& fields, const Model& model) {
  if (model.head != Head::kTree && model.head != Head::kVotes) return;
  if (!model.is_decision_tree()) {
    fields.refuse("head", std::string("is '") + head_name(model.head) +
                              "', which needs the 37 columns of the decision tree as outputs, in order");
  }
}

// Older files do not have it, and looked once.
int read_views(JsonFields& fields, const NetSpec& spec) {
  if (!fields.has("views")) return 1;
  const std::int64_t views = fields.integer("views", 1);
  if (views != 1 && views != 4 && views != 8) fields.refuse("views", "must be 1, 4 or 8");
  if (views > 1 && !spec.input.flat && spec.input.height != spec.input.width) {
    fields.refuse("views", "can turn only square pictures");
  }
  return static_cast<int>(views);
}

std::string read_training(JsonFields& fields) {
  const json& training = fields.at("training");
  if (!training.is_object()) fields.refuse("training", "must be an object");
  return training.dump();
}

Model read_config(const std::string& config) {
  const json parsed = parse_bounded_json(config, "the text", kConfigBounds);
  JsonFields fields(parsed, "the model");
  check_format(fields);
  Model model;
  model.name = fields.string("name");
  model.description = fields.string("description");
  model.spec = spec_from_json(fields.at("network"));
  model.head = parse_head(fields.string("head"));
  model.preprocess = preprocess_from_json(fields.at("preprocess"));
  model.outputs = read_outputs(fields, model.spec);
  model.views = read_views(fields, model.spec);
  model.training_json = read_training(fields);
  check_head(fields, model);
  fields.finish();
  return model;
}

Params read_weights(const NetSpec& spec, std::span<const std::uint8_t> weights) {
  TensorFile file = read_safetensors(weights, "the file");
  std::vector<TorchTensor> tensors;
  tensors.reserve(file.tensors.size());
  for (NamedTensor& tensor : file.tensors) {
    tensors.push_back({std::move(tensor.name), std::move(tensor.shape), std::move(tensor.values)});
  }
  return from_torch(spec, tensors);
}

}  // namespace

bool Model::is_decision_tree() const { return outputs == galaxy::columns(); }

std::string config_json(const Model& model) {
  const auto line = [](const char* key, const std::string& value) {
    return std::string(",\n  \"") + key + "\": " + value;
  };
  std::string text = std::string("{\n  \"format\": \"") + kFormat + "\"";
  text += line("version", std::to_string(kVersion));
  text += line("name", text_json(model.name));
  text += line("description", text_json(model.description));
  text += line("network", network_text(spec_to_json(model.spec)));
  text += line("head", json(head_name(model.head)).dump());
  text += line("preprocess", preprocess_to_json(model.preprocess).dump());
  text += line("outputs", text_json(model.outputs));
  if (model.views != 1) text += line("views", std::to_string(model.views));
  text += line("training", parse_bounded_json(model.training_json, "training_json", kConfigBounds).dump());
  return text + "\n}\n";
}

std::vector<std::uint8_t> weights_bytes(const Model& model) {
  TensorFile file;
  file.metadata = {{"format", "pt"}, {"name", model.name}};
  for (TorchTensor& tensor : to_torch(model.spec, model.params)) {
    file.tensors.push_back({std::move(tensor.name), std::move(tensor.shape), std::move(tensor.values)});
  }
  return write_safetensors(file);
}

Model load_model(const std::string& config, std::span<const std::uint8_t> weights, const std::string& name) {
  Model model = in_file("'" + name + "' " + kConfigFile, [&] { return read_config(config); });
  model.params = in_file("'" + name + "' " + kWeightsFile, [&] { return read_weights(model.spec, weights); });
  return model;
}

Model load_model_folder(const std::filesystem::path& folder) {
  const std::vector<std::uint8_t> config = read_file(folder / kConfigFile, kConfigBounds.max_bytes);
  const std::vector<std::uint8_t> weights = read_file(folder / kWeightsFile, kMaxWeightsBytes);
  return load_model(std::string(config.begin(), config.end()), weights, folder.filename().string());
}

void save_model_folder(const Model& model, const std::filesystem::path& folder) {
  const std::string config = config_json(model);
  // The weights first: a config without its weights would look like a model.
  write_file(folder / kWeightsFile, weights_bytes(model));
  write_file(folder / kConfigFile, {reinterpret_cast<const std::uint8_t*>(config.data()), config.size()});
}

}  // namespace pinwheel
