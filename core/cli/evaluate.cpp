// pinwheel evaluate: how good a model is on galaxies whose answers are known. A model of the 37 answers is also judged
// on classes: on the five confident classes of the challenge by the largest of their columns.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/dataset_options.h"
#include "cli/progress.h"
#include "cli/report_json.h"
#include "cli/shelf.h"
#include "galaxy/labels.h"
#include "infer/classifier.h"

namespace pinwheel::cli {
namespace {

constexpr std::size_t kBatch = 64;

struct Options {
  DatasetOptions dataset;
  std::string model, split = "auto", out;
  std::size_t threads = 0;
  int views = 0;
  bool json = false;
};

// The part of the data to judge on. `auto` is the part that the model's own training kept for tests, or else
// everything.
std::vector<std::int64_t> choose_examples(const Options& options, const Model& model, const Dataset& dataset) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(dataset.size()));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
  const auto record = nlohmann::json::parse(model.training_json, nullptr, false);
  const bool known = record.is_object() && record.contains("split");
  if (options.split == "all" || (options.split == "auto" && !known)) return all;
  if (!known)
    throw Error(ErrorCode::kInvalidArgument, "the model does not say how its data was split; use --split all");
  Split split = split_dataset(dataset, split_from_json(record["split"]));
  if (options.split == "train") return split.train;
  // A preset may keep no test part: then what it validated on is the nearest to unseen, and the reader is told.
  const bool no_test = options.split == "auto" && split.test.empty();
  if (no_test) std::cerr << "the model's training kept no test part; these figures are on its validation part\n";
  return options.split == "validation" || no_test ? split.validation : split.test;
}

// [indices, outputs] answers after the head, averaged over the model's views.
std::vector<float> predict(Classifier& classifier, const Dataset& dataset, std::span<const std::int64_t> indices) {
  const auto size = static_cast<std::size_t>(dataset.extent.size());
  std::vector<float> predictions;
  ProgressBar bar("judging", static_cast<std::int64_t>(indices.size()));
  for (std::size_t begin = 0; begin < indices.size(); begin += kBatch) {
    std::vector<Image> pictures;
    for (const auto index : indices.subspan(begin, std::min(kBatch, indices.size() - begin))) {
      const std::uint8_t* pixels = dataset.image(index);
      pictures.push_back(
          {dataset.extent.height, dataset.extent.width, dataset.extent.channels, {pixels, pixels + size}});
    }
    for (const Answers& answers : classifier.classify_seen(pictures)) {
      predictions.insert(predictions.end(), answers.values.begin(), answers.values.end());
    }
    bar.update(static_cast<std::int64_t>(begin + pictures.size()));
  }
  return predictions;
}

bool is_five_classes(const std::vector<std::string>& classes) {
  const auto& five = galaxy::five_classes();
  return std::equal(classes.begin(), classes.end(), five.begin(), five.end());
}

// From 37 weighted fractions to shares of the five confident classes, for accuracy and AUC.
std::vector<float> five_class_scores(std::span<const float> predictions) {
  const std::size_t n = predictions.size() / galaxy::kAnswers;
  const auto columns = galaxy::five_class_columns();
  std::vector<float> scores;
  for (std::size_t i = 0; i < n; ++i) {
    float total = 1e-12F;
    for (const int column : columns) total += predictions[i * galaxy::kAnswers + static_cast<std::size_t>(column)];
    for (const int column : columns) {
      scores.push_back(predictions[i * galaxy::kAnswers + static_cast<std::size_t>(column)] / total);
    }
  }
  return scores;
}

double mean_cross_entropy(std::span<const float> scores, std::span<const float> targets, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (targets[i] > 0) sum -= static_cast<double>(targets[i]) * std::log(std::max(scores[i], 1e-12F));
  }
  return n == 0 ? 0.0 : sum / static_cast<double>(n);
}

double mean_squared_error(std::span<const float> scores, std::span<const float> targets) {
  double sum = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) sum += std::pow(static_cast<double>(scores[i] - targets[i]), 2);
  return scores.empty() ? 0.0 : sum / static_cast<double>(scores.size());
}

