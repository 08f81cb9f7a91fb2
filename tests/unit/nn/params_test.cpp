#include "nn/params.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "nn/presets.h"

namespace pinwheel {
namespace {

NetSpec grouped() {
  NetBuilder b(Extent::image(8, 8, 4));
  b.add("conv", Conv2d{.out_channels = 6, .kernel = {3, 2}, .groups = 2});
  b.add("norm", BatchNorm{});
  b.add("pool", GlobalAvgPool{});
  b.add("fc", Dense{.units = 5, .bias = false});
  return std::move(b).build();
}

TEST(Params, LayoutPutsTrainableValuesFirst) {
  const ParamLayout layout = layout_params(grouped());
  std::vector<std::string> names;
  std::size_t offset = 0;
  for (const ParamSlot& slot : layout.slots) {
    names.push_back(slot.name);
    EXPECT_EQ(slot.offset, offset) << slot.name;
    offset += slot.size;
  }
  EXPECT_EQ(names, (std::vector<std::string>{"conv.weight", "conv.bias", "norm.weight", "norm.bias", "fc.weight",
                                             "norm.running_mean", "norm.running_var"}));
  EXPECT_EQ(layout.trainable, 6U * 3 * 2 * 2 + 6 + 6 + 6 + 5 * 6);
  EXPECT_EQ(layout.total, layout.trainable + 12);
}

TEST(Params, ShapesAndFans) {
  const ParamLayout layout = layout_params(grouped());
  const ParamSlot& conv = *layout.find("conv.weight");
  EXPECT_EQ(conv.shape, (std::vector<std::int64_t>{6, 3, 2, 2}));
  EXPECT_EQ(conv.fan_in, 12);
  EXPECT_EQ(conv.fan_out, 36);
  const ParamSlot& fc = *layout.find(3, ParamRole::kWeight);
  EXPECT_EQ(fc.shape, (std::vector<std::int64_t>{5, 6}));
  EXPECT_EQ(fc.fan_in, 6);
  EXPECT_EQ(fc.fan_out, 5);
  EXPECT_EQ(layout.find(3, ParamRole::kBias), nullptr);
  EXPECT_EQ(layout.find("nothing"), nullptr);
  EXPECT_EQ(layout.find(0, ParamRole::kBias)->fan_in, 0);
}

TEST(Params, CloneIsIndependent) {
  Params params = initialise(grouped(), {}, Rng(1));
  const Params copy = params.clone();
  const float before = copy.values[0];
  params.values[0] += 1;
  EXPECT_EQ(copy.values[0], before);
  EXPECT_EQ(copy.layout.total, params.layout.total);
}

struct Moments {
  double mean = 0, deviation = 0, largest = 0;
};

Moments moments(std::span<const float> values) {
  Moments m;
  for (const float v : values) {
    m.mean += v / static_cast<double>(values.size());
    m.largest = std::max(m.largest, std::abs(static_cast<double>(v)));
  }
  for (const float v : values) m.deviation += (v - m.mean) * (v - m.mean) / static_cast<double>(values.size());
  m.deviation = std::sqrt(m.deviation);
  return m;
}

Moments weight_moments(const Init& init, const char* name) {
  const Params params = initialise(nets::two_layer(1000, 100, 5), init, Rng(7));
  return moments(params.slot(*params.layout.find(name)));
}

TEST(Initialise, SpreadFollowsTheKind) {
  const double torch = 1 / std::sqrt(1000.0), glorot = std::sqrt(6.0 / 1100);
  EXPECT_NEAR(weight_moments({.kind = InitKind::kTorch}, "fc1.weight").deviation, torch / std::sqrt(3.0),
              1e-3 * torch * 10);
  EXPECT_LE(weight_moments({.kind = InitKind::kTorch}, "fc1.weight").largest, torch);
  EXPECT_NEAR(weight_moments({.kind = InitKind::kXavierUniform}, "fc1.weight").largest, glorot, glorot * 1e-3);
  EXPECT_NEAR(weight_moments({.kind = InitKind::kGlorotUniform}, "fc1.weight").largest, glorot, glorot * 1e-3);
  EXPECT_NEAR(weight_moments({.kind = InitKind::kHe}, "fc1.weight").deviation, std::sqrt(2.0 / 1000), 5e-4);
  EXPECT_NEAR(weight_moments({.kind = InitKind::kNormal, .scale = 0.1}, "fc1.weight").deviation, 0.1, 1e-3);
}

TEST(Initialise, BiasesFollowTheKind) {
  EXPECT_GT(weight_moments({.kind = InitKind::kTorch}, "fc1.bias").deviation, 0.01);
  EXPECT_LE(weight_moments({.kind = InitKind::kTorch}, "fc1.bias").largest, 1 / std::sqrt(1000.0));
  EXPECT_NEAR(weight_moments({.kind = InitKind::kXavierUniform, .bias_value = 0.01}, "fc1.bias").mean, 0.01, 1e-8);
  EXPECT_EQ(weight_moments({.kind = InitKind::kGlorotUniform}, "fc1.bias").largest, 0);
  EXPECT_EQ(weight_moments({.kind = InitKind::kHe}, "fc1.bias").largest, 0);
  EXPECT_NEAR(weight_moments({.kind = InitKind::kNormal, .scale = 0.1}, "fc1.bias").deviation, 0.1, 0.03);
}

TEST(Initialise, BatchNormStartsAsTheIdentity) {
  const Params params = initialise(grouped(), {}, Rng(1));
  for (const auto& [name, value] :
       {std::pair{"norm.weight", 1.0F}, {"norm.bias", 0.0F}, {"norm.running_mean", 0.0F}, {"norm.running_var", 1.0F}}) {
    for (const float v : params.slot(*params.layout.find(name))) EXPECT_EQ(v, value) << name;
  }
}

TEST(Initialise, SameSeedSameValuesOtherSeedOthers) {
  const NetSpec spec = grouped();
  const Params a = initialise(spec, {}, Rng(3)), b = initialise(spec, {}, Rng(3)), c = initialise(spec, {}, Rng(4));
  EXPECT_TRUE(std::equal(a.values.begin(), a.values.end(), b.values.begin()));
  EXPECT_FALSE(std::equal(a.values.begin(), a.values.end(), c.values.begin()));
}

// y = x*scale + shift of the folded weights, against the definition, for one output place at a time.
TEST(FoldBatchNorm, FoldsConvolutionAndDense) {
  NetBuilder b(Extent::image(4, 4, 2));
  b.add("conv", Conv2d{.out_channels = 3, .bias = false});
  b.add("norm", BatchNorm{});
  b.add("pool", GlobalAvgPool{});
  b.add("fc", Dense{2});
  b.add("norm2", BatchNorm{});
  const NetSpec spec = std::move(b).build();
  Params params(layout_params(spec));
  Rng rng(5);
  for (float& v : params.values) v = static_cast<float>(rng.uniform(0.5, 1.5));

  const FoldedNet folded = fold_batch_norm(spec, params);
  ASSERT_EQ(folded.spec.nodes.size(), 3U);
  EXPECT_EQ(folded.spec.nodes[0].name, "conv");
  EXPECT_TRUE(std::get<Conv2d>(folded.spec.nodes[0].layer).bias);
  for (const auto& [layer, old_node, norm, new_node] : {std::tuple{"conv", 0, 1, 0}, {"fc", 3, 4, 2}}) {
    const float* bias = params.get(old_node, ParamRole::kBias);
    const ParamSlot& slot = *params.layout.find(old_node, ParamRole::kWeight);
    const std::size_t row = slot.size / static_cast<std::size_t>(slot.shape[0]);
    for (std::size_t o = 0; o < static_cast<std::size_t>(slot.shape[0]); ++o) {
      const double scale =
          params.get(norm, ParamRole::kGamma)[o] / std::sqrt(params.get(norm, ParamRole::kRunningVar)[o] + 1e-5);
      const double shift = params.get(norm, ParamRole::kBeta)[o] +
                           ((bias == nullptr ? 0 : bias[o]) - params.get(norm, ParamRole::kRunningMean)[o]) * scale;
      EXPECT_NEAR(folded.params.get(new_node, ParamRole::kBias)[o], shift, 1e-6) << layer;
      for (std::size_t i = o * row; i < (o + 1) * row; ++i) {
        EXPECT_NEAR(folded.params.get(new_node, ParamRole::kWeight)[i],
                    params.get(old_node, ParamRole::kWeight)[i] * scale, 1e-6);
      }
    }
  }
}

TEST(FoldBatchNorm, KeepsWhatCannotBeFolded) {
  NetBuilder b(Extent::image(4, 4, 2));
  b.add("norm0", BatchNorm{});
  const int conv = b.add("conv", Conv2d{.out_channels = 2, .padding = {1, 1}});
  b.add("norm1", BatchNorm{});
  b.add("relu", Relu{});
  const int norm2 = b.add("norm2", BatchNorm{});
  b.add("sum", Add{}, {conv, norm2});
  const NetSpec spec = std::move(b).build();
  const Params params = initialise(spec, {}, Rng(1));
  const FoldedNet folded = fold_batch_norm(spec, params);
  EXPECT_EQ(folded.spec, spec);  // one reads the input, one a convolution with two readers, one a relu
  EXPECT_TRUE(std::equal(params.values.begin(), params.values.end(), folded.params.values.begin()));
}

TEST(FoldBatchNorm, BranchesFindTheirWay) {
  const NetSpec spec = nets::galaxy_resnet(5, Extent::image(16, 16, 3), 4, 2, 1, 0.1);
  const FoldedNet folded = fold_batch_norm(spec, initialise(spec, {}, Rng(1)));
  for (const Node& node : folded.spec.nodes) EXPECT_FALSE(std::holds_alternative<BatchNorm>(node.layer)) << node.name;
  const Node& sum = *std::find_if(folded.spec.nodes.begin(), folded.spec.nodes.end(),
                                  [](const Node& node) { return node.name == "layer2.0.add"; });
  EXPECT_EQ(folded.spec.nodes[static_cast<std::size_t>(sum.inputs[0])].name, "layer2.0.conv2");
  EXPECT_EQ(folded.spec.nodes[static_cast<std::size_t>(sum.inputs[1])].name, "layer2.0.downsample.0");
}

}  // namespace
}  // namespace pinwheel
