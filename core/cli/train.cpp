// pinwheel train: a preset, a data set, a model. A loop over Trainer::step with a bar, a curve file, a checkpoint after
// every epoch that --resume goes on from, and a figure on galaxies that it never saw.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/dataset_options.h"
#include "cli/progress.h"
#include "cli/report_json.h"
#include "cli/shelf.h"
#include "galaxy/decision_tree.h"
#include "nn/params.h"
#include "train/recipe.h"
#include "train/trainer.h"

namespace pinwheel::cli {
namespace {
namespace fs = std::filesystem;

constexpr const char* kCheckpoint = "checkpoint.safetensors";
constexpr const char* kCurve = "curve.csv";

struct Options {
  DatasetOptions dataset;
  std::string preset, from, out, name, description;
  std::optional<double> epochs, learning_rate, validation, test;
  std::optional<std::int64_t> batch_size, max_steps, patience;
  std::optional<std::uint64_t> seed, split_seed;
  std::size_t threads = 0;
  bool resume = false, json = false;
};

// A signal handler can reach nothing but a global: Ctrl-C asks the loop to stop after this step and keep what it has.
volatile std::sig_atomic_t stop_asked = 0;
extern "C" void ask_to_stop(int) { stop_asked = 1; }

template <typename Value>
void take(const std::optional<Value>& given, Value& into) {
  if (given) into = *given;
}

void override_recipe(const Options& options, Recipe& recipe) {
  take(options.epochs, recipe.train.epochs);
  take(options.learning_rate, recipe.train.optimiser.learning_rate);
  take(options.batch_size, recipe.train.batch_size);
  take(options.max_steps, recipe.train.max_steps);
  take(options.patience, recipe.train.patience);
  take(options.seed, recipe.train.seed);
  take(options.validation, recipe.split.validation);
  take(options.test, recipe.split.test);
  take(options.split_seed, recipe.split.seed);
  if (!options.dataset.split_file.empty()) recipe.split.kind = SplitKind::kGiven;
}

// Fresh weights by the recipe, or those of an earlier model of the same network.
Params start_params(const Options& options, const Recipe& recipe, const std::vector<std::string>& outputs) {
  if (options.from.empty()) return initialise(recipe.spec, recipe.train.init, Rng(recipe.train.seed));
  Model earlier = open_model(options.from);
  if (earlier.spec != recipe.spec || earlier.outputs != outputs) {
    throw Error(
        ErrorCode::kInvalidArgument,
        "'" + earlier.name + "' has another network or other answers than this preset and data: train without --from");
  }
  return std::move(earlier.params);
}

Model untrained_model(const Options& options, const Recipe& recipe, const std::vector<std::string>& outputs) {
  Model model;
  model.name = options.name.empty() ? fs::path(options.out).filename().string() : options.name;
  model.description = options.description.empty() ? recipe.summary : options.description;
  model.spec = recipe.spec;
  model.params = start_params(options, recipe, outputs);
  model.head = recipe.head;
  model.preprocess = recipe.preprocess;
  model.outputs = outputs;
  return model;
}

void write_bytes(const fs::path& path, const std::vector<std::uint8_t>& bytes) {
  const fs::path unfinished = path.string() + ".part";
  std::ofstream file(unfinished, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) throw Error(ErrorCode::kBadFile, "cannot write " + path.string() + ": is the disk full or read-only?");
  fs::rename(unfinished, path);
}

std::vector<std::uint8_t> read_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorCode::kNotFound, "nothing to resume: " + path.string() + " does not exist");
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_curve(const fs::path& path, const std::vector<EpochReport>& history) {
  std::ofstream file(path);
  file << "epoch,train_loss,validation_loss,validation_accuracy,validation_rmse,best\n";
  for (const auto& epoch : history) {
    const auto& v = epoch.validation;
    file << epoch.epoch << ',' << epoch.train_loss << ',' << v.loss << ',';
    if (v.accuracy) file << *v.accuracy;
    file << ',';
    if (v.rmse) file << *v.rmse;
    file << ',' << (epoch.best ? 1 : 0) << '\n';
  }
}

std::string loss_note(const StepReport& step) {
  char text[64];
  std::snprintf(text, sizeof text, "epoch %.1f  loss %.4f", step.epoch, step.loss);
  return text;
}

void after_epoch(Trainer& trainer, ProgressBar& bar, const fs::path& out, double seconds) {
  const EpochReport epoch = trainer.finish_epoch();
  bar.clear();
  std::fprintf(stderr, "epoch %lld: training loss %.4f; validation %s%s  (%s)\n", static_cast<long long>(epoch.epoch),
               epoch.train_loss, metrics_line(epoch.validation).c_str(), epoch.best ? "  *best" : "",
               human_duration(seconds).c_str());
  write_curve(out / kCurve, trainer.history());
  write_bytes(out / kCheckpoint, trainer.snapshot());
}

// Runs to the end, or to Ctrl-C. Returns true when it finished.
bool run(Trainer& trainer, const fs::path& out) {
  const auto start = std::chrono::steady_clock::now();
  ProgressBar bar("training", trainer.total_steps());
  while (!trainer.done() && !stop_asked) {
    const StepReport step = trainer.step();
    bar.update(step.step, loss_note(step));
    if (step.epoch_end) {
      after_epoch(trainer, bar, out, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
  }
  return trainer.done();
}

nlohmann::json training_record(const Options& options, const Recipe& recipe, const Dataset& dataset, const Split& split,
                               const Trainer& trainer) {
  nlohmann::json data = nlohmann::json::array();
  for (const auto& path : options.dataset.data) data.push_back(fs::path(path).filename().string());
  return {{"preset", recipe.name},
          {"from", fs::path(options.from).filename().string()},
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
  std::cerr << "training " << recipe.name << " (" << count_parameters(recipe.spec) << " parameters) on "
            << split.train.size() << " of " << dataset.size() << " galaxies; " << split.validation.size()
            << " validate, " << split.test.size() << " test; Ctrl-C stops and keeps the best so far\n";
}

void train(const Options& options) {
  const ThreadPool pool(options.threads);
  const Recipe draft = make_recipe(options.preset, galaxy::columns());
  const TargetKind target = resolve_target(options.dataset, draft.target_kind);
  const Dataset dataset = read_dataset(options.dataset, target, draft.preprocess, draft.spec.input, pool);
  Recipe recipe = make_recipe(options.preset, dataset.outputs);
  override_recipe(options, recipe);
  const Split split = split_dataset(dataset, recipe.split);

  const fs::path out = options.out;
  fs::create_directories(out);
  Trainer trainer(untrained_model(options, recipe, dataset.outputs), dataset, split, recipe.train, pool);
  if (options.resume) trainer.restore(read_bytes(out / kCheckpoint));
  tell_plan(recipe, dataset, split);
  std::signal(SIGINT, ask_to_stop);
  const bool finished = run(trainer, out);

  Model model = trainer.result();
  nlohmann::json record = training_record(options, recipe, dataset, split, trainer);
  if (finished && !split.test.empty()) record["test"] = metrics_json(trainer.evaluate(split.test));
  record["weights_hash"] = weights_hash(model.params);
  model.training_json = record.dump();
  save_model_folder(model, out);
  if (finished) fs::remove(out / kCheckpoint);

  std::cerr << (finished ? "saved " : "stopped; the best so far is saved, --resume goes on: ") << out.string() << "\n";
  if (options.json) {
    std::cout << record.dump() << "\n";
  } else if (record.contains("test")) {
    std::cout << "test: " << metrics_line(trainer.evaluate(split.test)) << "\n";
  }
}

void add_options(CLI::App& command, Options& options) {
  command.add_option("--preset", options.preset, "Which experiment (see `pinwheel presets`)")->required();
  add_dataset_options(command, options.dataset);
  command.add_option("--from", options.from,
                     "Go on from the weights of this model (fine-tuning) instead of fresh ones");
  command.add_option("--out", options.out, "Folder for the model: config.json, model.safetensors, curve.csv")
      ->required();
  command.add_option("--name", options.name, "The model's name (default: the folder's)");
  command.add_option("--description", options.description, "One line about it, kept in the model");
  command.add_option("--epochs", options.epochs, "Times through the data")->check(CLI::PositiveNumber);
  command.add_option("--learning-rate", options.learning_rate, "Peak learning rate")->check(CLI::PositiveNumber);
  command.add_option("--batch-size", options.batch_size, "Galaxies a step")->check(CLI::Range(1, 65536));
  command.add_option("--max-steps", options.max_steps, "Stop after so many steps")->check(CLI::PositiveNumber);
  command.add_option("--patience", options.patience, "Stop after so many epochs without a better figure; 0: never")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--seed", options.seed, "Same seed, same weights, whatever the threads");
  command.add_option("--split-seed", options.split_seed, "Seed of the split into training, validation and test");
  command.add_option("--validation", options.validation, "Part kept for validation")->check(CLI::Range(0.0, 0.9));
  command.add_option("--test", options.test, "Part kept for the final figure")->check(CLI::Range(0.0, 0.9));
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
      "Galaxy Zoo:     pinwheel train --preset galaxy-resnet --data galaxies.zip --labels labels.csv --out m");
  auto options = std::make_shared<Options>();
  add_options(*command, *options);
  command->callback([options] { train(*options); });
}

}  // namespace pinwheel::cli
