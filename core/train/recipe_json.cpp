// Each struct is described once, by a function that names its fields; two forms go through it, one that writes and one
// that reads, so that what is written can be read and no field is in one direction only.
#include "train/recipe_json.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "galaxy/decision_tree.h"
#include "image/preprocess_json.h"
#include "io/question_tree.h"
#include "nn/json_fields.h"
#include "nn/shape_inference.h"
#include "nn/spec_json.h"

namespace pinwheel {
namespace {

using nlohmann::json;

constexpr double kMany = 1e9;
constexpr double kLargestSeed = 9007199254740992.0;  // 2^53: what JavaScript still counts exactly

class WriteForm {
 public:
  explicit WriteForm(json& to) : to_(to) {}

  template <typename Value>
  void number(const char* key, Value& value, double, double) {
    to_[key] = value;
  }
  template <typename Value>
  void whole(const char* key, Value& value, double, double) {
    to_[key] = value;
  }
  void flag(const char* key, bool& value) { to_[key] = value; }
  void text(const char* key, std::string& value) { to_[key] = value; }
  template <typename Kind>
  void word(const char* key, Kind& value, const char* (*name)(Kind), Kind (*)(std::string_view)) {
    to_[key] = name(value);
  }
  template <typename Struct, typename Describe>
  void object(const char* key, Struct& value, Describe describe) {
    WriteForm inner(to_[key] = json::object());
    describe(inner, value);
  }

 private:
  json& to_;
};

class ReadForm {
 public:
  ReadForm(const json& from, std::string where) : where_(std::move(where)), fields_(from, where_) {}

  void number(const char* key, double& value, double least, double most) {
    value = fields_.number(key);
    if (value < least || value > most) refuse_range(key, least, most);
  }
  template <typename Value>
  void whole(const char* key, Value& value, double least, double most) {
    const double number = fields_.number(key);
    if (number != std::floor(number)) fields_.refuse(key, "must be a whole number");
    if (number < least || number > most) refuse_range(key, least, most);
    value = static_cast<Value>(number);
  }
  void flag(const char* key, bool& value) { value = fields_.boolean(key); }
  void text(const char* key, std::string& value) { value = fields_.string(key); }
  template <typename Kind>
  void word(const char* key, Kind& value, const char* (*)(Kind), Kind (*parse)(std::string_view)) {
    const std::string name = fields_.string(key);
    try {
      value = parse(name);
    } catch (const Error& error) {
      fields_.refuse(key, std::string("is wrong: ") + error.what());
    }
  }
  template <typename Struct, typename Describe>
  void object(const char* key, Struct& value, Describe describe) {
    ReadForm inner(fields_.at(key), where_ + "." + key);
    describe(inner, value);
    inner.fields_.finish();
  }

  JsonFields& fields() { return fields_; }

 private:
  [[noreturn]] void refuse_range(const char* key, double least, double most) {
    fields_.refuse(key, "must lie between " + json(least).dump() + " and " + json(most).dump());
  }

