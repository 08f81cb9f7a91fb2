// Ten steps of every preset against PyTorch: the recipe's own network, loss, optimiser and schedule on the same weights
// and batches; the numbers are by tools/make_golden_steps.py. Small batches, dropout off.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>

#include "galaxy/decision_tree.h"
#include "io/files.h"
#include "support/formula_weights.h"
#include "train/executor.h"
#include "train/frozen.h"
#include "train/loss.h"
#include "train/optimiser.h"
#include "train/recipe.h"

namespace pinwheel {
namespace {

using nlohmann::json;
constexpr std::int64_t kSteps = 10;

const json& golden() {
  static const json parsed = json::parse(read_file(std::filesystem::path(PINWHEEL_GOLDEN_DIR) / "steps.json", 1 << 20));
  return parsed;
}

std::vector<std::string> outputs_of(const json& g) {
  if (g["targets"] != "classes") return galaxy::columns();
  std::vector<std::string> names;
  for (int i = 0; i < g["outputs"].get<int>(); ++i) names.push_back("class " + std::to_string(i));
  return names;
}

std::vector<float> formula_targets(const std::string& kind, std::size_t rows, std::size_t outputs) {
  std::vector<float> t(rows * outputs);
  for (std::size_t i = 0; i < t.size(); ++i) {
    t[i] = test::formula_uniform(test::hash_name("targets"), static_cast<std::uint32_t>(i));
    if (kind == "votes") t[i] = std::floor(t[i] * 25);
  }
  if (kind != "classes") return t;
  for (auto row = t.begin(); row != t.end(); row += static_cast<std::ptrdiff_t>(outputs)) {
    const auto end = row + static_cast<std::ptrdiff_t>(outputs), largest = std::max_element(row, end);
    std::fill(row, end, 0.0F);
    *largest = 1;
  }
  return t;
}

std::vector<float> shares_of_columns(const std::vector<float>& targets, std::size_t outputs) {
  std::vector<double> sums(outputs, 0);
  for (std::size_t i = 0; i < targets.size(); ++i) sums[i % outputs] += targets[i];
  const double total = std::accumulate(sums.begin(), sums.end(), 0.0);
  std::vector<float> shares;
  for (const double sum : sums) shares.push_back(static_cast<float>(sum / total));
  return shares;
}

std::vector<double> ten_losses(Recipe recipe, const json& g) {
  if (recipe.frozen) recipe.spec = split_before_last(recipe.spec).last;  // the rest is in the golden logits
  for (Node& node : recipe.spec.nodes) {
    if (auto* dropout = std::get_if<Dropout>(&node.layer)) dropout->p = 0;
  }
  const auto batch = g["batch"].get<std::int64_t>();
  const auto outputs = g["outputs"].get<std::size_t>();
  const auto size = static_cast<std::size_t>(batch * recipe.spec.input.size()), rows = static_cast<std::size_t>(batch);
  const auto input = test::formula_input(recipe.spec, kSteps * batch);
  const auto targets = formula_targets(g["targets"], rows * kSteps, outputs);
  recipe.train.loss.column_weights = shares_of_columns(targets, outputs);

  const ThreadPool pool(1);
  Executor executor(recipe.spec, batch, pool, Activations::kLean);
  Params params = test::formula_params(recipe.spec);
  Optimiser optimiser(recipe.train.optimiser, params.layout.trainable);
  std::vector<float> dlogits(rows * outputs), dparams(params.layout.trainable);
  std::vector<double> losses;
  Rng rng(1);
  for (std::size_t step = 0; step < kSteps; ++step) {
    const std::span<const float> truth(targets.data() + step * rows * outputs, rows * outputs);
    const auto logits = executor.forward_train(params, {input.data() + step * size, size}, batch, rng);
    losses.push_back(
        loss_forward_backward(recipe.train.loss, dlogits, logits, truth, batch, static_cast<std::int64_t>(outputs)));
    executor.backward(params, dlogits, dparams);
    const double epoch = (static_cast<double>(step) + 0.5) / g["steps_per_epoch"].get<double>();
    const double factor = schedule_factor(recipe.train.schedule, epoch, recipe.train.epochs);
    optimiser.step(params.values, {dparams}, recipe.train.optimiser.learning_rate * factor, pool);
  }
  return losses;
}

TEST(StepsGolden, EveryPresetIsThere) {
  for (const std::string& name : recipe_names()) EXPECT_TRUE(golden().contains(name)) << name;
}

class StepsGoldenOf : public ::testing::TestWithParam<std::string> {};

void expect_published_length(const TrainSpec& train, const json& g) {
  EXPECT_EQ(train.batch_size, g["published_batch_size"].get<std::int64_t>());
  if (!g.contains("epochs")) return;
  EXPECT_EQ(train.epochs, g["epochs"].get<double>());
  for (std::size_t quarter = 0; quarter < 3; ++quarter) {
    const double epoch = train.epochs * static_cast<double>(quarter + 1) / 4;
    EXPECT_NEAR(schedule_factor(train.schedule, epoch, train.epochs), g["schedule"][quarter].get<double>(), 1e-12);
  }
}

void expect_published_optimiser(const OptimiserSpec& ours, const json& g) {
  EXPECT_EQ(optimiser_name(ours.kind), g["kind"].get<std::string>());
  EXPECT_EQ(ours.learning_rate, g["learning_rate"].get<double>());
  EXPECT_EQ(ours.weight_decay, g["weight_decay"].get<double>());
  if (!g["eps"].is_null()) {
    EXPECT_EQ(ours.eps, g["eps"].get<double>());
  }
}

TEST_P(StepsGoldenOf, FirstTenLosses) {
  const json& g = golden().at(GetParam());
  const Recipe recipe = make_recipe(GetParam(), outputs_of(g));
  expect_published_length(recipe.train, g);
  expect_published_optimiser(recipe.train.optimiser, g["optimiser"]);
  const auto losses = ten_losses(recipe, g);
  constexpr double kTolerance = 1e-4;
  for (std::size_t step = 0; step < losses.size(); ++step) {
    const double expected = g["losses"][step];
    EXPECT_NEAR(losses[step], expected, kTolerance * expected) << "step " << step;
  }
}

INSTANTIATE_TEST_SUITE_P(Presets, StepsGoldenOf, ::testing::ValuesIn(recipe_names()), [](const auto& tested) {
  std::string name = tested.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace pinwheel
