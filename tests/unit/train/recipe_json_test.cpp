// Every preset survives the way through its JSON form, and every key of it matters.
#include "train/recipe_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "galaxy/decision_tree.h"
#include "support/errors.h"

namespace pinwheel {
namespace {

using nlohmann::json;

const std::vector<std::string> kClasses{"normal", "ringed", "merger", "other"};

std::vector<Recipe> all_recipes() {
  std::vector<Recipe> recipes;
  for (const std::string& name : recipe_names()) {
    for (const auto& outputs : {galaxy::columns(), kClasses}) {
      try {
        recipes.push_back(make_recipe(name, outputs));
      } catch (const Error&) {  // not every preset is for both
      }
    }
  }
  return recipes;
}

TEST(RecipeJson, EveryPresetComesBackAsItWas) {
  for (const Recipe& recipe : all_recipes()) {
    const json written = recipe_to_json(recipe);
    const Recipe back = recipe_from_json(json::parse(written.dump()));
    EXPECT_EQ(recipe_to_json(back), written) << recipe.name;
    EXPECT_EQ(back.spec, recipe.spec) << recipe.name;
    EXPECT_EQ(back.preprocess, recipe.preprocess) << recipe.name;
    EXPECT_EQ(back.train.optimiser, recipe.train.optimiser) << recipe.name;
    EXPECT_EQ(back.train.schedule, recipe.train.schedule) << recipe.name;
    EXPECT_EQ(back.train.init, recipe.train.init) << recipe.name;
    EXPECT_EQ(back.train.augment, recipe.train.augment) << recipe.name;
    EXPECT_EQ(back.split, recipe.split) << recipe.name;
    EXPECT_EQ(back.train.loss.head, recipe.train.loss.head) << recipe.name;
    EXPECT_EQ(back.train.loss.tree.size(), recipe.train.loss.tree.size()) << recipe.name;
  }
}

// Takes each key out, at any depth, and sets each to nonsense: never silently ignored.
void expect_each_key_matters(const json& whole, const json::json_pointer& at) {
  for (const auto& [key, value] : whole.at(at).items()) {
    if (key == "network" || key == "preprocess") continue;  // have tests of their own
    const auto place = at / key;
    json without = whole;
    without.at(at).erase(key);
    EXPECT_TRUE(test::contains(test::message_of(ErrorCode::kBadFile, [&] { recipe_from_json(without); }), key))
        << place;
    json wrong = whole;
    wrong[place] = json::array();
    EXPECT_TRUE(test::contains(test::message_of(ErrorCode::kBadFile, [&] { recipe_from_json(wrong); }), key)) << place;
    if (value.is_object()) expect_each_key_matters(whole, place);
  }
}

TEST(RecipeJson, EachKeyMatters) {
  expect_each_key_matters(recipe_to_json(make_recipe("lesson", kClasses)), json::json_pointer());
}

TEST(RecipeJson, RefusalsNameObjectAndKey) {
  const json good = recipe_to_json(make_recipe("lesson", kClasses));
  const auto refusal = [&](const char* place, const json& value) {
    json wrong = good;
    wrong[json::json_pointer(place)] = value;
    return test::message_of(ErrorCode::kBadFile, [&] { recipe_from_json(wrong); });
  };
  EXPECT_TRUE(test::contains(refusal("/train/optimiser/speed", 3), "the recipe.train.optimiser: 'speed'"));
  EXPECT_TRUE(test::contains(refusal("/train/batch_size", 0), "'batch_size' must lie between"));
  EXPECT_TRUE(test::contains(refusal("/train/batch_size", 2.5), "whole number"));
  EXPECT_TRUE(test::contains(refusal("/train/seed", -1), "'seed'"));
  EXPECT_TRUE(test::contains(refusal("/train/loss", "mean"), "'loss' is wrong"));
  EXPECT_TRUE(test::contains(refusal("/split/kind", "odd"), "choose random"));
  EXPECT_TRUE(test::contains(refusal("/head", "votes"), "does not go with the head 'votes'"));
  EXPECT_TRUE(test::contains(refusal("/network/layers/0/kernel", json::array({500, 500})), "conv1"));
}

TEST(RecipeJson, ALargeSeedIsKeptExactly) {
  Recipe recipe = make_recipe("lesson", kClasses);
  recipe.train.seed = (std::uint64_t{1} << 53) - 1;
  EXPECT_EQ(recipe_from_json(json::parse(recipe_to_json(recipe).dump())).train.seed, recipe.train.seed);
}

}  // namespace
}  // namespace pinwheel
