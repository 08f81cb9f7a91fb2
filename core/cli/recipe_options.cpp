#include "cli/recipe_options.h"

#include <array>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "io/bounded_json.h"
#include "nn/shape_inference.h"
#include "train/recipe_json.h"

namespace pinwheel::cli {
namespace {

using nlohmann::json;

enum class Kind { kNumber, kWord, kSwitch };

struct Option {
  const char* name;   // "--learning-rate"
  const char* place;  // in the recipe's JSON
  Kind kind;
  const char* group;
  const char* help;
};

constexpr const char* kPace = "How long and how fast";
constexpr const char* kAim = "What it aims at";
constexpr const char* kViews = "Views of a galaxy in training";
constexpr const char* kStart = "Where it starts";
constexpr const char* kSides = "Who trains and who tests";
constexpr const char* kPicture = "What the network sees";

constexpr std::array kOptions{
    Option{"--epochs", "/train/epochs", Kind::kNumber, kPace, "Times through the data"},
    Option{"--max-steps", "/train/max_steps", Kind::kNumber, kPace, "Stop after so many steps, whatever the epochs"},
    Option{"--batch-size", "/train/batch_size", Kind::kNumber, kPace, "Galaxies a step"},
    Option{"--learning-rate", "/train/optimiser/learning_rate", Kind::kNumber, kPace, "Peak learning rate"},
    Option{"--schedule", "/train/schedule/kind", Kind::kWord, kPace, "constant, step or cosine"},
    Option{"--warmup-epochs", "/train/schedule/warmup_epochs", Kind::kNumber, kPace,
           "The rate rises from 0 over these"},
    Option{"--step-every", "/train/schedule/step_every_epochs", Kind::kNumber, kPace, "Schedule step: epochs between"},
    Option{"--step-factor", "/train/schedule/step_factor", Kind::kNumber, kPace, "Schedule step: times this"},
    Option{"--patience", "/train/patience", Kind::kNumber, kPace,
           "Stop after so many epochs without a better; 0: never"},
    Option{"--restore-best", "/train/restore_best", Kind::kSwitch, kPace, "on: end with the best epoch's weights"},
    Option{"--optimiser", "/train/optimiser/kind", Kind::kWord, kAim, "sgd, momentum, nesterov, adam or adamw"},
    Option{"--momentum", "/train/optimiser/momentum", Kind::kNumber, kAim, "Of momentum and nesterov"},
    Option{"--beta1", "/train/optimiser/beta1", Kind::kNumber, kAim, "Of adam and adamw"},
    Option{"--beta2", "/train/optimiser/beta2", Kind::kNumber, kAim, "Of adam and adamw"},
    Option{"--adam-eps", "/train/optimiser/eps", Kind::kNumber, kAim, "Of adam and adamw"},
    Option{"--weight-decay", "/train/optimiser/weight_decay", Kind::kNumber, kAim, "Pulls weights towards zero"},
    Option{"--weight-average", "/train/weight_average", Kind::kNumber, kAim, "Decay of a moving average; 0: none"},
    Option{"--loss", "/train/loss", Kind::kWord, kAim,
           "bce_sum, mse, weighted_mse, rmse, cross_entropy, question_bce or dirichlet_multinomial"},
    Option{"--head", "/head", Kind::kWord, kAim, "softmax; for 37 answers sigmoid, tree or votes"},
    Option{"--rotate", "/train/augment/rotate_degrees", Kind::kNumber, kViews, "Turned by up to so many degrees"},
    Option{"--flip-horizontal", "/train/augment/flip_horizontal", Kind::kSwitch, kViews,
           "on: mirrored half of the time"},
    Option{"--flip-vertical", "/train/augment/flip_vertical", Kind::kSwitch, kViews,
           "on: upside down half of the time"},
    Option{"--shift", "/train/augment/shift", Kind::kNumber, kViews, "Moved by up to this part of the side"},
    Option{"--zoom", "/train/augment/zoom", Kind::kNumber, kViews, "0.2: up to a fifth larger or smaller"},
    Option{"--brightness", "/train/augment/brightness", Kind::kNumber, kViews, "0.2: up to a fifth brighter or darker"},
    Option{"--seed", "/train/seed", Kind::kNumber, kStart, "Same seed, same weights, whatever the threads"},
    Option{"--init", "/train/init/kind", Kind::kWord, kStart, "torch, xavier_uniform, glorot_uniform, he or normal"},
    Option{"--init-scale", "/train/init/scale", Kind::kNumber, kStart, "Standard deviation of normal"},
    Option{"--init-bias", "/train/init/bias_value", Kind::kNumber, kStart, "Biases of xavier_uniform"},
    Option{"--initialisations", "/train/initialisations", Kind::kNumber, kStart, "The best of so many starts goes on"},
    Option{"--frozen", "/frozen", Kind::kSwitch, kStart, "on: only the last layer learns; off: all of them"},
    Option{"--split", "/split/kind", Kind::kWord, kSides, "random, stratified, hash or given"},
    Option{"--split-seed", "/split/seed", Kind::kNumber, kSides, "Seed of the split"},
    Option{"--validation", "/split/validation", Kind::kNumber, kSides, "Part that is watched after every epoch"},
    Option{"--test", "/split/test", Kind::kNumber, kSides, "Part kept for the final figure"},
    Option{"--bgr", "/preprocess/bgr", Kind::kSwitch, kPicture, "on: blue first, as OpenCV reads"},
    Option{"--divide-by", "/preprocess/divide_by", Kind::kNumber, kPicture, "What 8-bit values are divided by"}};

double as_number(const std::string& option, const std::string& text) {
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorCode::kInvalidArgument, option + " needs a number, not '" + text + "'");
  }
  return value;
}

