// The JSON form of a whole experiment: what a run folder keeps, what `pinwheel train --recipe` takes, what the page
// edits and what a share link carries. Everything that decides the result is in it but the data:
// {"name":…,"summary":…,"target":"classes","head":"softmax","network":{…},"preprocess":{…},
//  "train":{"loss":"cross_entropy","batch_size":…,"epochs":…,"seed":…,"optimiser":{"kind":"adam",…},"schedule":{…},
//           "init":{…},"augment":{…},…},"split":{"kind":"hash","validation":0.1,"test":0.2,"seed":0}}
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "train/recipe.h"

namespace pinwheel {

nlohmann::json recipe_to_json(const Recipe& recipe);
// Strict: an unknown or missing key, a wrong type, a value out of its range is Error(kBadFile) naming object and key; a
// network that cannot be (its shapes are inferred), or a head and loss that do not go together, say so.
Recipe recipe_from_json(const nlohmann::json& json);

}  // namespace pinwheel
