// pinwheel report: what runs learned, in pictures. Chooses which pictures apply to what is at hand, writes each as a
// file and all of them as one page. What a run lacks is said, and an error only where it was asked for by name.
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/dataset_options.h"
#include "cli/progress.h"
#include "cli/report_json.h"
#include "data/readers.h"
#include "infer/explain.h"
#include "io/files.h"
#include "report/galaxy_pictures.h"
#include "report/judged_pictures.h"
#include "report/page.h"
#include "report/run_folder.h"
#include "report/run_pictures.h"
#include "report/thumbnail.h"
#include "train/recipe.h"

namespace pinwheel::cli {
namespace {
namespace fs = std::filesystem;
using namespace report;

constexpr std::int64_t kWhole = 1000;  // of a progress in shares
constexpr std::size_t kShownGalaxies = 4, kShownOriginals = 2;
const std::vector<std::string> kGroups{"curves",   "compare",  "questions", "confusion",   "reliability",
                                       "mistakes", "pipeline", "augmented", "activations", "galaxy"};
const std::vector<std::string> kWithoutData{"curves", "compare"};

struct Options {
  DatasetOptions dataset;
  std::vector<std::string> runs, only, galaxies;
  std::string out;
  std::size_t threads = 0;
  bool light = false;
  Theme theme() const { return light ? Theme::kLight : Theme::kDark; }
};

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

// Spread evenly, for a folder lists one class after the other.
std::vector<std::int64_t> spread(const std::vector<std::int64_t>& indices, std::size_t count) {
  std::vector<std::int64_t> chosen;
  count = std::min(count, indices.size());
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(indices[i * indices.size() / count]);
  return chosen;
}

// Everything about one run that needs its model and the data.
class RunPictures {
 public:
  RunPictures(const Options& options, const RunRecord& run, const ThreadPool& pool)
      : options_(options), run_(run), pool_(pool), classifier_(load_model_folder(run.folder), pool) {
    const Model& model = classifier_.model();
    const TargetKind preferred = model.is_decision_tree() ? TargetKind::kFractions : TargetKind::kClasses;
    dataset_ = read_dataset(options.dataset, preferred, model.preprocess, model.spec.input, pool);
    choose_parts();
  }

  std::vector<Picture> draw() {
    if (wanted("questions") || wanted("confusion") || wanted("reliability") || wanted("mistakes")) draw_judged();
    if (wanted("pipeline")) add(pipeline_picture(model(), chosen_originals(), theme()));
    if (wanted("augmented")) draw_augmented();
    if (wanted("activations")) draw_activations();
    if (wanted("galaxy")) draw_galaxies();
    return std::move(pictures_);
  }

 private:
  const Model& model() const { return classifier_.model(); }
  Theme theme() const { return options_.theme(); }
  bool asked(const std::string& group) const { return contains(options_.only, group); }
  bool wanted(const std::string& group) const { return options_.only.empty() || asked(group); }

  void add(Picture picture) { pictures_.push_back(std::move(picture)); }

  // What a picture needs and this run does not have.
  void lack(const std::string& group, const std::string& why) const {
    const std::string message = "'" + run_.name + "' gives no picture '" + group + "': " + why;
    if (asked(group)) throw Error(ErrorCode::kInvalidArgument, message);
    std::cerr << message << "\n";
  }

  // As the model's own training split the data; all of it is one part where that is not known.
  void choose_parts() {
    const auto record = nlohmann::json::parse(model().training_json, nullptr, false);
    if (record.is_object() && record.contains("split")) {
      Split split = split_dataset(dataset_, split_from_json(record["split"]));
      training_ = std::move(split.train);
      unseen_name_ = split.test.empty() ? "validation" : "test";
      unseen_ = std::move(split.test.empty() ? split.validation : split.test);
    }
    if (!unseen_.empty()) return;
    unseen_.resize(static_cast<std::size_t>(dataset_.size()));
    for (std::size_t i = 0; i < unseen_.size(); ++i) unseen_[i] = static_cast<std::int64_t>(i);
    unseen_name_ = "whole";
  }