  std::string where_;
  JsonFields fields_;
};

constexpr auto kOptimiser = [](auto& form, OptimiserSpec& s) {
  form.word("kind", s.kind, optimiser_name, parse_optimiser);
  form.number("learning_rate", s.learning_rate, 0, 1e6);
  form.number("momentum", s.momentum, 0, 1);
  form.number("beta1", s.beta1, 0, 1);
  form.number("beta2", s.beta2, 0, 1);
  form.number("eps", s.eps, 0, 1);
  form.number("weight_decay", s.weight_decay, 0, 1e3);
};

constexpr auto kSchedule = [](auto& form, ScheduleSpec& s) {
  form.word("kind", s.kind, schedule_name, parse_schedule);
  form.number("step_every_epochs", s.step_every_epochs, 1e-3, 1e6);
  form.number("step_factor", s.step_factor, 0, 1);
  form.number("warmup_epochs", s.warmup_epochs, 0, 1e6);
  form.number("final_fraction", s.final_fraction, 0, 1);
};

constexpr auto kInit = [](auto& form, Init& s) {
  form.word("kind", s.kind, init_name, parse_init);
  form.number("scale", s.scale, 0, 1e3);
  form.number("bias_value", s.bias_value, -1e3, 1e3);
};

constexpr auto kAugment = [](auto& form, Augment& s) {
  form.number("rotate_degrees", s.rotate_degrees, 0, 360);
  form.flag("flip_horizontal", s.flip_horizontal);
  form.flag("flip_vertical", s.flip_vertical);
  form.number("shift", s.shift, 0, 1);
  form.number("zoom", s.zoom, 0, 10);
  form.number("brightness", s.brightness, 0, 10);
};

constexpr auto kSplit = [](auto& form, SplitSpec& s) {
  form.word("kind", s.kind, split_name, parse_split);
  form.number("validation", s.validation, 0, 0.95);
  form.number("test", s.test, 0, 0.95);
  form.whole("seed", s.seed, 0, kLargestSeed);
};

constexpr auto kTrain = [](auto& form, TrainSpec& s) {
  form.word("loss", s.loss.kind, loss_name, parse_loss);
  form.object("optimiser", s.optimiser, kOptimiser);
  form.object("schedule", s.schedule, kSchedule);
  form.object("init", s.init, kInit);
  form.object("augment", s.augment, kAugment);
  form.whole("batch_size", s.batch_size, 1, 65536);
  form.number("epochs", s.epochs, 0, 1e6);
  form.whole("max_steps", s.max_steps, 0, kMany);
  form.flag("with_replacement", s.with_replacement);
  form.whole("epoch_steps", s.epoch_steps, 0, kMany);
  form.whole("patience", s.patience, 0, 1e6);
  form.flag("restore_best", s.restore_best);
  form.number("weight_average", s.weight_average, 0, 0.999999);
  form.whole("initialisations", s.initialisations, 1, 1000);
  form.whole("seed", s.seed, 0, kLargestSeed);
};

constexpr auto kRecipe = [](auto& form, Recipe& r) {
  form.text("name", r.name);
  form.text("summary", r.summary);
  form.word("target", r.target_kind, target_name, parse_target);
  form.word("head", r.head, head_name, parse_head);
  form.object("train", r.train, kTrain);
  form.object("split", r.split, kSplit);
  form.flag("frozen", r.frozen);
};

// The tree belongs to 37 outputs; the column weights of weighted_mse come from the data later.
void check_loss(Recipe& recipe) {
  const std::int64_t outputs = infer_shapes(recipe.spec).back().size();
  if (outputs == galaxy::kAnswers) recipe.train.loss.tree = galaxy_zoo_tree();
  if (outputs == galaxy::kAnswers && recipe.target_kind != TargetKind::kClasses && recipe.head == Head::kSoftmax) {
    throw Error(ErrorCode::kBadFile,
                "the recipe: 'head' is softmax, one of several, but the 37 answers are to eleven questions: choose "
                "sigmoid, tree or votes");
  }
  LossSpec loss = recipe.train.loss;
  loss.column_weights.assign(static_cast<std::size_t>(outputs), 1.0F);
  try {
    validate_loss(loss, outputs);
  } catch (const Error& error) {
    throw Error(ErrorCode::kBadFile, std::string("the recipe: ") + error.what());
  }
}

}  // namespace

json recipe_to_json(const Recipe& recipe) {
  Recipe copy = recipe;
  json to = json::object();
  WriteForm form(to);
  kRecipe(form, copy);
  to["network"] = spec_to_json(recipe.spec);
  to["preprocess"] = preprocess_to_json(recipe.preprocess);
  return to;
}

Recipe recipe_from_json(const json& from) {
  Recipe recipe;
  ReadForm form(from, "the recipe");
  kRecipe(form, recipe);
  recipe.spec = spec_from_json(form.fields().at("network"));
  recipe.preprocess = preprocess_from_json(form.fields().at("preprocess"));
  form.fields().finish();
  recipe.train.loss.head = recipe.head;
  check_loss(recipe);
  return recipe;
}

}  // namespace pinwheel