// What is not one place: a change to several layers or steps at once.
struct Change {
  const char* name;
  const char* value;
  const char* group;
  const char* help;
  void (*apply)(json& recipe, const std::string& text);
};

template <typename Use>
int for_each_of(json& list, const char* key, const char* kind, Use use) {
  int count = 0;
  for (json& item : list) {
    if (item[key] != kind) continue;
    use(item);
    ++count;
  }
  return count;
}

void need_some(int count, const char* option, const char* what) {
  if (count == 0) throw Error(ErrorCode::kInvalidArgument, std::string(option) + ": this preset has no " + what);
}

void set_dropout(json& recipe, const std::string& text) {
  const double p = as_number("--dropout", text);
  need_some(for_each_of(recipe["network"]["layers"], "kind", "dropout", [p](json& layer) { layer["p"] = p; }),
            "--dropout", "dropout layer");
}

void set_crop(json& recipe, const std::string& text) {
  const double size = as_number("--crop", text);
  json& steps = recipe["preprocess"]["steps"];
  if (size == 0) {
    std::erase_if(steps.get_ref<json::array_t&>(), [](const json& step) { return step["op"] == "centre_crop"; });
    return;
  }
  const auto set = [size](json& step) { step["size"] = static_cast<std::int64_t>(size); };
  if (for_each_of(steps, "op", "centre_crop", set) > 0) return;
  steps.insert(steps.begin(), {{"op", "centre_crop"}, {"size", static_cast<std::int64_t>(size)}});
}

// The network follows: its first extent is the picture's, and what hangs on it is derived.
void set_size(json& recipe, const std::string& text) {
  const auto size = static_cast<std::int64_t>(as_number("--size", text));
  need_some(for_each_of(recipe["preprocess"]["steps"], "op", "resize",
                        [size](json& step) { step["height"] = step["width"] = size; }),
            "--size", "resize step");
  json& input = recipe["network"]["input"];
  input = input.size() == 1 ? json{size * size} : json{size, size, input[2]};
}

void set_resampler(json& recipe, const std::string& text) {
  need_some(for_each_of(recipe["preprocess"]["steps"], "op", "resize", [&](json& step) { step["resampler"] = text; }),
            "--resampler", "resize step");
}