  Judged judged(const std::vector<std::int64_t>& indices, const std::string& part) {
    ProgressBar bar("judging the " + part + " part", static_cast<std::int64_t>(indices.size()));
    return judge(classifier_, dataset_, indices, part, [&](std::int64_t done) { bar.update(done); });
  }

  void draw_judged() {
    const Judged unseen = judged(unseen_, unseen_name_);
    if (wanted("questions")) {
      std::vector<Judged> parts;
      if (!training_.empty()) parts.push_back(judged(training_, "training"));
      parts.push_back(unseen);
      add(questions_picture(model().name, parts, theme()));
    }
    if (wanted("confusion")) {
      if (auto picture = confusion_picture(model().name, unseen, theme())) {
        add(std::move(*picture));
      } else {
        lack("confusion", "its answers are vote fractions; name a column of classes with --label-column (cls5)");
      }
    }
    if (wanted("reliability")) add(reliability_picture(model().name, unseen, theme()));
    if (wanted("mistakes")) add(mistakes_picture(dataset_, unseen, theme()));
  }

  void draw_augmented() {
    const auto preset = run_.facts.find("preset");
    if (preset == run_.facts.end()) return lack("augmented", "its config.json does not say which preset it was");
    const Augment augment = make_recipe(preset->second, model().outputs).train.augment;
    if (!augment.any()) return lack("augmented", "preset " + preset->second + " trains on the galaxies as they are");
    const auto some = spread(training_.empty() ? unseen_ : training_, kShownGalaxies);
    add(augmented_picture(dataset_, some, augment, 1, theme()));
  }

  void draw_activations() {
    const Judged few = judged(spread(unseen_, kShownGalaxies), unseen_name_);
    if (!rooms(model().spec).empty()) {
      add(activation_picture(model(), dataset_, few, pool_, theme()));
    } else {
      lack("activations", "the network has no convolution, so no maps; where it looked is drawn all the same");
    }
    ProgressBar bar("covering parts of galaxies", kWhole);
    add(heat_picture(classifier_, dataset_, few, theme(),
                     [&](double share) { bar.update(static_cast<std::int64_t>(share * kWhole)); }));
  }

  void draw_galaxies() {
    if (options_.galaxies.empty() && asked("galaxy")) lack("galaxy", "name one with --galaxy ID");
    for (const std::string& id : options_.galaxies) {
      const Original original = find_original(id);
      const Answers answers = classifier_.classify(original.image);
      const auto at = std::find(dataset_.ids.begin(), dataset_.ids.end(), original.id);
      const bool known = at != dataset_.ids.end() && dataset_.outputs == model().outputs;
      const auto truth = known ? dataset_.target(at - dataset_.ids.begin()) : std::span<const float>();
      add(galaxy_picture(original, model(), answers.values, dataset_.target_kind, truth, theme()));
    }
  }

  const FileSource& source() {
    const auto& names = options_.dataset.data;
    if (!source_) source_ = open_source(std::vector<fs::path>(names.begin(), names.end()));
    return *source_;
  }

  Original read_original(std::size_t i) { return {source().name(i), decode_image(source().read(i), source().name(i))}; }

  // By its whole name or by the part that people know.
  Original find_original(const std::string& id) {
    for (std::size_t i = 0; i < source().size(); ++i) {
      if (source().name(i) == id || stem(source().name(i)) == id) return read_original(i);
    }
    throw Error(ErrorCode::kNotFound,
                "there is no galaxy '" + id + "' in the data; one that is there: " + stem(dataset_.ids.front()));
  }

  // The galaxies that were named, or the first that it never trained on.
  std::vector<Original> chosen_originals() {
    std::vector<std::string> ids = options_.galaxies;
    if (ids.empty()) {
      for (const auto i : spread(unseen_, kShownOriginals)) ids.push_back(dataset_.ids[static_cast<std::size_t>(i)]);
    }
    std::vector<Original> originals;
    for (const std::string& id : ids) originals.push_back(find_original(id));
    return originals;
  }

