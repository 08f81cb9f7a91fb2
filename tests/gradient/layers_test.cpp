// Every layer of the language, by finite differences: gradients by the input and by the parameters. A layer that is
// missing from the table fails the build of nothing, but the first test here.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <string>
#include <variant>

#include "finite_difference.h"
#include "nn/shape_inference.h"
#include "train/executor.h"

namespace pinwheel {
namespace {

struct Case {
  std::string name;
  NetSpec spec;
  std::int64_t batch = 3;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

NetSpec single(const Extent& input, Layer layer) {
  NetBuilder b(input);
  b.add("layer", std::move(layer));
  return std::move(b).build();
}

Conv2d conv(std::int64_t channels, Size2 kernel, Size2 stride, Size2 padding, std::int64_t groups, bool bias = true) {
  Conv2d c;
  c.out_channels = channels;
  c.kernel = kernel;
  c.stride = stride;
  c.padding = padding;
  c.groups = groups;
  c.bias = bias;
  return c;
}

// One input read by two layers whose outputs meet again: gradients of several readers add up.
NetSpec diamond(Layer join) {
  NetBuilder b(Extent::image(4, 4, 2));
  const int stem = b.add("stem", conv(2, {3, 3}, {1, 1}, {1, 1}, 1));
  const int left = b.add("left", conv(2, {3, 3}, {1, 1}, {1, 1}, 1), {stem});
  const int right = b.add("right", Tanh{}, {stem});
  b.add("join", std::move(join), {left, stem, right});
  return std::move(b).build();
}

NetSpec twice(Layer join) {
  NetBuilder b(Extent::vector(5));
  const int dense = b.add("dense", Dense{4});
  b.add("join", std::move(join), {dense, dense});
  return std::move(b).build();
}

// Pointwise layers in a row after batch norm: what lean executors compute in place.
NetSpec residual_block() {
  NetBuilder b(Extent::image(5, 5, 3));
  const int stem = b.add("stem", conv(4, {3, 3}, {1, 1}, {1, 1}, 1, false));
  b.add("conv1", conv(4, {3, 3}, {1, 1}, {1, 1}, 1, false));
  b.add("norm1", BatchNorm{});
  b.add("act1", Tanh{});
  const int branch = b.add("norm2", BatchNorm{});
  b.add("sum", Add{}, {branch, stem});
  b.add("act2", Sigmoid{});
  b.add("dropout", Dropout{0.3});
  b.add("flatten", Flatten{});
  b.add("fc", Dense{3});
  return std::move(b).build();
}

NetSpec input_read_twice() {
  NetBuilder b(Extent::image(4, 4, 2));
  const int left = b.add("left", conv(2, {1, 1}, {1, 1}, {0, 0}, 1), {kNetInput});
  b.add("sum", Add{}, {left, kNetInput});
  return std::move(b).build();
}

std::vector<Case> cases() {
  const Extent image = Extent::image(6, 5, 4), flat = Extent::vector(7);
  return {{"conv2d", single(image, conv(3, {3, 3}, {1, 1}, {1, 1}, 1))},
          {"conv2d_strided", single(image, conv(5, {3, 2}, {2, 1}, {0, 1}, 1))},
          {"conv2d_grouped", single(image, conv(6, {3, 3}, {1, 2}, {1, 1}, 2, false))},
          {"conv2d_depthwise", single(image, conv(4, {3, 3}, {1, 1}, {1, 1}, 4))},
          {"conv2d_pointwise", single(image, conv(3, {1, 1}, {1, 1}, {0, 0}, 1))},
          {"dense", single(flat, Dense{4})},
          {"dense_without_bias", single(flat, Dense{4, false})},
          {"batch_norm_2d", single(image, BatchNorm{})},
          {"batch_norm_1d", single(flat, BatchNorm{}), 6},
          {"max_pool", single(image, MaxPool{})},
          {"max_pool_overlapping", single(image, MaxPool{{3, 3}, {2, 2}, {1, 1}})},
          {"avg_pool", single(image, AvgPool{})},
          {"avg_pool_padded", single(image, AvgPool{{3, 3}, {2, 1}, {1, 1}})},
          {"global_avg_pool", single(image, GlobalAvgPool{})},
          {"relu", single(image, Relu{})},
          {"silu", single(image, Silu{})},
          {"tanh", single(image, Tanh{})},
          {"sigmoid", single(image, Sigmoid{})},
          {"softmax", single(flat, Softmax{})},
          {"dropout", single(image, Dropout{0.4})},
          {"flatten", single(image, Flatten{})},
          {"add", diamond(Add{})},
          {"add_of_one_twice", twice(Add{})},
          {"concat", diamond(Concat{})},
          {"concat_of_one_twice", twice(Concat{})},
          {"residual_block", residual_block()},
          {"input_read_twice", input_read_twice()}};
}

TEST(LayerGradients, TableCoversEveryLayer) {
  std::set<std::size_t> covered;
  for (const Case& c : cases()) {
    for (const Node& node : c.spec.nodes) covered.insert(node.layer.index());
  }
  EXPECT_EQ(covered.size(), std::variant_size_v<Layer>);
}

// All different by at least 0.04 and none near zero: steps of a hundredth cross no kink of ReLU or max pooling.
std::vector<float> spread_values(std::size_t count, Rng& rng) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = (static_cast<float>(i) - static_cast<float>(count) / 2 + 0.5F) * 0.045F;
  }
  rng.shuffle(values);
  return values;
}

std::vector<float> random_values(std::size_t count, Rng& rng) {
  std::vector<float> values(count);
  for (float& v : values) v = static_cast<float>(rng.normal());
  return values;
}

bool has_kinks(const NetSpec& spec) {
  return std::any_of(spec.nodes.begin(), spec.nodes.end(), [](const Node& node) {
    return std::holds_alternative<Relu>(node.layer) || std::holds_alternative<MaxPool>(node.layer);
  });
}

class LayerGradients : public ::testing::TestWithParam<Case> {};

// f = sum r * y with random r: then d f / d y = r, and every output takes part.
TEST_P(LayerGradients, AgreeWithFiniteDifferences) {
  const Case& c = GetParam();
  const ThreadPool pool(1);
  for (const Activations activations : {Activations::kKeepAll, Activations::kLean}) {
    Executor executor(c.spec, c.batch, pool, activations);
    Rng rng(17);
    Params params = initialise(c.spec, Init{InitKind::kNormal, 0.5, 0.0}, rng);
    for (const ParamSlot& slot : params.layout.slots) {  // gamma 1 and beta 0 would hide mistakes
      if (slot.role != ParamRole::kGamma && slot.role != ParamRole::kBeta) continue;
      for (float& v : params.slot(slot)) v += static_cast<float>(0.4 * rng.normal());
    }
    const auto inputs = static_cast<std::size_t>(c.batch * c.spec.input.size());
    const auto outputs = static_cast<std::size_t>(c.batch * executor.output_extent().size());
    const std::vector<float> x = has_kinks(c.spec) ? spread_values(inputs, rng) : random_values(inputs, rng);
    const std::vector<float> r = random_values(outputs, rng);

    const auto evaluate = [&](Params& at, std::span<const float> input) {
      Rng dropout(5);  // the same masks every time
      const auto y = executor.forward_train(at, input, c.batch, dropout);
      double sum = 0;
      for (std::size_t i = 0; i < y.size(); ++i) sum += static_cast<double>(r[i]) * y[i];
      return sum;
    };
    evaluate(params, x);
    std::vector<float> dparams(params.layout.trainable, 77.0F), dinput(inputs, 77.0F), again(params.layout.trainable);
    executor.backward(params, r, dparams, dinput);
    evaluate(params, x);
    executor.backward(params, r, again);
    EXPECT_EQ(dparams, again) << "asking for the input's gradient changed the parameters'";

    const auto by_input = [&](std::span<const float> at) { return evaluate(params, at); };
    EXPECT_LT(testing::worst_disagreement(by_input, x, dinput, 0.01, rng.child(1)), 1e-3);
    if (params.layout.trainable == 0) continue;
    const auto by_parameters = [&](std::span<const float> at) {
      Params moved = params.clone();
      std::copy(at.begin(), at.end(), moved.values.begin());
      return evaluate(moved, x);
    };
    const std::vector<float> w(params.values.begin(), params.values.begin() + params.layout.trainable);
    EXPECT_LT(testing::worst_disagreement(by_parameters, w, dparams, 0.01, rng.child(2)), 1e-3);
  }
}

INSTANTIATE_TEST_SUITE_P(All, LayerGradients, ::testing::ValuesIn(cases()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace pinwheel
