// Layer ↔ JSON, one pair of functions for each kind that has fields. Sizes are only read here; whether they fit
// together is shape_inference's to say.
#include "nn/spec_json.h"

#include <functional>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "nn/json_fields.h"
#include "nn/overload.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

using nlohmann::json;

json size_json(const Size2& size) { return json::array({size.height, size.width}); }

json window_json(const Size2& kernel, const Size2& stride, const Size2& padding) {
  return {{"kernel", size_json(kernel)}, {"stride", size_json(stride)}, {"padding", size_json(padding)}};
}

json conv_json(const Conv2d& conv) {
  json out = window_json(conv.kernel, conv.stride, conv.padding);
  out["out_channels"] = conv.out_channels;
  out["groups"] = conv.groups;
  out["bias"] = conv.bias;
  return out;
}

json layer_json(const Layer& layer) {
  return std::visit(Overload{
                        [](const Conv2d& conv) { return conv_json(conv); },
                        [](const Dense& dense) {
                          return json{{"units", dense.units}, {"bias", dense.bias}};
                        },
                        [](const BatchNorm& norm) {
                          return json{{"eps", norm.eps}, {"momentum", norm.momentum}};
                        },
                        [](const MaxPool& pool) { return window_json(pool.kernel, pool.stride, pool.padding); },
                        [](const AvgPool& pool) { return window_json(pool.kernel, pool.stride, pool.padding); },
                        [](const GlobalAvgPool&) { return json::object(); },
                        [](const Relu&) { return json::object(); },
                        [](const Silu&) { return json::object(); },
                        [](const Tanh&) { return json::object(); },
                        [](const Sigmoid&) { return json::object(); },
                        [](const Softmax&) { return json::object(); },
                        [](const Dropout& dropout) {
                          return json{{"p", dropout.p}};
                        },
                        [](const Add&) { return json::object(); },
                        [](const Concat&) { return json::object(); },
                        [](const Flatten&) { return json::object(); },
                    },
                    layer);
}

void read_size(JsonFields& fields, const char* key, std::int64_t least, Size2& size) {
  if (!fields.has(key)) return;
  const std::vector<std::int64_t> values = fields.integers(key, least);
  if (values.size() != 2) fields.refuse(key, "must be [height, width]");
  size = {values[0], values[1]};
}

void read_bias(JsonFields& fields, bool& bias) {
  if (fields.has("bias")) bias = fields.boolean("bias");
}

template <typename Window>
Window read_window(JsonFields& fields) {
  Window window;
  read_size(fields, "kernel", 1, window.kernel);
  read_size(fields, "stride", 1, window.stride);
  read_size(fields, "padding", 0, window.padding);
  return window;
}

Layer read_conv(JsonFields& fields) {
  Conv2d conv = read_window<Conv2d>(fields);
  conv.out_channels = fields.integer("out_channels", 1);
  if (fields.has("groups")) conv.groups = fields.integer("groups", 1);
  read_bias(fields, conv.bias);
  return conv;
}

Layer read_dense(JsonFields& fields) {
  Dense dense;
  dense.units = fields.integer("units", 1);
  read_bias(fields, dense.bias);
  return dense;
}

Layer read_batch_norm(JsonFields& fields) {
  BatchNorm norm;
  if (fields.has("eps")) norm.eps = fields.number("eps");
  if (fields.has("momentum")) norm.momentum = fields.number("momentum");
  return norm;
}

Layer read_dropout(JsonFields& fields) {
  Dropout dropout;
  if (fields.has("p")) dropout.p = fields.number("p");
  return dropout;
}

using LayerReader = std::function<Layer(JsonFields&)>;
using LayerReaders = std::map<std::string, LayerReader>;

// Walks over every alternative of Layer, so that a kind without a reader does not compile.
LayerReader reader_for(const Layer& layer) {
  return std::visit(Overload{
                        [](const Conv2d&) -> LayerReader { return read_conv; },
                        [](const Dense&) -> LayerReader { return read_dense; },
                        [](const BatchNorm&) -> LayerReader { return read_batch_norm; },
                        [](const MaxPool&) -> LayerReader { return read_window<MaxPool>; },
                        [](const AvgPool&) -> LayerReader { return read_window<AvgPool>; },
                        [](const GlobalAvgPool& l) -> LayerReader { return [l](JsonFields&) { return l; }; },
                        [](const Relu& l) -> LayerReader { return [l](JsonFields&) { return l; }; },
                        [](const Silu& l) -> LayerReader { return [l](JsonFields&) { return l; }; },
                        [](const Tanh& l) -> LayerReader { return [l](JsonFields&) { return l; }; },
                        [](const Sigmoid& l) -> LayerReader { return [l](JsonFields&) { return l; }; },
                        [](const Softmax& l) -> LayerReader { return [l](JsonFields&) { return l; }; },
                        [](const Dropout&) -> LayerReader { return read_dropout; },
                        [](const Add& l) -> LayerReader { return [l](JsonFields&) { return l; }; },
                        [](const Concat& l) -> LayerReader { return [l](JsonFields&) { return l; }; },
                        [](const Flatten& l) -> LayerReader { return [l](JsonFields&) { return l; }; },
                    },
                    layer);
}

