// Recipes as cards, as text, and as the table of a network: what the Network step of the page shows.
#include <algorithm>
#include <optional>
#include <thread>

#include "boundary.h"
#include "data_set.h"
#include "nn/params.h"
#include "nn/shape_inference.h"
#include "nn/table.h"
#include "recipe_text.h"
#include "train/plan.h"
#include "train/reorder.h"

namespace pinwheel::wasm {
namespace {

EMSCRIPTEN_DECLARE_VAL_TYPE(NameList)
EMSCRIPTEN_DECLARE_VAL_TYPE(CardsResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(CheckResult)

struct Card {
  std::string name;
  std::optional<Recipe> recipe;
  std::string why;  // it cannot learn these targets
};

std::string wants(TargetKind kind) {
  switch (kind) {
    case TargetKind::kClasses:
      return "It learns classes.";
    case TargetKind::kFractions:
      return "It learns the 37 vote fractions of Galaxy Zoo.";
    case TargetKind::kVotes:
      return "It learns from counts of votes on the 37 answers of Galaxy Zoo.";
  }
  return {};
}

Card card_of(const std::string& name, const std::vector<std::string>& outputs, TargetKind kind) {
  Card card{name, std::nullopt, {}};
  try {
    card.recipe = make_recipe(name, outputs);
    const TargetKind wanted = card.recipe->target_kind;
    card.why = wanted != kind ? wants(wanted) : why_not_in_a_page(*card.recipe);
  } catch (const Error& error) {
    card.why = error.what();
  }
  return card;
}

val card_object(const Card& card) {
  val object = val::object();
  object.set("name", card.name);
  object.set("title", recipe_title(card.name));
  object.set("summary", card.recipe ? card.recipe->summary : std::string());
  object.set("suits", card.why.empty());
  object.set("why", card.why);
  const Cost cost = card.recipe ? count_cost(card.recipe->spec) : Cost{};
  object.set("parameters", card.recipe ? static_cast<double>(count_parameters(card.recipe->spec)) : 0.0);
  object.set("forwardMflop", cost.forward_flop / 1e6);
  object.set("trainingMflop", cost.training_flop / 1e6);
  object.set("input", card.recipe ? card.recipe->spec.input.text() : std::string());
  object.set("outputs", card.recipe ? static_cast<double>(infer_shapes(card.recipe->spec).back().size()) : 0.0);
  return object;
}

val layer_object(const TableRow& row) {
  val object = val::object();
  object.set("name", row.name);
  object.set("kind", row.kind);
  object.set("output", row.output);
  object.set("parameters", static_cast<double>(row.parameters));
  object.set("mflop", row.mflop);
  return object;
}

// Of one example in a batch: the executor's own plan of activations and gradients, and the input twice (the trainer's
// and its).
double example_bytes(const Recipe& recipe) {
  const NetSpec spec = rectify_after_pooling(recipe.spec);
  const auto extents = infer_shapes(spec);
  const std::vector<Run> runs = plan_runs(spec, extents);
  const std::int64_t batch = recipe.train.batch_size, threads = std::max(1U, std::thread::hardware_concurrency());
  const std::int64_t floats = plan_activations(spec, extents, runs, false).buffers.floats(batch, threads) +
                              plan_gradients(spec, extents, runs, false).buffers.floats(batch, threads);
  return (static_cast<double>(floats) / static_cast<double>(batch) +
          2.0 * static_cast<double>(recipe.spec.input.size())) *
         sizeof(float);
}

val good_network(const Recipe& recipe) {
  const Cost cost = count_cost(recipe.spec);
  const auto parameters = static_cast<double>(count_parameters(recipe.spec));
  val object = val::object();
  object.set("good", true);
  object.set("input", recipe.spec.input.text());
  object.set("layers", list(network_table(recipe.spec), layer_object));
  object.set("parameters", parameters);
  object.set("forwardMflop", cost.forward_flop / 1e6);
  object.set("trainingMflop", cost.training_flop / 1e6);
  object.set("bytes", static_cast<double>(layout_params(recipe.spec).total * sizeof(float)));
  const Extent stored = stored_extent(recipe.preprocess, recipe.spec.input);
  object.set("stored", size_object(stored));
  // Weights, gradient, two moments, average and best.
  object.set("weightBytes", 6.0 * sizeof(float) * static_cast<double>(layout_params(recipe.spec).total));
  object.set("exampleBytes", example_bytes(recipe));
  object.set("batch", static_cast<double>(recipe.train.batch_size));
  return object;
}

val bad_network(const std::string& message) {
  val object = val::object();
  object.set("good", false);
  object.set("message", message);
  return object;
}

std::vector<std::string> names_of(const NameList& names) { return emscripten::vecFromJSArray<std::string>(names); }

CardsResult recipe_cards(const NameList& outputs, const std::string& target) {
  return guarded<CardsResult>([&] {
    return list(recipe_names(), [&](const std::string& name) {
      return card_object(card_of(name, names_of(outputs), parse_target_kind(target)));
    });
  });
}

std::string recipe_title_of(const std::string& name) { return recipe_title(name); }

TextResult preset_recipe(const std::string& name, const NameList& outputs) {
  return guarded<TextResult>([&] { return val(write_recipe(make_recipe(name, names_of(outputs)))); });
}

// A recipe that cannot be is an answer like another; it is no error of the engine.
CheckResult check_recipe(const std::string& text) {
  return guarded<CheckResult>([&] {
    try {
      return good_network(read_recipe(text));
    } catch (const Error& error) {
      return bad_network(error.what());
    }
  });
}

EMSCRIPTEN_BINDINGS(pinwheel_recipes) {
  using emscripten::register_type;
  register_type<NameList>("string[]");
  register_type<CardsResult>(
      "{ value: { name: string; title: string; summary: string; suits: boolean; why: string; parameters: number; "
      "forwardMflop: number; trainingMflop: number; input: string; outputs: number }[]" PINWHEEL_OR_ERROR);
  register_type<CheckResult>(
      "{ value: { good: true; input: string; layers: { name: string; kind: string; output: string; "
      "parameters: number; mflop: number }[]; parameters: number; forwardMflop: number; trainingMflop: number; "
      "bytes: number; weightBytes: number; exampleBytes: number; batch: number; stored: " PINWHEEL_SIZE
      " } | { good: false; message: string }" PINWHEEL_OR_ERROR);
  emscripten::function("recipeCards", &recipe_cards);
  emscripten::function("recipeTitle", &recipe_title_of);
  emscripten::function("presetRecipe", &preset_recipe);
  emscripten::function("checkRecipe", &check_recipe);
}

}  // namespace
}  // namespace pinwheel::wasm
