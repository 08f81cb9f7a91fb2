#include "cli/start.h"

#include <filesystem>
#include <utility>

#include "base/error.h"
#include "cli/progress.h"
#include "cli/shelf.h"
#include "io/backbone.h"
#include "io/files.h"
#include "nn/params.h"
#include "train/check_data.h"
#include "train/frozen.h"

namespace pinwheel::cli {
namespace {

constexpr std::uint64_t kLargestBackbone = std::uint64_t{1} << 30;

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::kInvalidArgument, why); }

Params params_of_earlier(const std::string& from, const Recipe& recipe, const std::vector<std::string>& outputs) {
  Model earlier = open_model(from);
  if (earlier.spec != recipe.spec || earlier.outputs != outputs) {
    refuse("'" + earlier.name +
           "' has another network or other answers than this preset and data: train without --from");
  }
  return std::move(earlier.params);
}

}  // namespace

void add_start_options(CLI::App& command, StartOptions& options) {
  auto* from = command.add_option("--from", options.from,
                                  "Go on from the weights of this model (fine-tuning) instead of fresh ones");
  command
      .add_option("--backbone", options.backbone,
                  "Start all layers but the last from this safetensors file, such as ImageNet's weights by "
                  "tools/torchvision_to_safetensors.py")
      ->check(CLI::ExistingFile)
      ->excludes(from);
}

void check_start(const StartOptions& options, const Recipe& recipe) {
  if (recipe.frozen && options.backbone.empty() && options.from.empty()) {
    refuse("'" + recipe.name +
           "' trains only its last layer and needs the others from elsewhere: write ImageNet's weights where "
           "torchvision is installed, python3 tools/torchvision_to_safetensors.py resnet18|densenet121 FILE, then give "
           "--backbone FILE");
  }
  if (recipe.frozen && recipe.train.augment.any()) {
    refuse("'" + recipe.name +
           "' looks at every galaxy once, so there are no random views: leave out --rotate, --flip-horizontal, "
           "--flip-vertical, --shift, --zoom and --brightness");
  }
  const bool one_start = !options.from.empty() || (!recipe.frozen && !options.backbone.empty());
  if (one_start && recipe.train.initialisations > 1) {
    refuse(std::string(options.from.empty() ? "--backbone" : "--from") + " is one start, but this experiment tries " +
           std::to_string(recipe.train.initialisations) + ": add --initialisations 1");
  }
}

Params start_params(const StartOptions& options, const Recipe& recipe, const std::vector<std::string>& outputs) {
  if (!options.from.empty()) return params_of_earlier(options.from, recipe, outputs);
  Params params = fresh_params(recipe);
  if (options.backbone.empty()) return params;
  load_backbone(recipe.spec, params, read_file(options.backbone, kLargestBackbone), options.backbone);
  return params;
}

std::string told_start(const StartOptions& options, const Recipe& recipe) {
  if (!options.from.empty()) return "starts from the weights of '" + options.from + "'";
  if (!options.backbone.empty()) return "starts from " + options.backbone + ", its last layer fresh";
  std::string text = "starts from fresh weights (" + std::string(init_name(recipe.train.init.kind)) + ", seed " +
                     std::to_string(recipe.train.seed) + ")";
  if (!published_from_imagenet(recipe.name)) return text;
  return text +
         "; published from ImageNet's, by --backbone FILE that tools/torchvision_to_safetensors.py writes, at a "
         "low learning rate: fresh ones need --learning-rate 1e-3 or so";
}

Dataset features_of(const Model& model, const Recipe& recipe, const Dataset& dataset, const Split& split,
                    const ThreadPool& pool, const volatile std::sig_atomic_t& stop) {
  check_data(dataset, split, recipe.train.loss, static_cast<std::int64_t>(model.outputs.size()));
  ProgressBar bar("features", dataset.size());
  auto seen = compute_features(model, dataset, pool, [&](std::int64_t done) {
    bar.update(done);
    return stop == 0;
  });
  bar.clear();
  if (!seen) refuse("stopped before the features of all galaxies were computed; nothing was trained, nothing changed");
  return *std::move(seen);
}

}  // namespace pinwheel::cli
