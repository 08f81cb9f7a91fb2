// pinwheel train: an experiment, a data set, a model. A loop over Trainer::step with a bar; what it leaves behind is in
// cli/run_folder.
#include <csignal>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/dataset_options.h"
#include "cli/progress.h"
#include "cli/recipe_options.h"
#include "cli/report_json.h"
#include "cli/run_folder.h"
#include "cli/start.h"
#include "galaxy/decision_tree.h"
#include "nn/params.h"
#include "train/frozen.h"
#include "train/recipe.h"
#include "train/trainer.h"

namespace pinwheel::cli {
namespace {
namespace fs = std::filesystem;

struct Options {
  DatasetOptions dataset;
  RecipeOptions recipe;
  StartOptions start;
  std::string out, name, description;
  std::size_t threads = 0;
  bool resume = false, json = false;
};

// A signal handler can reach nothing but a global: Ctrl-C asks the loop to stop after this layer and keep what it has.
volatile std::sig_atomic_t stop_asked = 0;
extern "C" void ask_to_stop(int) { stop_asked = 1; }

Recipe recipe_for(const Options& options, const std::vector<std::string>& outputs) {
  Recipe recipe = choose_recipe(options.recipe, outputs);
  if (!options.dataset.split_file.empty()) recipe.split.kind = SplitKind::kGiven;
  return recipe;
}

Model untrained_model(const Options& options, const Recipe& recipe, const std::vector<std::string>& outputs) {
  Model model;
  model.name = options.name.empty() ? fs::path(options.out).filename().string() : options.name;
  model.description = options.description.empty() ? recipe.summary : options.description;
  model.spec = recipe.spec;
  model.params = start_params(options.start, recipe, outputs);
  model.head = recipe.head;
  model.preprocess = recipe.preprocess;
  model.outputs = outputs;
  return model;
}

std::string loss_note(const StepReport& step) {
  char text[64];
  std::snprintf(text, sizeof text, "epoch %.1f  loss %.4f", step.epoch, step.loss);
  return text;
}

void after_epoch(Trainer& trainer, ProgressBar& bar, RunFolder& folder, const StepReport& step) {
  const EpochReport epoch = trainer.finish_epoch();
  folder.add_epoch(epoch, step.step, step.learning_rate);
  folder.write_checkpoint(trainer);
  bar.clear();
  std::fprintf(stderr, "epoch %lld: training loss %.4f; validation %s%s  (%s)\n", static_cast<long long>(epoch.epoch),
               epoch.train_loss, metrics_line(epoch.validation).c_str(), epoch.best ? "  *best" : "",
               human_duration(folder.seconds()).c_str());
}

// The figures before the first step stand in the curve as epoch 0.
void judge_the_start(Trainer& trainer, const Split& split, RunFolder& folder) {
  EpochReport start;
  start.validation = trainer.evaluate(split.validation);
  folder.add_epoch(start, 0, 0);
}

// Of all threads together: other work on the machine does not lengthen it.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// Runs to the end, or to Ctrl-C. Returns true when it finished.
bool run(Trainer& trainer, RunFolder& folder) {
  ProgressBar bar("training", trainer.total_steps());
  double before = processor_seconds();
  while (!trainer.done() && !stop_asked) {
    const auto step = trainer.step_piece();
    if (!step) continue;
    folder.add_step(*step);
    bar.update(step->step, loss_note(*step));
    if (!step->epoch_end) continue;
    folder.add_processor_seconds(processor_seconds() - before);
    after_epoch(trainer, bar, folder, *step);
    before = processor_seconds();
  }
  if (!trainer.done()) folder.write_checkpoint(trainer);
  return trainer.done();
}

// What the run comes to on galaxies that it did not learn from: the test part, or where a preset keeps none, the part
// that it was watched on.
void judge_the_end(Trainer& trainer, const Split& split, RunFolder& folder, nlohmann::json& record) {
  const bool tests = !split.test.empty();
  const Metrics metrics = trainer.evaluate(tests ? split.test : split.validation);
  folder.write_metrics(metrics, tests ? "test" : "validation");
  if (tests) record["test"] = metrics_json(metrics);
  std::cerr << (tests ? "test: " : "validation: ") << metrics_line(metrics) << "\n";
}

nlohmann::json training_record(const Options& options, const Recipe& recipe, const Dataset& dataset, const Split& split,
                               const Trainer& trainer) {
  nlohmann::json data = nlohmann::json::array();
  for (const auto& path : options.dataset.data) data.push_back(fs::path(path).filename().string());
  return {{"preset", recipe.name},
          {"from", fs::path(options.start.from).filename().string()},
          {"backbone", fs::path(options.start.backbone).filename().string()},
          {"frozen", recipe.frozen},
          {"data", data},
          {"labels", fs::path(options.dataset.labels).filename().string()},
          {"label_column", options.dataset.label_column},
          {"galaxies", dataset.size()},
          {"split", split_json(recipe.split)},
          {"split_sizes", {split.train.size(), split.validation.size(), split.test.size()}},
          {"loss", loss_name(recipe.train.loss.kind)},
          {"optimiser", optimiser_name(recipe.train.optimiser.kind)},
          {"learning_rate", recipe.train.optimiser.learning_rate},
          {"schedule", schedule_name(recipe.train.schedule.kind)},
          {"batch_size", recipe.train.batch_size},
          {"epochs", trainer.history().size()},
          {"seed", recipe.train.seed}};
}

void tell_plan(const Recipe& recipe, const Dataset& dataset, const Split& split) {
  std::cerr << "training " << recipe.name << " (";
  if (recipe.frozen) std::cerr << count_parameters(split_before_last(recipe.spec).last) << " of ";
  std::cerr << count_parameters(recipe.spec) << " parameters) on " << split.train.size() << " of " << dataset.size()
            << " galaxies; " << split.validation.size() << " validate, " << split.test.size()
            << " test; Ctrl-C stops and keeps the best so far\n";
}

void train(const Options& options) {
  const ThreadPool pool(options.threads);
  const Recipe draft = recipe_for(options, galaxy::columns());
  check_start(options.start, draft);
  const Dataset dataset = read_dataset(options.dataset, draft.target_kind, draft.preprocess, draft.spec.input, pool);
  const Recipe recipe = recipe_for(options, dataset.outputs);
  const Split split = split_dataset(dataset, recipe.split);

  std::signal(SIGINT, ask_to_stop);
  Model model = untrained_model(options, recipe, dataset.outputs);
  const Dataset seen = recipe.frozen ? features_of(model, recipe, dataset, split, pool, stop_asked) : Dataset();
  Trainer trainer(recipe.frozen ? last_layer(model) : std::move(model), recipe.frozen ? seen : dataset, split,
                  recipe.train, pool);
  RunFolder folder(options.out, options.resume);
  if (options.resume) {
    folder.restore(trainer);
  } else {
    folder.write_plan(recipe, dataset, split, pool.threads());
    judge_the_start(trainer, split, folder);
  }
  tell_plan(recipe, dataset, split);
  std::cerr << (options.resume ? "goes on from the checkpoint in " + options.out : told_start(options.start, recipe))
            << "\n";
  const bool finished = run(trainer, folder);

  if (recipe.frozen) {
    set_last_layer(model, trainer.result());
  } else {
    model = trainer.result();
  }
  nlohmann::json record = training_record(options, recipe, dataset, split, trainer);
  if (finished) judge_the_end(trainer, split, folder, record);
  record["weights_hash"] = weights_hash(model.params);
  model.training_json = record.dump();
  save_model_folder(model, folder.path());
  if (finished) folder.remove_checkpoint();
  std::cerr << (finished ? "saved " : "stopped; the best so far is saved, --resume goes on: ") << options.out << "\n";
  if (options.json) std::cout << record.dump() << "\n";
}

void add_options(CLI::App& command, Options& options) {
  add_recipe_options(command, options.recipe);
  add_dataset_options(command, options.dataset);
  command.add_option("--out", options.out, "Folder for the run: the model, its recipe, curves and figures")->required();
  add_start_options(command, options.start);
  command.add_option("--name", options.name, "The model's name (default: the folder's)");
  command.add_option("--description", options.description, "One line about it, kept in the model");
  command.add_option("--threads", options.threads, "Threads (default: as many as the machine has)");
  command.add_flag("--resume", options.resume, "Go on from the checkpoint in --out, bit for bit");
  command.add_flag("--json", options.json, "Print the training record as JSON");
}

}  // namespace

void add_train(CLI::App& app, Outcome&) {
  auto* command = app.add_subcommand("train", "Train a network on your own galaxies");
  command->footer(
      "Class folders:  pinwheel train --preset small-cnn --data folder/ --out my-model\n"
      "Classes in CSV: pinwheel train --preset lesson --data pics.zip --labels l.csv --label-column cls5 --out m\n"
      "Galaxy Zoo:     pinwheel train --preset galaxy-resnet --data galaxies.zip --labels labels.csv --out m\n"
      "ImageNet body:  pinwheel train --preset resnet18-frozen --backbone resnet18.safetensors --data g.zip --out m");
  auto options = std::make_shared<Options>();
  add_options(*command, *options);
  command->callback([options] { train(*options); });
}

}  // namespace pinwheel::cli
