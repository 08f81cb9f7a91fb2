// The JSON form of Preprocess, part of a model's config.json.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "image/preprocess.h"

namespace pinwheel {

// {"steps":[{"op":"centre_crop","size":256},{"op":"resize","height":64,"width":64,"resampler":"bilinear_antialias"},…],
//  "bgr":false,"divide_by":255,"mean":[…],"std":[…]}
nlohmann::json preprocess_to_json(const Preprocess& preprocess);
// Strict: unknown keys, wrong types and values out of range are Error(kBadFile) naming the key.
Preprocess preprocess_from_json(const nlohmann::json& json);

}  // namespace pinwheel