constexpr std::array kChanges{
    Change{"--dropout", "NUMBER", kAim, "Part of the values that every dropout layer leaves out", set_dropout},
    Change{"--crop", "PIXELS", kPicture, "Central pixels that are kept of a frame; 0: the whole frame", set_crop},
    Change{"--size", "PIXELS", kPicture, "Pixels a side at which the network sees a galaxy", set_size},
    Change{"--resampler", "WORD", kPicture, "bilinear_antialias, bilinear, area or lanczos", set_resampler}};

json value_of(const Option& option, const std::string& text) {
  switch (option.kind) {
    case Kind::kNumber:
      return as_number(option.name, text);
    case Kind::kWord:
      return text;
    case Kind::kSwitch:
      if (text != "on" && text != "off") {
        throw Error(ErrorCode::kInvalidArgument, std::string(option.name) + " is on or off, not '" + text + "'");
      }
      return text == "on";
  }
  return nullptr;
}

const char* value_name(Kind kind) {
  switch (kind) {
    case Kind::kNumber:
      return "NUMBER";
    case Kind::kWord:
      return "WORD";
    case Kind::kSwitch:
      return "on|off";
  }
  return "";
}

// A head brings the loss that goes with it along, unless another was named; votes are learned from votes.
void follow_head(const RecipeOptions& options, json& recipe) {
  const auto head = options.given.find("--head");
  if (head == options.given.end()) return;
  const bool votes = head->second == "votes", was_votes = recipe["train"]["loss"] == "dirichlet_multinomial";
  if (votes) recipe["target"] = "votes";
  if (!votes && recipe["target"] == "votes") recipe["target"] = "fractions";
  if (options.given.count("--loss") > 0) return;
  if (votes) recipe["train"]["loss"] = "dirichlet_multinomial";
  if (!votes && was_votes) recipe["train"]["loss"] = "mse";
}

Recipe start(const RecipeOptions& options, const std::vector<std::string>& outputs) {
  if (options.recipe_file.empty() && options.preset.empty()) {
    throw Error(ErrorCode::kInvalidArgument, "say which experiment: --preset NAME or --recipe FILE");
  }
  if (options.recipe_file.empty()) return make_recipe(options.preset, outputs);
  std::ifstream file(options.recipe_file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return recipe_from_json(parse_bounded_json(text, options.recipe_file, {}));
}

}  // namespace

void add_recipe_options(CLI::App& command, RecipeOptions& options) {
  auto* preset = command.add_option("--preset", options.preset, "Which experiment, by name (see `pinwheel presets`)");
  command
      .add_option("--recipe", options.recipe_file, "… or from a recipe.json, such as a run folder or the page keeps")
      ->check(CLI::ExistingFile)
      ->excludes(preset);
  const auto add = [&](const char* name, const char* value, const char* group, const char* help) {
    command
        .add_option_function<std::string>(
            name, [&options, name](const std::string& text) { options.given[name] = text; }, help)
        ->type_name(value)
        ->group(group);
  };
  for (const Option& option : kOptions) add(option.name, value_name(option.kind), option.group, option.help);
  for (const Change& change : kChanges) add(change.name, change.value, change.group, change.help);
}

Recipe choose_recipe(const RecipeOptions& options, const std::vector<std::string>& outputs) {
  const Recipe recipe = start(options, outputs);
  if (options.given.empty()) return recipe;
  json changed = recipe_to_json(recipe);
  for (const Option& option : kOptions) {
    const auto given = options.given.find(option.name);
    if (given != options.given.end()) changed[json::json_pointer(option.place)] = value_of(option, given->second);
  }
  for (const Change& change : kChanges) {
    const auto given = options.given.find(change.name);
    if (given != options.given.end()) change.apply(changed, given->second);
  }
  follow_head(options, changed);
  return recipe_from_json(changed);
}

}  // namespace pinwheel::cli
