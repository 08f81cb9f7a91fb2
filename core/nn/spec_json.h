// The JSON form of NetSpec, as it stands in config.json and in share links:
// {"input":[64,64,3],"layers":[{"name":"conv1","kind":"conv2d","out_channels":16,"kernel":[3,3],"stride":[1,1],
//   "padding":[0,0],"groups":1,"bias":true},{"name":"relu1","kind":"relu"},…,{"name":"sum","kind":"add","inputs":["a","b"]}]}
// `inputs` (names, or "input") is left out when a layer reads the one before it. A flat input is [C].
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "nn/spec.h"

namespace pinwheel {

nlohmann::json spec_to_json(const NetSpec& spec);
// Strict: unknown keys or kinds, wrong types, non-positive sizes → Error(kBadFile) naming layer and key. Runs
// infer_shapes.
NetSpec spec_from_json(const nlohmann::json& json);

}  // namespace pinwheel
