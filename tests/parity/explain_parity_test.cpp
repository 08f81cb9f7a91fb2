// Every layer's output as XNNPACK shows it against our own executor: watching a layer must change neither what it gives
// nor the answer.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/parallel.h"
#include "infer/explain.h"
#include "nn/presets.h"
#include "nn/shape_inference.h"
#include "support/formula_weights.h"
#include "support/random_spec.h"
#include "train/executor.h"

namespace pinwheel {
namespace {

constexpr std::uint64_t kRandomNets = 40;

// Statistics that move, so that a batch norm left out or counted twice shows.
Params lively_params(const NetSpec& spec, std::uint64_t seed) {
  Params params = initialise(spec, {.kind = InitKind::kHe}, Rng(seed));
  Rng rng = Rng(seed).child(1);
  for (const ParamSlot& slot : params.layout.slots) {
    if (slot.role == ParamRole::kWeight) continue;
    const bool positive = slot.role == ParamRole::kGamma || slot.role == ParamRole::kRunningVar;
    for (float& value : params.slot(slot)) {
      value = static_cast<float>(positive ? rng.uniform(0.5, 1.5) : rng.uniform(-0.5, 0.5));
    }
  }
  return params;
}

void expect_near(std::span<const float> expected, std::span<const float> actual, const std::string& what) {
  ASSERT_EQ(expected.size(), actual.size()) << what;
  float largest = 0, difference = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(expected[i]));
    difference = std::max(difference, std::abs(expected[i] - actual[i]));
  }
  EXPECT_LE(difference, 1e-5F * std::max(largest, 1e-3F)) << what;
}

void expect_layers(const std::string& name, const NetSpec& spec, const Params& params, const std::vector<int>& nodes) {
  const ThreadPool pool(1);
  Model model;
  model.spec = spec;
  model.params = params.clone();
  LayerViewer viewer(model, nodes, pool);
  const std::vector<float> input = test::formula_input(spec, 1);
  const LayerViewer::View view = viewer.look(input);
  Executor executor(spec, 1, pool, Activations::kKeepAll);
  expect_near(executor.forward_eval(params, input, 1), view.logits, name + " logits");
  ASSERT_EQ(view.layers.size(), nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = spec.nodes[static_cast<std::size_t>(nodes[i])];
    expect_near(executor.activation(nodes[i]), view.layers[i].values,
                name + " layer " + node.name + " " + layer_kind(node.layer));
  }
}

std::vector<int> every_node(const NetSpec& spec) {
  std::vector<int> nodes(spec.nodes.size());
  std::iota(nodes.begin(), nodes.end(), 0);
  return nodes;
}

TEST(ExplainParity, EveryLayerOfRandomNetworks) {
  for (std::uint64_t seed = 0; seed < kRandomNets; ++seed) {
    const NetSpec spec = test::RandomSpec(seed).make();
    const Params params = lively_params(spec, seed);
    const std::string name = "random network " + std::to_string(seed);
    expect_layers(name + ", all", spec, params, every_node(spec));
    for (const int node : every_node(spec)) expect_layers(name + ", alone", spec, params, {node});
  }
}

TEST(ExplainParity, RoomsOfPublishedNetworks) {
  const Extent small = Extent::image(32, 32, 3);
  const std::vector<std::pair<std::string, NetSpec>> networks{
      {"convnet", nets::convnet(37, true)},
      {"small_cnn", nets::small_cnn(37)},
      {"lesson", nets::lesson(4)},
      {"resnet18", nets::resnet18(37, small)},
      {"galaxy_resnet", nets::galaxy_resnet(37, small, 8, 3, 2, 0.2)}};
  for (const auto& [name, spec] : networks) expect_layers(name, spec, lively_params(spec, 1), rooms(spec));
}

TEST(ExplainParity, TheLessonHasItsTwoRooms) {
  const NetSpec spec = nets::lesson(4);
  const auto extents = infer_shapes(spec);
  std::vector<std::string> sizes;
  for (const int room : rooms(spec)) sizes.push_back(extents[static_cast<std::size_t>(room)].text());
  EXPECT_EQ(sizes, (std::vector<std::string>{"63x63x8", "15x15x8"}));
}

}  // namespace
}  // namespace pinwheel
