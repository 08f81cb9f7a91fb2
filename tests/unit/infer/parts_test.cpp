// Where networks are cut, and that the parts are networks again.
#include "infer/parts.h"

#include <gtest/gtest.h>

#include "nn/presets.h"
#include "nn/shape_inference.h"

namespace pinwheel {
namespace {

void expect_whole(const std::string& name, const NetSpec& spec) {
  int next = 0;
  Extent passed = spec.input;
  for (const NetPiece& piece : cut_net(spec)) {
    EXPECT_EQ(piece.part.first, next) << name;
    EXPECT_EQ(piece.part.spec.input, passed) << name;
    ASSERT_FALSE(piece.part.spec.nodes.empty()) << name;
    next += static_cast<int>(piece.part.spec.nodes.size());
    passed = infer_shapes(piece.part.spec).back();
  }
  EXPECT_EQ(next, static_cast<int>(spec.nodes.size())) << name;
  EXPECT_EQ(passed, infer_shapes(spec).back()) << name;
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
  for (const NetSpec& spec : {nets::two_layer(4761, 100, 5), nets::linnet(37, true)}) {
    const std::vector<NetPiece> pieces = cut_net(spec);
    ASSERT_EQ(pieces.size(), 1U);
    EXPECT_EQ(pieces.front().slice, 0);
  }
}

TEST(Parts, PicturesGoInSlicesAndHeavyDenseLayersDoNot) {
  const std::vector<NetPiece> pieces = cut_net(nets::small_cnn(37));
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0].slice, 1);
  EXPECT_EQ(pieces[1].slice, 0);
  EXPECT_EQ(pieces[1].part.spec.nodes.front().name, "fc1");
  const std::vector<NetPiece> light = cut_net(nets::lesson(4));
  ASSERT_EQ(light.size(), 1U);
  EXPECT_GT(light.front().slice, 1);
}

TEST(Parts, SmallPicturesGoInLargerSlices) {
  const std::vector<NetPiece> pieces = cut_net(nets::resnet18(37, Extent::image(224, 224, 3)));
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_LT(pieces[0].slice, pieces[1].slice);
  EXPECT_EQ(pieces[1].part.spec.nodes.back().name, "fc");
}

// first → branch → again → sum(first, again) → small → heavy: a cut among them would lose what the sum reads.
TEST(Parts, NothingIsCutThatSomebodyFurtherOnReads) {
  NetBuilder b(Extent::image(64, 64, 8));
  const int first = b.add("first", Conv2d{64, {3, 3}, {1, 1}, {1, 1}});
  b.add("branch", Conv2d{64, {3, 3}, {1, 1}, {1, 1}});
  const int again = b.add("again", Conv2d{64, {3, 3}, {1, 1}, {1, 1}});
  b.add("sum", Add{}, {first, again});
  b.add("small", MaxPool{{32, 32}, {32, 32}, {0, 0}});
  b.add("heavy", Conv2d{2048, {2, 2}});
  b.add("flat", Flatten{});
  b.add("out", Dense{4});
  const std::vector<NetPiece> pieces = cut_net(std::move(b).build());
  ASSERT_GT(pieces.size(), 1U);
  EXPECT_EQ(pieces[1].part.spec.nodes.front().name, "heavy");
}

}  // namespace
}  // namespace pinwheel