TargetKind preferred_target(const Model& model) {
  return model.is_decision_tree() ? TargetKind::kFractions : TargetKind::kClasses;
}

// Data classes must be the model's own, or the five that 37 answers can be read as.
std::vector<float> match_outputs(const Model& model, const Dataset& dataset, std::vector<float> predictions) {
  if (dataset.outputs == model.outputs) return predictions;
  if (model.is_decision_tree() && is_five_classes(dataset.outputs)) return five_class_scores(predictions);
  std::string ours, theirs;
  for (const auto& name : model.outputs) ours += (ours.empty() ? "" : ", ") + name;
  for (const auto& name : dataset.outputs) theirs += (theirs.empty() ? "" : ", ") + name;
  throw Error(ErrorCode::kInvalidArgument,
              "the model answers " + ours + "; the data has " + theirs + ": these cannot be compared");
}

void print_confusion(const Dataset& dataset, const Metrics& metrics) {
  if (metrics.confusion.empty()) return;
  std::printf("\n  %-26s predicted in the same order\n", "truth");
  for (std::size_t row = 0; row < metrics.confusion.size(); ++row) {
    std::printf("  %-26s", dataset.outputs[row].c_str());
    for (const auto count : metrics.confusion[row]) std::printf(" %6lld", static_cast<long long>(count));
    std::printf("\n");
  }
}

void print_questions(const Metrics& metrics) {
  for (std::size_t q = 0; q < metrics.question_accuracy.size(); ++q) {
    std::printf("  %-64s %.3f\n", std::string(galaxy::questions()[q].text).c_str(), metrics.question_accuracy[q]);
  }
}

void evaluate(const Options& options) {
  const ThreadPool pool(options.threads);
  Classifier classifier(with_views(open_model(options.model), options.views), pool);
  const Model& model = classifier.model();
  const TargetKind target = resolve_target(options.dataset, preferred_target(model));
  const Dataset dataset = read_dataset(options.dataset, target, model.preprocess, model.spec.input, pool);
  const auto indices = choose_examples(options, model, dataset);
  if (indices.empty()) throw Error(ErrorCode::kInvalidArgument, "that part of the data holds no galaxy");
  const auto scores = match_outputs(model, dataset, predict(classifier, dataset, indices));
  std::vector<float> targets;
  for (const auto i : indices) targets.insert(targets.end(), dataset.target(i).begin(), dataset.target(i).end());
  const double loss = target == TargetKind::kClasses ? mean_cross_entropy(scores, targets, indices.size())
                                                     : mean_squared_error(scores, targets);
  const Metrics metrics =
      compute_metrics(target, scores, targets, static_cast<std::int64_t>(indices.size()), dataset.width(), loss);
  nlohmann::json json = metrics_json(metrics);
  json["model"] = model.name;
  if (!options.out.empty()) std::ofstream(options.out) << json.dump(2) << "\n";
  if (options.json) {
    std::cout << json.dump() << "\n";
    return;
  }
  std::printf("%s: %s\n", model.name.c_str(), metrics_line(metrics).c_str());
  print_questions(metrics);
  print_confusion(dataset, metrics);
}

}  // namespace

void add_evaluate(CLI::App& app, Outcome&) {
  auto* command = app.add_subcommand("evaluate", "Measure a model on galaxies whose answers are known");
  command->footer(
      "By default the figures are for the galaxies that the model's own training kept aside.\n"
      "A model of the 37 answers can also be judged on the five confident classes: --label-column cls5.");
  auto options = std::make_shared<Options>();
  command->add_option("--model", options->model, "Model folder or shipped name (default: the shipped one)");
  add_dataset_options(*command, options->dataset);
  command->add_option("--split", options->split, "Which part: auto, test, validation, train or all")
      ->check(CLI::IsMember({"auto", "test", "validation", "train", "all"}));
  command->add_option("--out", options->out, "Also write the figures to this JSON file");
  add_views_option(*command, options->views);
  command->add_option("--threads", options->threads, "Threads (default: as many as the machine has)");
  command->add_flag("--json", options->json, "Print the figures as one flat JSON object");
  command->callback([options] { evaluate(*options); });
}

}  // namespace pinwheel::cli
