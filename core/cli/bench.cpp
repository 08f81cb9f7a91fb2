// pinwheel bench: how many galaxies a second each network trains on and judges here, and how near that is to what the
// machine's arithmetic can do. What is measured, and how, is core/bench.
#include "bench/bench.h"

#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "kernels/kernels.h"
#include "nn/shape_inference.h"
#include "nn/spec_json.h"

namespace pinwheel::cli {
namespace {

using bench::Figures;
using bench::Mode;
using bench::Subject;

struct Options {
  std::vector<std::string> presets;
  std::int64_t size = 0, batch = 0, repetitions = 3;
  std::string mode;
  std::size_t threads = 0;
  double seconds = 1;
  bool json = false, describe = false;
};

constexpr std::int64_t kInferenceBatch = 32;
constexpr double kWarmUp = 0.1;  // seconds

std::vector<Subject> chosen_subjects(const Options& options) {
  std::vector<Subject> subjects;
  for (const std::string& name : options.presets.empty() ? bench::subject_names() : options.presets) {
    subjects.push_back(bench::make_subject(options.size > 0 ? name + "-" + std::to_string(options.size) : name));
  }
  return subjects;
}

std::vector<Mode> chosen_modes(const Options& options) {
  if (options.mode.empty()) return {Mode::kTraining, Mode::kInference};
  return {bench::parse_mode(options.mode)};
}

struct Row {
  std::string name;
  Mode mode = Mode::kTraining;
  std::int64_t batch = 0;
  Figures figures;
};

Row measure(const Options& options, const Subject& subject, Mode mode, const ThreadPool& pool) {
  Row row{subject.name, mode, options.batch, {}};
  if (row.batch == 0) row.batch = mode == Mode::kTraining ? subject.training_batch : kInferenceBatch;
  ProgressBar bar(subject.name + " " + bench::mode_name(mode), options.repetitions);
  bench::Bench bench(subject, mode, row.batch, pool, kWarmUp);
  for (std::int64_t i = 0; i < options.repetitions; ++i) {
    bench.repeat(options.seconds);
    bar.update(i + 1);
  }
  bar.clear();
  row.figures = bench.figures();
  return row;
}

nlohmann::json row_json(const Row& row) {
  const Figures& f = row.figures;
  return {{"name", row.name},
          {"mode", bench::mode_name(row.mode)},
          {"batch", row.batch},
          {"images_per_second", f.images_per_second},
          {"spread", f.spread},
          {"milliseconds_per_batch", f.milliseconds_per_batch},
          {"gflops", f.gflops},
          {"limit_gflops", f.limit_gflops},
          {"percent_of_limit", f.percent_of_limit},
          {"hand_over_microseconds", f.hand_over_microseconds},
          {"peak_memory_bytes", f.peak_memory_bytes},
          {"repetitions", f.repetitions}};
}

void print_title(std::size_t threads) {
  std::printf("%zu %s, %s\n\n", threads, threads == 1 ? "thread" : "threads", kernels::instruction_set());
  std::printf("%-24s %-6s %6s %14s %8s %12s %10s %10s %10s\n", "network", "mode", "batch", "images/s", "spread",
              "ms/batch", "GFLOP/s", "of limit", "memory");
}

void print_row(const Row& row) {
  const Figures& f = row.figures;
  std::printf("%-24s %-6s %6lld %14.4g %7.0f%% %12.4g %10.4g %9.1f%% %7.0f MB\n", row.name.c_str(),
              bench::mode_name(row.mode), static_cast<long long>(row.batch), f.images_per_second, 100 * f.spread,
              f.milliseconds_per_batch, f.gflops, f.percent_of_limit, static_cast<double>(f.peak_memory_bytes) / 1e6);
  std::fflush(stdout);
}

void measure_all(const Options& options) {
  const ThreadPool pool(options.threads);
  nlohmann::json rows = nlohmann::json::array();
  if (!options.json) print_title(pool.threads());
  for (const Subject& subject : chosen_subjects(options)) {
    for (const Mode mode : chosen_modes(options)) {
      const Row row = measure(options, subject, mode, pool);
      options.json ? rows.push_back(row_json(row)) : print_row(row);
    }
  }
  if (!options.json) return;
  std::cout << nlohmann::json{{"instruction_set", kernels::instruction_set()},
                              {"threads", pool.threads()},
                              {"measurements", rows}}
                   .dump()
            << "\n";
}

// What somebody needs who builds the same networks elsewhere, to compare.
nlohmann::json subject_json(const Subject& subject) {
  const Cost judging = count_cost(subject.network), learning = count_cost(subject.learner);
  return {{"name", subject.name},
          {"network", spec_to_json(subject.network)},
          {"learner", spec_to_json(subject.learner)},
          {"loss", loss_name(subject.loss.kind)},
          {"head", head_name(subject.loss.head)},
          {"target", target_name(subject.target)},
          {"optimiser", optimiser_name(subject.optimiser.kind)},
          {"learning_rate", subject.optimiser.learning_rate},
          {"training_batch", subject.training_batch},
          {"inference_flop", judging.forward_flop},
          {"training_flop", learning.training_flop}};
}

void describe(const Options& options) {
  nlohmann::json subjects = nlohmann::json::array();
  for (const Subject& subject : chosen_subjects(options)) subjects.push_back(subject_json(subject));
  std::cout << nlohmann::json{{"subjects", subjects}}.dump() << "\n";
}

void add_options(CLI::App& command, Options& options) {
  command.add_option("--preset", options.presets,
                     "What to time: a preset, or resnet18, resnet50 or densenet121 with a size, as in resnet18-224 "
                     "(default: everything)");
  command.add_option("--size", options.size, "The size of the pictures of resnet18, resnet50 or densenet121");
  command.add_option("--mode", options.mode, "train (forward, backward, update) or infer (default: both)");
  command.add_option("--batch", options.batch, "Pictures at once (default: as the preset trains, 32 to judge)");
  command.add_option("--threads", options.threads, "Threads (default: as many as the machine has)");
  command.add_option("--seconds", options.seconds, "Time for one repetition; at least one batch")
      ->check(CLI::Range(0.0, 3600.0))
      ->capture_default_str();
  command.add_option("--repetitions", options.repetitions, "Images a second are the median of so many")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command.add_flag("--json", options.json, "For programs: {instruction_set, threads, measurements: [{...}]}");
  command.add_flag("--describe", options.describe, "Time nothing; print the networks themselves as JSON");
}

}  // namespace

void add_bench(CLI::App& app, Outcome&) {
  auto* command = app.add_subcommand("bench", "How many galaxies a second each network trains on and judges here");
  command->footer(
      "GFLOP/s count the multiply-adds of convolutions and dense layers alone. The limit is what the same threads "
      "reach\n"
      "in multiply-adds that touch no memory, measured in the same run. A preset with a frozen body trains its last\n"
      "layer. The memory is the most that the process held.");
  auto options = std::make_shared<Options>();
  add_options(*command, *options);
  command->callback([options] { options->describe ? describe(*options) : measure_all(*options); });
}

}  // namespace pinwheel::cli
