// pinwheel evaluate: how good a model is on galaxies whose answers are known. A model of the 37 answers is also judged
// on classes: on the five confident classes of the challenge by the largest of their columns.
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"
#include "cli/assessment_text.h"
#include "cli/commands.h"
#include "cli/dataset_options.h"
#include "cli/progress.h"
#include "cli/report_json.h"
#include "cli/shelf.h"
#include "infer/classifier.h"
#include "io/files.h"
#include "report/galaxy_pictures.h"
#include "report/judged.h"
#include "report/judged_pictures.h"
#include "report/page.h"
#include "train/assessment.h"

namespace pinwheel::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  DatasetOptions dataset;
  std::string model, split = "auto", out;
  std::size_t threads = 0;
  int views = 0;
  bool json = false;
};

// The part of the data to judge on. `auto` is the part that the model's own training kept for tests, or else
// everything.
struct Part {
  std::string name;
  std::vector<std::int64_t> indices;
};
Part choose_part(const Options& options, const Model& model, const Dataset& dataset) {
  const auto record = nlohmann::json::parse(model.training_json, nullptr, false);
  const bool known = record.is_object() && record.contains("split");
  if (options.split == "all" || (options.split == "auto" && !known)) {
    Part whole{"whole", std::vector<std::int64_t>(static_cast<std::size_t>(dataset.size()))};
    std::iota(whole.indices.begin(), whole.indices.end(), std::int64_t{0});
    return whole;
  }
  if (!known)
    throw Error(ErrorCode::kInvalidArgument, "the model does not say how its data was split; use --split all");
  Split split = split_dataset(dataset, split_from_json(record["split"]));
  if (options.split == "train") return {"training", std::move(split.train)};
  // A preset may keep no test part: then what it validated on is the nearest to unseen, and the reader is told.
  const bool no_test = options.split == "auto" && split.test.empty();
  if (no_test) std::cerr << "the model's training kept no test part; these figures are on its validation part\n";
  if (options.split == "validation" || no_test) return {"validation", std::move(split.validation)};
  return {"test", std::move(split.test)};
}

TargetKind preferred_target(const Model& model) {
  return model.is_decision_tree() ? TargetKind::kFractions : TargetKind::kClasses;
}

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::vector<report::Picture> draw_judged(const std::string& model, const Dataset& dataset,
                                         const report::Judged& judged) {
  constexpr report::Theme kTheme = report::Theme::kDark;
  std::vector<report::Picture> pictures{report::questions_picture(model, {&judged, 1}, kTheme)};
  if (auto confusion = report::confusion_picture(model, judged, kTheme)) pictures.push_back(std::move(*confusion));
  pictures.push_back(report::reliability_picture(model, judged, kTheme));
  pictures.push_back(report::mistakes_picture(dataset, judged, kTheme));
  return pictures;
}

void write_folder(const fs::path& folder, const nlohmann::json& figures, const Dataset& dataset,
                  const report::Judged& judged) {
  write_file(folder / "metrics.json", bytes_of(figures.dump(2) + "\n"));
  write_file(folder / "predictions.csv", bytes_of(predictions_csv(judged)));
  const std::string model = figures["model"];
  const auto pictures = draw_judged(model, dataset, judged);
  for (const report::Picture& picture : pictures)
    write_file(folder / (picture.name + ".svg"), bytes_of(picture.document));
  write_file(folder / "index.html", bytes_of(report::report_page(model, pictures, report::Theme::kDark)));
}

// What is judged is not what was trained on: the loss here is the one that the targets have by nature, cross-entropy of
// classes and mean squared error of fractions.
Assessment assess_judged(const report::Judged& judged) {
  Assessment a = assess(judged.kind, judged.answers, judged.targets, static_cast<std::int64_t>(judged.size()),
                        static_cast<std::int64_t>(judged.outputs.size()), 0);
  const bool classes = judged.kind == TargetKind::kClasses;
  a.metrics.loss = classes && a.log_loss ? *a.log_loss
                   : a.metrics.rmse      ? *a.metrics.rmse * *a.metrics.rmse
                                         : std::nan("");
  return a;
}

void evaluate(const Options& options) {
  const ThreadPool pool(options.threads);
  Classifier classifier(with_views(open_model(options.model), options.views), pool);
  const Model& model = classifier.model();
  const Dataset dataset =
      read_dataset(options.dataset, preferred_target(model), model.preprocess, model.spec.input, pool);
  Part part = choose_part(options, model, dataset);
  if (part.indices.empty()) throw Error(ErrorCode::kInvalidArgument, "that part of the data holds no galaxy");
  ProgressBar bar("judging", static_cast<std::int64_t>(part.indices.size()));
  const report::Judged judged = report::judge(classifier, dataset, std::move(part.indices), part.name,
                                              [&](std::int64_t done) { bar.update(done); });
  bar.clear();
  const Assessment assessment = assess_judged(judged);
  nlohmann::json figures = assessment_json(assessment, judged);
  figures["model"] = model.name;
  if (!options.out.empty()) write_folder(options.out, figures, dataset, judged);
  if (options.json) {
    std::cout << figures.dump() << "\n";
    return;
  }
  std::cout << assessment_table(model.name, assessment, judged);
  if (!options.out.empty())
    std::cout << "\nmetrics.json, predictions.csv and the pictures (index.html) are in " << options.out << "\n";
}

}  // namespace

void add_evaluate(CLI::App& app, Outcome&) {
  auto* command = app.add_subcommand("evaluate", "Measure a model on galaxies whose answers are known");
  command->footer(
      "By default the figures are for the galaxies that the model's own training kept aside.\n"
      "A model of the 37 answers can also be judged on the five confident classes: --label-column cls5.");
  auto options = std::make_shared<Options>();
  command->add_option("--model", options->model, "Model folder, file or shipped name (default: the shipped one)");
  add_dataset_options(*command, options->dataset);
  command->add_option("--split", options->split, "Which part: auto, test, validation, train or all")
      ->check(CLI::IsMember({"auto", "test", "validation", "train", "all"}));
  command->add_option("--out", options->out, "Also write metrics.json, predictions.csv and pictures into this folder");
  add_views_option(*command, options->views);
  command->add_option("--threads", options->threads, "Threads (default: as many as the machine has)");
  command->add_flag("--json", options->json, "Print the figures as one flat JSON object");
  command->callback([options] { evaluate(*options); });
}

}  // namespace pinwheel::cli
