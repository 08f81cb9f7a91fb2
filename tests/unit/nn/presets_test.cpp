#include "nn/presets.h"

#include <gtest/gtest.h>

#include "nn/params.h"
#include "nn/shape_inference.h"
#include "support/errors.h"

namespace pinwheel {
namespace {

TEST(Presets, ParameterCountsAreThePublishedOnes) {
  EXPECT_EQ(count_parameters(nets::two_layer(4761, 100, 5)), 476'705U);
  EXPECT_EQ(count_parameters(nets::convnet(37, true)), 327'667U);
  EXPECT_EQ(count_parameters(nets::convnet(37, false)), 327'667U);
  EXPECT_EQ(count_parameters(nets::linnet(37, true)), 1'240'237U);
  EXPECT_EQ(count_parameters(nets::small_cnn(37)), 207'205U);
  EXPECT_EQ(count_parameters(nets::four_block(37, false)), 9'310'757U);
  EXPECT_EQ(count_parameters(nets::four_block(37, true)), 11'213'861U);
  EXPECT_EQ(count_parameters(nets::lesson(4)), 7'164U);
  EXPECT_EQ(count_parameters(nets::resnet18(37, Extent::image(224, 224, 3))), 11'195'493U);
  EXPECT_EQ(count_parameters(nets::densenet121(37, Extent::image(224, 224, 3))), 6'991'781U);
  // 25,557,032 with ImageNet's 1000 classes.
  EXPECT_EQ(count_parameters(nets::resnet50(1000, Extent::image(64, 64, 3))), 25'557'032U);
}

// To the digits that were published, in MFLOP.
void expect_cost(const NetSpec& spec, double forward, double training, double digit) {
  const Cost cost = count_cost(spec);
  EXPECT_NEAR(cost.forward_flop / 1e6, forward, digit / 2 + 1e-9);
  EXPECT_NEAR(cost.training_flop / 1e6, training, digit / 2 + 1e-9);
}

TEST(Presets, CostsAreThePublishedOnes) {
  expect_cost(nets::two_layer(4761, 100, 5), 0.95, 1.9, 0.1);
  expect_cost(nets::convnet(37, true), 9.0, 25.9, 0.1);
  expect_cost(nets::linnet(37, true), 2.5, 5.0, 0.1);
  expect_cost(nets::small_cnn(37), 11.5, 31.1, 0.1);
  expect_cost(nets::four_block(37, false), 732, 2068, 1);
  expect_cost(nets::lesson(4), 2.0, 4.2, 0.1);
  expect_cost(nets::resnet50(37, Extent::image(64, 64, 3)), 667, 1983, 1);
  // These two were counted with ImageNet's 1000 classes.
  EXPECT_NEAR(count_cost(nets::resnet18(1000, Extent::image(224, 224, 3))).forward_flop / 1e6, 3628, 0.5);
  EXPECT_NEAR(count_cost(nets::densenet121(1000, Extent::image(224, 224, 3))).forward_flop / 1e6, 5668, 0.5);
}

TEST(Presets, OutputsAreAsManyAsAsked) {
  const Extent input = Extent::image(64, 64, 3);
  for (const NetSpec& spec :
       {nets::convnet(10, false), nets::small_cnn(10), nets::four_block(10, true), nets::lesson(10),
        nets::resnet18(10, input), nets::galaxy_resnet(10, input, 8, 2, 1, 0.1)}) {
    EXPECT_EQ(infer_shapes(spec).back(), Extent::vector(10));
  }
}

TEST(Presets, TorchvisionNames) {
  const ParamLayout resnet = layout_params(nets::resnet18(1000, Extent::image(224, 224, 3)));
  for (const char* name : {"conv1.weight", "bn1.running_mean", "layer1.0.conv1.weight", "layer2.0.downsample.0.weight",
                           "layer2.0.downsample.1.bias", "layer4.1.bn2.running_var", "fc.bias"}) {
    EXPECT_NE(resnet.find(name), nullptr) << name;
  }
  EXPECT_EQ(resnet.find("layer1.0.downsample.0.weight"), nullptr);
  EXPECT_EQ(resnet.find("conv1.bias"), nullptr);
  const ParamLayout densenet = layout_params(nets::densenet121(1000, Extent::image(224, 224, 3)));
  for (const char* name : {"features.conv0.weight", "features.denseblock4.denselayer16.norm2.running_var",
                           "features.transition3.conv.weight", "features.norm5.bias", "classifier.weight"}) {
    EXPECT_NE(densenet.find(name), nullptr) << name;
  }
}

TEST(Presets, GalaxyResnetHasTheSizeItPromises) {
  const NetSpec spec = nets::galaxy_resnet(37, Extent::image(64, 64, 3), 24, 3, 3, 0.2);
  EXPECT_GT(count_parameters(spec), 550'000U);
  EXPECT_LT(count_parameters(spec), 700'000U);
}

TEST(Presets, RefusesWhatCannotBe) {
  test::message_of(ErrorCode::kInvalidArgument, [] { nets::convnet(10, true); });
  test::message_of(ErrorCode::kInvalidArgument, [] { nets::galaxy_resnet(37, Extent::image(64, 64, 3), 0, 3, 3, 0); });
  test::message_of(ErrorCode::kInvalidArgument, [] { nets::galaxy_resnet(37, Extent::image(64, 64, 3), 8, 99, 3, 0); });
}

}  // namespace
}  // namespace pinwheel