  const Options& options_;
  const RunRecord& run_;
  const ThreadPool& pool_;
  Classifier classifier_;
  Dataset dataset_;
  std::vector<std::int64_t> training_, unseen_;
  std::string unseen_name_;
  std::unique_ptr<FileSource> source_;
  std::vector<Picture> pictures_;
};

bool wants_data(const Options& options) {
  return options.only.empty() || !std::all_of(options.only.begin(), options.only.end(),
                                              [](const auto& group) { return contains(kWithoutData, group); });
}

void require_data(const Options& options) {
  if (!options.dataset.data.empty()) return;
  for (const std::string& group : options.only) {
    if (contains(kWithoutData, group)) continue;
    throw Error(ErrorCode::kInvalidArgument, "picture '" + group + "' needs the galaxies: add --data (and --labels)");
  }
  if (!options.galaxies.empty()) {
    throw Error(ErrorCode::kInvalidArgument, "--galaxy needs the galaxies: add --data (and --labels)");
  }
}

std::vector<Picture> draw_all(const Options& options, std::span<const RunRecord> runs) {
  std::vector<Picture> pictures;
  const auto wanted = [&](const char* group) { return options.only.empty() || contains(options.only, group); };
  if (wanted("curves")) pictures = curve_pictures(runs, options.theme());
  if (wanted("compare")) pictures.push_back(compare_picture(runs, options.theme()));
  if (options.dataset.data.empty() || !wants_data(options)) return pictures;
  const ThreadPool pool(options.threads);
  for (const RunRecord& run : runs) {
    for (Picture& picture : RunPictures(options, run, pool).draw()) {
      if (runs.size() > 1) picture.name += "-" + file_name(run.name);
      pictures.push_back(std::move(picture));
    }
  }
  // Of several runs the same pictures beside each other.
  const auto rank = [](const Picture& p) {
    return std::find(kGroups.begin(), kGroups.end(), p.group) - kGroups.begin();
  };
  std::stable_sort(pictures.begin(), pictures.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return pictures;
}

void make_report(const Options& options) {
  require_data(options);
  std::vector<RunRecord> runs;
  std::string subject;
  for (const std::string& folder : options.runs) {
    runs.push_back(read_run(folder));
    subject += (subject.empty() ? "" : ", ") + runs.back().name;
  }
  const auto pictures = draw_all(options, runs);
  const fs::path out = options.out;
  for (const Picture& picture : pictures) write_file(out / (picture.name + ".svg"), bytes_of(picture.document));
  write_file(out / "index.html", bytes_of(report_page(subject, pictures, options.theme())));
  std::cout << pictures.size() << " pictures in " << (out / "index.html").string() << "\n";
  if (options.dataset.data.empty() && wants_data(options)) {
    std::cout << "with --data the report also shows galaxies: mistakes, calibration, layers, how they are prepared\n";
  }
}

}  // namespace

void add_report(CLI::App& app, Outcome&) {
  auto* command = app.add_subcommand("report", "Draw what runs learned: curves, mistakes, what the layers see");
  command->footer(
      "Curves of two runs:  pinwheel report run-a run-b --out report\n"
      "Everything:          pinwheel report run-a --data galaxies.zip --labels labels.csv --out report\n"
      "One galaxy:          pinwheel report run-a --data galaxies.zip --only galaxy --galaxy 100008 --out report\n"
      "The page is report/index.html; every picture is also an SVG file beside it.");
  auto options = std::make_shared<Options>();
  command->add_option("run", options->runs, "Folders that `pinwheel train` wrote")->required();
  add_dataset_options(*command, options->dataset);
  command->get_option("--data")->required(false);
  command->add_option("--galaxy", options->galaxies, "A galaxy to show, by its file's name or ID (may be repeated)");
  command->add_option("--out", options->out, "Folder for index.html and the SVG files")->required();
  command->add_option("--only", options->only, "Only these pictures")->check(CLI::IsMember(kGroups))->delimiter(',');
  command->add_flag("--light", options->light, "Dark on light, for projectors (paper is always light)");
  command->add_option("--threads", options->threads, "Threads (default: as many as the machine has)");
  command->callback([options] { make_report(*options); });
}

}  // namespace pinwheel::cli