template <std::size_t... Index>
LayerReaders make_readers(std::index_sequence<Index...>) {
  LayerReaders readers;
  (readers.emplace(layer_kind(std::variant_alternative_t<Index, Layer>{}),
                   reader_for(std::variant_alternative_t<Index, Layer>{})),
   ...);
  return readers;
}

const LayerReaders& layer_readers() {
  static const LayerReaders readers = make_readers(std::make_index_sequence<std::variant_size_v<Layer>>{});
  return readers;
}

std::string known_kinds() {
  return listed(layer_readers(), [](const auto& entry) { return entry.first; });
}

Extent read_input(JsonFields& fields) {
  const std::vector<std::int64_t> sides = fields.integers("input", 1);
  if (sides.size() == 1) return Extent::vector(sides[0]);
  if (sides.size() == 3) return Extent::image(sides[0], sides[1], sides[2]);
  fields.refuse("input", "must be [height, width, channels] or [channels]");
}

using NodeIndex = std::unordered_map<std::string, int>;

std::vector<int> read_inputs(JsonFields& fields, const NodeIndex& index, int previous) {
  if (!fields.has("inputs")) return {previous};
  std::vector<int> inputs;
  for (const std::string& name : fields.strings("inputs")) {
    const auto it = index.find(name);
    if (it == index.end()) fields.refuse("inputs", "names '" + name + "', which is not an earlier layer");
    inputs.push_back(it->second);
  }
  return inputs;
}

Node read_node(const json& layer, const NodeIndex& index, int position) {
  const bool named = layer.is_object() && layer.contains("name") && layer["name"].is_string();
  JsonFields fields(layer, named ? "layer '" + layer["name"].get<std::string>() + "'"
                                 : "layer number " + std::to_string(position + 1));
  std::string name = fields.string("name");
  const std::string kind = fields.string("kind");
  const auto reader = layer_readers().find(kind);
  if (reader == layer_readers().end()) {
    fields.refuse("kind", "is '" + kind + "'; Pinwheel knows " + known_kinds());
  }
  Node node{std::move(name), reader->second(fields), read_inputs(fields, index, position - 1)};
  fields.finish();
  return node;
}

// What shape inference calls an invalid argument is here a fault of the file.
void check_shapes(const NetSpec& spec) {
  try {
    infer_shapes(spec);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kInvalidArgument) throw Error(ErrorCode::kBadFile, error.what());
    throw;
  }
}

}  // namespace

json spec_to_json(const NetSpec& spec) {
  json out;
  out["input"] = spec.input.flat ? json::array({spec.input.channels})
                                 : json::array({spec.input.height, spec.input.width, spec.input.channels});
  out["layers"] = json::array();
  for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
    const Node& node = spec.nodes[i];
    json layer = layer_json(node.layer);
    layer["name"] = node.name;
    layer["kind"] = layer_kind(node.layer);
    if (node.inputs != std::vector<int>{static_cast<int>(i) - 1}) {
      for (const int input : node.inputs) {
        layer["inputs"].push_back(input == kNetInput ? "input" : spec.nodes[static_cast<std::size_t>(input)].name);
      }
    }
    out["layers"].push_back(std::move(layer));
  }
  return out;
}

NetSpec spec_from_json(const json& value) {
  JsonFields fields(value, "the network");
  NetSpec spec;
  spec.input = read_input(fields);
  const json& layers = fields.at("layers");
  if (!layers.is_array()) fields.refuse("layers", "must be a list");
  fields.finish();
  NodeIndex index{{"input", kNetInput}};
  for (const json& layer : layers) {
    const int position = static_cast<int>(spec.nodes.size());
    spec.nodes.push_back(read_node(layer, index, position));
    index.emplace(spec.nodes.back().name, position);
  }
  check_shapes(spec);
  return spec;
}

}  // namespace pinwheel
