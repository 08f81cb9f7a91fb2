// pinwheel baseline: how far one gets without a network, on the very pictures and the very split of a preset.
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/dataset_options.h"
#include "cli/report_json.h"
#include "galaxy/decision_tree.h"
#include "train/baselines.h"
#include "train/recipe.h"

namespace pinwheel::cli {
namespace {

constexpr std::int64_t kClusters = 20;

struct Options {
  DatasetOptions dataset;
  std::string preset;
  std::size_t threads = 0;
  bool json = false;
};

void baseline(const Options& options) {
  const ThreadPool pool(options.threads);
  const Recipe draft = make_recipe(options.preset, galaxy::columns());
  const Dataset dataset = read_dataset(options.dataset, draft.target_kind, draft.preprocess, draft.spec.input, pool);
  const Split split = split_dataset(dataset, make_recipe(options.preset, dataset.outputs).split);
  const auto& judged = split.test.empty() ? split.validation : split.test;
  std::vector<float> truth;
  for (const auto i : judged) truth.insert(truth.end(), dataset.target(i).begin(), dataset.target(i).end());
  nlohmann::ordered_json figures;
  const auto judge = [&](const char* name, const std::vector<float>& predictions) {
    const auto n = static_cast<std::int64_t>(judged.size());
    const Metrics metrics = compute_metrics(dataset.target_kind, predictions, truth, n, dataset.width(), 0);
    figures[name] = metrics_json(metrics);
    if (!options.json) std::printf("%-14s %s\n", name, metrics_line(metrics).c_str());
  };
  judge("mean", mean_predictor(dataset, split.train, judged));
  judge("central_pixel", central_pixel_predictor(dataset, split.train, judged, kClusters, Rng(1)));
  if (options.json) std::cout << figures.dump() << "\n";
}

}  // namespace

void add_baseline(CLI::App& app, Outcome&) {
  auto* command = app.add_subcommand("baseline", "How far one gets without a network: the figures to beat");
  command->footer(
      "`mean` predicts the mean of the training part for everybody (of classes: the commonest). `central_pixel` looks\n"
      "only at the colour in the middle, as the benchmark of the Galaxy Zoo challenge did. Pictures and split are the\n"
      "preset's, so the figures stand beside those of `pinwheel train --preset`.");
  auto options = std::make_shared<Options>();
  command->add_option("--preset", options->preset, "Whose pictures and split (see `pinwheel presets`)")->required();
  add_dataset_options(*command, options->dataset);
  command->add_option("--threads", options->threads, "Threads (default: as many as the machine has)");
  command->add_flag("--json", options->json, "For programs: {mean: {...}, central_pixel: {...}}");
  command->callback([options] { baseline(*options); });
}

}  // namespace pinwheel::cli
