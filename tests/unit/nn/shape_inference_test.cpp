#include "nn/shape_inference.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "nn/presets.h"
#include "support/errors.h"

namespace pinwheel {
namespace {

const Extent kImage = Extent::image(8, 9, 6);

std::string refusal(const Layer& layer, const std::vector<Extent>& inputs) {
  return test::message_of(ErrorCode::kInvalidArgument, [&] { infer_output("here", layer, inputs); });
}

TEST(ShapeInference, Windows) {
  EXPECT_EQ(
      infer_output("l", Conv2d{.out_channels = 4, .kernel = {3, 2}, .stride = {2, 1}, .padding = {1, 0}}, {kImage}),
      Extent::image(4, 8, 4));
  EXPECT_EQ(infer_output("l", MaxPool{}, {kImage}), Extent::image(4, 4, 6));
  EXPECT_EQ(infer_output("l", AvgPool{{3, 3}, {2, 2}, {1, 1}}, {kImage}), Extent::image(4, 5, 6));
}

TEST(ShapeInference, FlatLayers) {
  EXPECT_EQ(infer_output("l", Flatten{}, {kImage}), Extent::vector(8 * 9 * 6));
  EXPECT_EQ(infer_output("l", GlobalAvgPool{}, {kImage}), Extent::vector(6));
  EXPECT_EQ(infer_output("l", Dense{7}, {Extent::vector(5)}), Extent::vector(7));
  EXPECT_EQ(infer_output("l", Concat{}, {Extent::vector(5), Extent::vector(2)}), Extent::vector(7));
  EXPECT_EQ(infer_output("l", Concat{}, {kImage, kImage, kImage}), Extent::image(8, 9, 18));
}

TEST(ShapeInference, PointwiseLayersKeepTheShape) {
  for (const Layer& layer :
       {Layer{Relu{}}, Layer{Silu{}}, Layer{Tanh{}}, Layer{Sigmoid{}}, Layer{Dropout{}}, Layer{BatchNorm{}}}) {
    EXPECT_EQ(infer_output("l", layer, {kImage}), kImage) << layer_kind(layer);
  }
  EXPECT_EQ(infer_output("l", Add{}, {kImage, kImage}), kImage);
}

TEST(ShapeInference, RefusalsSayWhatToDo) {
  const std::string message = refusal(Conv2d{.kernel = {9, 9}}, {Extent::image(8, 8, 3)});
  EXPECT_EQ(message, "layer 'here': a 9x9 kernel does not fit into 8x8; use a smaller kernel or padding");
  EXPECT_TRUE(test::contains(refusal(Dense{3}, {kImage}), "flatten"));
  EXPECT_TRUE(test::contains(refusal(Conv2d{}, {Extent::vector(3)}), "before the flatten"));
  EXPECT_TRUE(test::contains(refusal(Conv2d{.out_channels = 6, .groups = 4}, {kImage}), "4 groups"));
  EXPECT_TRUE(test::contains(refusal(MaxPool{{2, 2}, {1, 1}, {2, 2}}, {kImage}), "half"));
  EXPECT_TRUE(test::contains(refusal(Add{}, {kImage, Extent::image(8, 9, 5)}), "8x9x5"));
  EXPECT_TRUE(test::contains(refusal(Add{}, {kImage}), "two or more"));
  EXPECT_TRUE(test::contains(refusal(Concat{}, {kImage, Extent::image(7, 9, 6)}), "7x9x6"));
  EXPECT_TRUE(test::contains(refusal(Relu{}, {kImage, kImage}), "exactly one"));
  EXPECT_TRUE(test::contains(refusal(Softmax{}, {kImage}), "flat"));
}

TEST(ShapeInference, RefusesSizesThatMakeNoSense) {
  refusal(Conv2d{.out_channels = 0}, {kImage});
  refusal(Conv2d{.stride = {0, 1}}, {kImage});
  refusal(Conv2d{.padding = {-1, 0}}, {kImage});
  refusal(Conv2d{.kernel = {std::numeric_limits<std::int64_t>::max(), 1}}, {kImage});
  refusal(Dense{-1}, {Extent::vector(3)});
  refusal(Dropout{1.0}, {kImage});
  refusal(Dropout{std::nan("")}, {kImage});
  refusal(BatchNorm{.eps = 0}, {kImage});
  refusal(BatchNorm{.momentum = 2}, {kImage});
}

std::string net_refusal(ErrorCode code, const NetSpec& spec) {
  return test::message_of(code, [&] { infer_shapes(spec); });
}

TEST(ShapeInference, ChecksTheWholeNetwork) {
  const auto bad = ErrorCode::kInvalidArgument;
  EXPECT_TRUE(test::contains(net_refusal(bad, {kImage, {}}), "no layers"));
  EXPECT_TRUE(test::contains(net_refusal(bad, {kImage, {{"", Relu{}, {-1}}}}), "no name"));
  EXPECT_TRUE(test::contains(net_refusal(bad, {kImage, {{"a", Relu{}, {-1}}, {"a", Relu{}, {0}}}}), "two layers"));
  EXPECT_TRUE(test::contains(net_refusal(bad, {kImage, {{"input", Relu{}, {-1}}}}), "network's input"));
  EXPECT_TRUE(test::contains(net_refusal(bad, {kImage, {{"a", Relu{}, {0}}}}), "not an earlier layer"));
  EXPECT_TRUE(test::contains(net_refusal(bad, {kImage, {{"a", Relu{}, {-2}}}}), "not an earlier layer"));
  EXPECT_TRUE(test::contains(net_refusal(bad, {Extent::image(0, 8, 3), {{"a", Relu{}, {-1}}}}), "positive"));
}

TEST(ShapeInference, RefusesWhatMemoryCouldNotHold) {
  const auto large = ErrorCode::kTooLarge;
  net_refusal(large, {Extent::image(1 << 20, 1 << 20, 3), {{"a", Relu{}, {-1}}}});
  net_refusal(large, {Extent::image(64, 64, 3), {{"a", Conv2d{.out_channels = 1 << 20}, {-1}}}});
  net_refusal(large, {Extent::vector(1 << 20), {{"a", Dense{1 << 20}, {-1}}}});
  NetSpec deep{Extent::vector(1), {}};
  for (int i = 0; i < 5000; ++i) deep.nodes.push_back({"r" + std::to_string(i), Relu{}, {i - 1}});
  net_refusal(large, deep);
  // Each layer alone would fit, the sum does not.
  NetSpec many{Extent::image(1 << 10, 1 << 10, 64), {}};
  for (int i = 0; i < 8; ++i) many.nodes.push_back({"r" + std::to_string(i), Relu{}, {i - 1}});
  net_refusal(large, many);
}

struct Figures {
  const char* name;
  NetSpec spec;
  double forward, training;  // MFLOP
};

TEST(ShapeInference, CostOfThePublishedSystems) {
  const std::vector<Figures> table{
      {"A", nets::two_layer(4761, 100, 5), 0.95, 1.9},
      {"B convnet", nets::convnet(37, true), 9.0, 25.9},
      {"B linnet", nets::linnet(37, true), 2.5, 5.0},
      {"C", nets::small_cnn(37), 11.5, 31.1},
      {"C resnet50", nets::resnet50(37, Extent::image(64, 64, 3)), 667, 1983},
      {"D", nets::four_block(37, false), 732, 2068},
      {"E", nets::lesson(4), 2.0, 4.2},
  };
  for (const Figures& row : table) {
    const Cost cost = count_cost(row.spec);
    const double last_digit = row.forward < 100 ? 0.051 : 0.51;
    EXPECT_NEAR(cost.forward_flop / 1e6, row.forward, last_digit) << row.name;
    EXPECT_NEAR(cost.training_flop / 1e6, row.training, last_digit) << row.name;
  }
  // These two are quoted for ImageNet's thousand classes.
  EXPECT_NEAR(count_cost(nets::resnet18(1000, Extent::image(224, 224, 3))).forward_flop / 1e6, 3628, 0.51);
  EXPECT_NEAR(count_cost(nets::densenet121(1000, Extent::image(224, 224, 3))).forward_flop / 1e6, 5668, 0.51);
}

}  // namespace
}  // namespace pinwheel
