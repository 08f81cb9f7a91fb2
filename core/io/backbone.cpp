#include "io/backbone.h"

#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "io/safetensors.h"
#include "nn/torch_layout.h"

namespace pinwheel {
namespace {

bool belongs_to(std::string_view tensor, std::string_view layer) {
  return tensor.size() > layer.size() && tensor.substr(0, layer.size()) == layer && tensor[layer.size()] == '.';
}

}  // namespace

void load_backbone(const NetSpec& spec, Params& params, std::span<const std::uint8_t> bytes, const std::string& name) {
  const std::string& last = spec.nodes.back().name;
  std::vector<TorchTensor> tensors;
  for (NamedTensor& tensor : read_safetensors(bytes, name).tensors) {
    if (belongs_to(tensor.name, last)) continue;
    tensors.push_back({std::move(tensor.name), std::move(tensor.shape), std::move(tensor.values)});
  }
  for (TorchTensor& tensor : to_torch(spec, params)) {
    if (belongs_to(tensor.name, last)) tensors.push_back(std::move(tensor));
  }
  try {
    params = from_torch(spec, tensors);
  } catch (const Error& error) {
    throw Error(error.code(), "'" + name + "': " + error.what());
  }
}

}  // namespace pinwheel
