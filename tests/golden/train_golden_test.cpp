// Forward passes, losses, all gradients and ten steps of each optimiser against PyTorch; files by
// tools/make_golden_training.py, true values computed in double precision.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "io/files.h"
#include "io/question_tree.h"
#include "io/safetensors.h"
#include "nn/spec_json.h"
#include "nn/torch_layout.h"
#include "train/executor.h"
#include "train/loss.h"
#include "train/optimiser.h"

namespace pinwheel {
namespace {

struct Golden {
  std::map<std::string, NamedTensor> tensors;
  std::map<std::string, std::string> metadata;
  NetSpec spec;

  explicit Golden(const std::string& name) {
    const auto bytes = read_file(std::filesystem::path(PINWHEEL_GOLDEN_DIR) / (name + ".safetensors"), 1 << 24);
    TensorFile file = read_safetensors(bytes, name);
    metadata = std::move(file.metadata);
    for (NamedTensor& tensor : file.tensors) tensors[tensor.name] = std::move(tensor);
    spec = spec_from_json(nlohmann::json::parse(metadata.at("spec")));
  }
  const std::vector<float>& values(const std::string& name) const { return tensors.at(name).values; }
  std::int64_t batch() const { return tensors.at("input").shape[0]; }

  Params params() const {
    std::vector<TorchTensor> found;
    for (const auto& [name, tensor] : tensors) {
      if (name.rfind("param.", 0) == 0) found.push_back({name.substr(6), tensor.shape, tensor.values});
    }
    return from_torch(spec, found);
  }
};

// Within 1e-5 of the tensor's largest element.
void expect_near(std::span<const float> ours, std::span<const float> torch, const std::string& what) {
  ASSERT_EQ(ours.size(), torch.size()) << what;
  float largest = 0, worst = 0;
  for (std::size_t i = 0; i < torch.size(); ++i) {
    largest = std::max(largest, std::abs(torch[i]));
    worst = std::max(worst, std::abs(torch[i] - ours[i]));
  }
  EXPECT_LE(worst, 1e-5F * largest) << what;
}

LossSpec loss_spec(const std::string& loss, const std::string& head) {
  LossSpec spec;
  spec.kind = parse_loss(loss);
  spec.head = parse_head(head);
  spec.tree = galaxy_zoo_tree();
  return spec;
}

// The bias of a layer in front of a batch norm moves nothing: its true gradient is zero, and so its largest element.
bool is_negligible(const TorchTensor& gradient, const std::vector<float>& torch) {
  const auto small = [](float v) { return std::abs(v) < 1e-6F; };
  return std::all_of(torch.begin(), torch.end(), small) &&
         std::all_of(gradient.values.begin(), gradient.values.end(), small);
}

class TrainGolden : public ::testing::TestWithParam<const char*> {};

TEST_P(TrainGolden, LogitsLossAndGradients) {
  const Golden g(std::string("train_") + GetParam());
  const LossSpec loss = loss_spec(g.metadata.at("loss"), g.metadata.at("head"));
  const ThreadPool pool(1);
  for (const Activations activations : {Activations::kKeepAll, Activations::kLean}) {
    Executor executor(g.spec, g.batch(), pool, activations);
    Params params = g.params();
    const std::vector<float>& input = g.values("input");
    expect_near(executor.forward_eval(params, input, g.batch()), g.values("logits_eval"), "logits in evaluation");

    Rng rng(1);
    const auto logits = executor.forward_train(params, input, g.batch(), rng);
    expect_near(logits, g.values("logits"), "logits");
    std::vector<float> dlogits(logits.size()), dinput(input.size());
    const double value =
        loss_forward_backward(loss, dlogits, logits, g.values("targets"), g.batch(), executor.output_extent().size());
    const double expected = std::stod(g.metadata.at("value"));
    EXPECT_NEAR(value, expected, 1e-5 * expected);

    Params gradient(params.layout);
    executor.backward(params, dlogits, {gradient.values.data(), params.layout.trainable}, dinput);
    expect_near(dinput, g.values("dinput"), "dinput");
    for (const TorchTensor& tensor : to_torch(g.spec, gradient)) {
      const auto found = g.tensors.find("grad." + tensor.name);
      if (found == g.tensors.end() || is_negligible(tensor, found->second.values)) continue;
      expect_near(tensor.values, found->second.values, "gradient of " + tensor.name);
    }
    for (const TorchTensor& tensor : to_torch(g.spec, params)) {
      const auto found = g.tensors.find("after." + tensor.name);
      if (found != g.tensors.end()) expect_near(tensor.values, found->second.values, tensor.name);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Nets, TrainGolden, ::testing::Values("plain", "norms", "branches"),
                         [](const auto& tested) { return std::string(tested.param); });

OptimiserSpec optimiser_spec(const std::string& name) {
  OptimiserSpec spec;
  spec.kind = parse_optimiser(name);
  spec.learning_rate = 0.01;
  spec.weight_decay = 0.05;
  return spec;
}

std::vector<double> ten_losses(const Golden& g, const OptimiserSpec& update, const LossSpec& loss,
                               const std::vector<float>& targets) {
  const ThreadPool pool(1);
  Executor executor(g.spec, g.batch(), pool, Activations::kLean);
  Params params = g.params();
  Optimiser optimiser(update, params.layout.trainable);
  std::vector<float> dlogits(targets.size()), dparams(params.layout.trainable);
  std::vector<double> losses;
  Rng rng(1);
  for (int step = 0; step < 10; ++step) {
    const auto logits = executor.forward_train(params, g.values("input"), g.batch(), rng);
    losses.push_back(loss_forward_backward(loss, dlogits, logits, targets, g.batch(), executor.output_extent().size()));
    executor.backward(params, dlogits, dparams);
    optimiser.step(params.values, {dparams}, update.learning_rate, pool);
  }
  return losses;
}

TEST(TrainGolden, TenStepsOfEveryOptimiserAndLoss) {
  const Golden g("train_steps");
  const auto runs = nlohmann::json::parse(g.metadata.at("runs"));
  ASSERT_EQ(runs.size(), 5U + 4U + 15U);
  for (const auto& run : runs) {
    const std::string name = run["loss"], head = run["head"], optimiser = run["optimiser"];
    LossSpec loss = loss_spec(name, head);
    loss.column_weights = g.values("column_weights");
    const bool own_targets = g.tensors.count("targets." + name) > 0;
    const auto losses = ten_losses(g, optimiser_spec(optimiser), loss,
                                   g.values("targets." + (own_targets ? name : std::string("mse"))));
    for (std::size_t i = 0; i < losses.size(); ++i) {
      const double expected = run["losses"][i];
      EXPECT_NEAR(losses[i], expected, 1e-5 * expected) << optimiser << ", " << name << ", " << head << ", step " << i;
    }
  }
}

}  // namespace
}  // namespace pinwheel
