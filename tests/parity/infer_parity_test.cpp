// XNNPACK on the folded network against our own executor in evaluation mode on the network as it is.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "infer/network.h"
#include "nn/presets.h"
#include "nn/shape_inference.h"
#include "nn/simplify.h"
#include "support/formula_weights.h"
#include "support/random_spec.h"
#include "train/executor.h"

namespace pinwheel {
namespace {

constexpr std::uint64_t kRandomNets = 60;

std::vector<float> judge(const NetSpec& spec, const Params& params, std::span<const float> input, std::int64_t batch,
                         const ThreadPool& pool, Engines engines = Engines::kQuickest) {
  const FoldedNet folded = fold_batch_norm(spec, params);
  XnnNetwork network(folded.spec, folded.params, pool, {}, engines);
  std::vector<float> out(static_cast<std::size_t>(batch * infer_shapes(spec).back().size()));
  network.run(input, batch, out);
  return out;
}

std::vector<float> run_executor(const NetSpec& spec, const Params& params, std::span<const float> input,
                                std::int64_t batch, const ThreadPool& pool) {
  Executor executor(spec, batch, pool);
  const std::span<const float> out = executor.forward_eval(params, input, batch);
  return {out.begin(), out.end()};
}

float largest(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0F, [](float m, float v) { return std::max(m, std::abs(v)); });
}

float largest_difference(std::span<const float> a, std::span<const float> b) {
  float difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference = std::max(difference, std::abs(a[i] - b[i]));
  return difference;
}

void expect_parity(const std::string& name, const NetSpec& spec, const Params& params, std::int64_t batch) {
  const ThreadPool pool(1);
  const std::vector<float> input = test::formula_input(spec, batch);
  const std::vector<float> expected = run_executor(spec, params, input, batch, pool);
  ASSERT_TRUE(std::isfinite(largest(expected)) && largest(expected) > 0) << name;
  for (const Engines engines : {Engines::kQuickest, Engines::kXnnpack}) {
    const std::vector<float> actual = judge(spec, params, input, batch, pool, engines);
    ASSERT_EQ(expected.size(), actual.size()) << name;
    EXPECT_LE(largest_difference(expected, actual), 1e-5F * largest(expected))
        << name << (engines == Engines::kXnnpack ? ", by XNNPACK alone" : "");
  }
}

void expect_parity(const std::string& name, const NetSpec& spec, std::int64_t batch) {
  expect_parity(name, spec, test::formula_params(spec), batch);
}

// Not by the formula, which goes by way of PyTorch's order: some random networks have none.
Params random_params(const NetSpec& spec, std::uint64_t seed) {
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

TEST(InferParity, RandomNetworksMeetEveryKindOfLayer) {
  std::set<std::string> kinds;
  for (std::uint64_t seed = 0; seed < kRandomNets; ++seed) {
    for (const Node& node : test::RandomSpec(seed).make().nodes) kinds.insert(layer_kind(node.layer));
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<Layer>);
}

TEST(InferParity, RandomNetworks) {
  for (std::uint64_t seed = 0; seed < kRandomNets; ++seed) {
    const NetSpec spec = test::RandomSpec(seed).make();
    expect_parity("random network " + std::to_string(seed), spec, random_params(spec, seed), 3);
  }
}

TEST(InferParity, PublishedNetworks) {
  expect_parity("two_layer", nets::two_layer(4761, 100, 5), 3);
  expect_parity("convnet", nets::convnet(37, true), 2);
  expect_parity("linnet", nets::linnet(37, true), 2);
  expect_parity("small_cnn", nets::small_cnn(37), 2);
  expect_parity("four_block", nets::four_block(37, false), 1);
  expect_parity("four_block readme", nets::four_block(37, true), 1);
  expect_parity("lesson", nets::lesson(4), 2);
}

// Batch norms that go forward through pools into groups of a convolution and into a dense layer, and heads that join.
TEST(InferParity, SimplifiedNetworks) {
  NetBuilder b(Extent::image(20, 20, 3));
  b.add("conv1", Conv2d{.out_channels = 8, .padding = {1, 1}});
  b.add("relu1", Relu{});
  b.add("norm1", BatchNorm{});
  b.add("pool1", MaxPool{{3, 3}, {2, 2}, {1, 1}});
  b.add("conv2", Conv2d{.out_channels = 12, .groups = 4, .bias = false});
  b.add("relu2", Relu{});
  b.add("norm2", BatchNorm{});
  b.add("pool2", AvgPool{});
  b.add("flatten", Flatten{});
  const int drop = b.add("drop", Dropout{0.5});
  std::vector<int> heads;
  for (const int units : {2, 5, 3}) heads.push_back(b.add("head" + std::to_string(units), Dense{units}, {drop}));
  const int join = b.add("join", Concat{}, heads);
  b.add("relu3", Relu{}, {join});
  b.add("norm3", BatchNorm{});
  b.add("out", Dense{.units = 4, .bias = false});
  const NetSpec spec = std::move(b).build();
  const Params params = random_params(spec, 7);
  const FoldedNet folded = fold_batch_norm(spec, params);
  const auto simpler = simplify(folded.spec, folded.params);
  ASSERT_TRUE(simpler);
  // norm2 stays: its channels have three readers.
  EXPECT_EQ(simpler->spec.nodes.size(), spec.nodes.size() - 5);
  expect_parity("simplified", spec, params, 3);
}

TEST(InferParity, ResidualNetworks) {
  const Extent small = Extent::image(32, 32, 3);
  expect_parity("resnet18", nets::resnet18(37, small), 2);
  expect_parity("resnet50", nets::resnet50(37, small), 1);
  expect_parity("densenet121", nets::densenet121(37, small), 1);
  expect_parity("galaxy_resnet", nets::galaxy_resnet(37, small, 8, 3, 2, 0.2), 2);
}

TEST(InferParity, ThreadsDoNotChangeTheResult) {
  const ThreadPool one(1), two(2);
  for (const NetSpec& spec : {test::RandomSpec(1).make(), test::RandomSpec(2).make(), nets::small_cnn(37),
                              nets::galaxy_resnet(5, Extent::image(32, 32, 3), 8, 2, 1, 0.1)}) {
    const Params params = random_params(spec, 1);
    const std::vector<float> input = test::formula_input(spec, 4);
    EXPECT_EQ(judge(spec, params, input, 4, one), judge(spec, params, input, 4, two));
  }
}

TEST(InferParity, NeighboursDoNotChangeARow) {
  const ThreadPool pool(1);
  const NetSpec spec = nets::small_cnn(37);
  const FoldedNet folded = fold_batch_norm(spec, test::formula_params(spec));
  XnnNetwork network(folded.spec, folded.params, pool);
  const std::vector<float> input = test::formula_input(spec, 7);
  std::vector<float> together(7 * 37), alone(37);
  network.run(input, 7, together);
  const auto size = static_cast<std::size_t>(spec.input.size());
  for (std::size_t i = 0; i < 7; ++i) {
    network.run(std::span(input).subspan(i * size, size), 1, alone);
    EXPECT_LE(largest_difference(alone, std::span(together).subspan(i * 37, 37)), 1e-6F * largest(together)) << i;
  }
}

}  // namespace
}  // namespace pinwheel
