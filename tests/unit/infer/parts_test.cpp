// Where networks are cut, and that the parts are networks again.
#include "infer/parts.h"

#include <gtest/gtest.h>

#include "nn/presets.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

std::size_t nodes_of(const NetPart& part) { return part.spec.nodes.size(); }

void expect_whole(const std::string& name, const NetSpec& spec) {
  const NetParts parts = cut_net(spec);
  EXPECT_EQ(parts.trunk.first, 0) << name;
  EXPECT_EQ(parts.tail.first, static_cast<int>(nodes_of(parts.trunk))) << name;
  EXPECT_EQ(nodes_of(parts.trunk) + nodes_of(parts.tail), spec.nodes.size()) << name;
  EXPECT_GE(parts.slice, 1) << name;
  if (nodes_of(parts.trunk) == 0) return;
  const Extent passed = infer_shapes(parts.trunk.spec).back();
  if (nodes_of(parts.tail) == 0) {
    EXPECT_EQ(passed, infer_shapes(spec).back()) << name;
  } else {
    EXPECT_EQ(passed, parts.tail.spec.input) << name;
    EXPECT_EQ(infer_shapes(parts.tail.spec).back(), infer_shapes(spec).back()) << name;
  }
}

TEST(Parts, TheyAreTheNetwork) {
  expect_whole("convnet", nets::convnet(37, true));
  expect_whole("lesson", nets::lesson(4));
  expect_whole("small_cnn", nets::small_cnn(37));
  expect_whole("four_block", nets::four_block(37, false));
  expect_whole("galaxy_resnet", nets::galaxy_resnet(37, Extent::image(64, 64, 3), 8, 3, 2, 0.2));
  expect_whole("densenet121", nets::densenet121(37, Extent::image(64, 64, 3)));
}

TEST(Parts, DenseLayersAloneWantTheWholeBatch) {
  EXPECT_EQ(nodes_of(cut_net(nets::two_layer(4761, 100, 5)).trunk), 0U);
  EXPECT_EQ(nodes_of(cut_net(nets::linnet(37, true)).trunk), 0U);
}

TEST(Parts, PicturesGoInSlicesAndHeavyWeightsDoNot) {
  const NetParts parts = cut_net(nets::small_cnn(37));
  EXPECT_TRUE(std::holds_alternative<Conv2d>(parts.trunk.spec.nodes.front().layer));
  EXPECT_TRUE(std::holds_alternative<Dense>(parts.tail.spec.nodes.front().layer));
  EXPECT_EQ(cut_net(nets::small_cnn(37)).slice, 1);
  const NetParts light = cut_net(nets::lesson(4));
  EXPECT_EQ(nodes_of(light.tail), 0U);
  EXPECT_GT(light.slice, 1);
}

// in → conv → add(in, conv) → heavy: a cut between conv and add would lose what the add reads.
TEST(Parts, NothingIsCutThatSomebodyFurtherOnReads) {
  NetBuilder b(Extent::image(64, 64, 8));
  const int first = b.add("first", Conv2d{64, {3, 3}, {1, 1}, {1, 1}});
  const int branch = b.add("branch", Conv2d{64, {3, 3}, {1, 1}, {1, 1}});
  b.add("again", Conv2d{64, {3, 3}, {1, 1}, {1, 1}});
  b.add("sum", Add{}, {first, branch + 1});
  b.add("small", MaxPool{{32, 32}, {32, 32}, {0, 0}});
  b.add("heavy", Conv2d{2048, {2, 2}});
  b.add("flat", Flatten{});
  b.add("out", Dense{4});
  const NetParts parts = cut_net(std::move(b).build());
  ASSERT_GT(nodes_of(parts.tail), 0U);
  EXPECT_EQ(parts.tail.spec.nodes.front().name, "heavy");
}

}  // namespace
}  // namespace pinwheel
