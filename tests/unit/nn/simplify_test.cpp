// Which layers go and which have to stay; that the answers stay is asked in tests/parity.
#include "nn/simplify.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "nn/presets.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

std::ptrdiff_t norms_of(const NetSpec& spec) {
  return std::count_if(spec.nodes.begin(), spec.nodes.end(),
                       [](const Node& node) { return std::holds_alternative<BatchNorm>(node.layer); });
}

// in → conv → relu → norm → max pool → `next`
NetSpec with_pool(const Layer& next) {
  NetBuilder b(Extent::image(8, 8, 2));
  b.add("conv", Conv2d{.out_channels = 4});
  b.add("relu", Relu{});
  b.add("norm", BatchNorm{});
  b.add("pool", MaxPool{});
  b.add("next", next);
  return std::move(b).build();
}

TEST(Simplify, BatchNormsBehindReluGoIntoWhatFollows) {
  const NetSpec spec = nets::small_cnn(4);
  const auto simpler = simplify(spec, initialise(spec, {}, Rng(1)));
  ASSERT_TRUE(simpler);
  EXPECT_EQ(norms_of(spec), 3);
  EXPECT_EQ(norms_of(simpler->spec), 0);
  EXPECT_EQ(infer_shapes(simpler->spec).back(), infer_shapes(spec).back());
}

TEST(Simplify, AMaximumLetsOnlyPositiveScalesThrough) {
  const NetSpec spec = with_pool(Conv2d{.out_channels = 3, .bias = false});
  Params params = initialise(spec, {}, Rng(1));
  const auto simpler = simplify(spec, params);
  ASSERT_TRUE(simpler);
  EXPECT_EQ(norms_of(simpler->spec), 0);
  EXPECT_TRUE(std::get<Conv2d>(simpler->spec.nodes.back().layer).bias);
  params.get(2, ParamRole::kGamma)[1] = -1;
  EXPECT_FALSE(simplify(spec, params));
}

TEST(Simplify, PaddingKeepsABatchNorm) {
  const NetSpec spec = with_pool(Conv2d{.out_channels = 3, .padding = {1, 1}});
  EXPECT_FALSE(simplify(spec, initialise(spec, {}, Rng(1))));
}

TEST(Simplify, ASecondReaderKeepsABatchNorm) {
  NetBuilder b(Extent::vector(4));
  const int norm = b.add("norm", BatchNorm{});
  const int dense = b.add("dense", Dense{4});
  b.add("sum", Add{}, {norm, dense});
  const NetSpec spec = std::move(b).build();
  EXPECT_FALSE(simplify(spec, initialise(spec, {}, Rng(1))));
}

TEST(Simplify, HeadsSideBySideBecomeOne) {
  const NetSpec spec = nets::linnet(37, true);
  const Params params = initialise(spec, {}, Rng(1));
  const auto simpler = simplify(spec, params);
  ASSERT_TRUE(simpler);
  EXPECT_EQ(simpler->spec.nodes.size(), spec.nodes.size() - 11);
  EXPECT_EQ(std::get<Dense>(simpler->spec.nodes.back().layer).units, 37);
  const int last = static_cast<int>(spec.nodes.size()) - 2, join = static_cast<int>(simpler->spec.nodes.size()) - 1;
  const ParamSlot& head = *params.layout.find(last, ParamRole::kBias);
  EXPECT_EQ(params.slot(head)[0], simpler->params.get(join, ParamRole::kBias)[37 - head.size]);
}

TEST(Simplify, HeadsThatSomebodyElseReadsStay) {
  NetBuilder b(Extent::vector(4));
  const int left = b.add("left", Dense{3}, {kNetInput});
  const int right = b.add("right", Dense{3}, {kNetInput});
  const int join = b.add("join", Concat{}, {left, right});
  b.add("again", Concat{}, {join, right});
  const NetSpec spec = std::move(b).build();
  EXPECT_FALSE(simplify(spec, initialise(spec, {}, Rng(1))));
}

}  // namespace
}  // namespace pinwheel
