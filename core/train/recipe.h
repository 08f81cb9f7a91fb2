// A recipe is a whole published experiment by name: network, preprocessing, loss, optimiser, schedule, split, head.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "data/split.h"
#include "image/preprocess.h"
#include "io/model_file.h"
#include "train/trainer.h"

namespace pinwheel {

struct Recipe {
  std::string name;     // "small-cnn"
  std::string summary;  // one line: what it is for
  NetSpec spec;         // for `outputs` outputs
  Head head = Head::kSigmoid;
  Preprocess preprocess;
  TargetKind target_kind = TargetKind::kClasses;
  TrainSpec train;
  SplitSpec split;
  bool frozen = false;  // only the last layer learns, on features of a body with weights from elsewhere (train/frozen)
};

// Names in the order to show them: first-light (ours, for a first lesson), two-layer, two-layer-batched, convnet,
// convnet-tuned, linnet, linnet-tuned, resnet18-frozen, densenet121-frozen, small-cnn, small-cnn-augmented, resnet50,
// four-block, four-block-readme, lesson, galaxy-resnet (37 answers from votes), galaxy-resnet-classes.
std::vector<std::string> recipe_names();
// What people call it: "Small CNN". Of an unknown name: the name itself, for a run may be of anybody's recipe.
std::string recipe_title(std::string_view name);
// What the galaxies of the source were sorted into: the 37 columns; five classes (system A); four (system E). For lists
// and tables. Unknown name as for make_recipe.
std::vector<std::string> published_outputs(std::string_view name);
// Whether its source started from ImageNet's weights, which are not ours to ship. An unknown name: no.
bool published_from_imagenet(std::string_view name);
// outputs: the data's columns (37 or class names). Unknown name: Error(kNotFound) listing the names.
Recipe make_recipe(std::string_view name, const std::vector<std::string>& outputs);
// The weights that a run of this recipe starts from, by its init and seed; the same on the command line and in the
// page.
Params fresh_params(const Recipe& recipe);

}  // namespace pinwheel
