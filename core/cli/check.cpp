// pinwheel check: what a data set holds and what is wrong with it, before anybody trains on it.
#include "data/check.h"

#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/dataset_options.h"

namespace pinwheel::cli {
namespace {

struct Options {
  DatasetOptions dataset;
  std::int64_t size = 64;
  std::size_t threads = 0;
  bool json = false;
};

void print_json(const DataReport& report) {
  nlohmann::ordered_json outputs = nlohmann::json::array(), problems = nlohmann::json::array();
  for (std::size_t k = 0; k < report.outputs.size(); ++k) {
    outputs.push_back({{"name", report.outputs[k]}, {"sum", report.sums[k]}});
  }
  for (const DataProblem& problem : report.problems) {
    problems.push_back({{"finding", finding_name(problem.finding)},
                        {"count", problem.count},
                        {"example", problem.example},
                        {"sentence", problem.sentence}});
  }
  const nlohmann::ordered_json json{{"galaxies", report.galaxies},
                                    {"target", target_name(report.target_kind)},
                                    {"outputs", outputs},
                                    {"problems", problems}};
  std::cout << json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

void print_text(const DataReport& report) {
  std::printf("%lld galaxies with %s\n\n", static_cast<long long>(report.galaxies), target_name(report.target_kind));
  const double most = *std::max_element(report.sums.begin(), report.sums.end());
  for (std::size_t k = 0; k < report.outputs.size(); ++k) {
    const auto bar = static_cast<std::size_t>(most > 0 ? 40 * report.sums[k] / most + 0.5 : 0);
    std::printf("  %-28s %10.6g  %s\n", report.outputs[k].c_str(), report.sums[k], std::string(bar, '#').c_str());
  }
  std::printf("\n%s\n", report.problems.empty() ? "Nothing wrong was found." : "What was found:");
  for (const DataProblem& problem : report.problems) std::printf("- %s\n", problem.sentence.c_str());
}

void check(const Options& options) {
  const ThreadPool pool(options.threads);
  Preprocess preprocess;
  preprocess.steps = {Resize{options.size, options.size, Resampler::kBilinearAntialias}};
  LoadReport loaded;
  const Dataset dataset = read_dataset(options.dataset, TargetKind::kFractions, preprocess,
                                       Extent::image(options.size, options.size, 3), pool, &loaded);
  const DataReport report = check_dataset(dataset, loaded);
  options.json ? print_json(report) : print_text(report);
}

}  // namespace

void add_check(CLI::App& app, Outcome&) {
  auto* command = app.add_subcommand("check", "Look over a data set before training: counts and what is wrong with it");
  command->footer(
      "Finds files and rows that cannot be used, classes without galaxies, missing labels, pictures that are there\n"
      "twice (also with different labels), blank pictures, lopsided classes. Rows of vote fractions must add up along\n"
      "the tree of questions.");
  auto options = std::make_shared<Options>();
  add_dataset_options(*command, options->dataset);
  command->add_option("--size", options->size, "Pixels a side at which pictures are compared")
      ->check(CLI::Range(8, 512));
  command->add_option("--threads", options->threads, "Threads (default: as many as the machine has)");
  command->add_flag("--json", options->json, "For programs: {galaxies, target, outputs, problems}");
  command->callback([options] { check(*options); });
}

}  // namespace pinwheel::cli
