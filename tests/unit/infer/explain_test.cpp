#include "infer/explain.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "infer/occlusion.h"
#include "io/model_file.h"
#include "nn/presets.h"

namespace pinwheel {
namespace {

// Two answers: the brightness of the left half and of the right half of an 8x8 picture, as two classes.
Model halves_model() {
  Model model;
  model.name = "halves";
  NetBuilder builder(Extent::image(8, 8, 1));
  builder.add("flat", Flatten{});
  builder.add("sum", Dense{2});
  model.spec = std::move(builder).build();
  model.params = Params(layout_params(model.spec));
  float* weight = model.params.get(1, ParamRole::kWeight);  // [2,64]
  for (std::size_t i = 0; i < 64; ++i) weight[(i % 8 < 4 ? 0 : 1) * 64 + i] = 0.2F;
  model.head = Head::kSoftmax;
  model.outputs = {"left", "right"};
  return model;
}

Image bright_left() {
  Image image{8, 8, 1, std::vector<std::uint8_t>(64, 10)};
  for (std::int64_t y = 3; y < 5; ++y) {
    for (std::int64_t x = 1; x < 3; ++x) *image.at(y, x) = 250;
  }
  return image;
}

TEST(Occlusion, FindsWhatTheAnswerDependsOn) {
  const ThreadPool pool(1);
  Classifier classifier(halves_model(), pool);
  Occlusion occlusion(classifier, bright_left(), {.patch = 2, .stride = 1, .outputs = {}});
  while (occlusion.done() < occlusion.total()) occlusion.step(5);
  EXPECT_EQ(occlusion.total(), 49);
  const HeatMap map = occlusion.map();
  ASSERT_EQ(map.drop.size(), 64U);
  EXPECT_GT(map.uncovered, 0.5F);
  const auto hottest = std::max_element(map.drop.begin(), map.drop.end()) - map.drop.begin();
  EXPECT_TRUE(hottest / 8 >= 3 && hottest / 8 < 5 && hottest % 8 >= 1 && hottest % 8 < 3) << hottest;
  EXPECT_NEAR(map.drop[6 * 8 + 6], 0, 1e-6);  // sky over sky changes nothing
  Occlusion other(classifier, bright_left(), {.patch = 2, .stride = 1, .outputs = {1}});
  while (other.done() < other.total()) other.step();
  EXPECT_NEAR(other.map().drop[3 * 8 + 1], -map.drop[3 * 8 + 1],
              1e-6);  // of two classes one gains what the other loses
}

TEST(Occlusion, SeveralOutputsAtOnceAreTheSameMaps) {
  const ThreadPool pool(1);
  Classifier classifier(halves_model(), pool);
  Occlusion both(classifier, bright_left(), {.patch = 2, .stride = 2, .outputs = {1, 0}});
  both.step(1000);
  for (const int output : {0, 1}) {
    Occlusion alone(classifier, bright_left(), {.patch = 2, .stride = 2, .outputs = {output}});
    alone.step(1000);
    EXPECT_EQ(alone.map().drop, both.map(1 - static_cast<std::size_t>(output)).drop);
  }
}

TEST(Occlusion, SlicesDoNotChangeTheMap) {
  const ThreadPool pool(1);
  Classifier classifier(halves_model(), pool);
  Occlusion one(classifier, bright_left()), many(classifier, bright_left());
  while (one.done() < one.total()) one.step(1);
  many.step(1'000'000);
  EXPECT_EQ(many.done(), many.total());
  many.step();
  for (std::size_t i = 0; i < 64; ++i) EXPECT_NEAR(one.map().drop[i], many.map().drop[i], 1e-6) << i;
}

TEST(Occlusion, RefusesWhatIsNotThere) {
  const ThreadPool pool(1);
  Classifier classifier(halves_model(), pool);
  EXPECT_THROW(Occlusion(classifier, bright_left(), {.patch = 9, .stride = 0, .outputs = {}}), Error);
  EXPECT_THROW(Occlusion(classifier, bright_left(), {.patch = 0, .stride = 0, .outputs = {2}}), Error);
}

TEST(SkyColour, IsTheMedianOfTheFrame) {
  Image image = bright_left();
  *image.at(0, 0) = 255;  // one star at the edge
  EXPECT_EQ(sky_colour(image), std::vector<std::uint8_t>{10});
}

TEST(LayerViewer, RefusesLayersAndPicturesThatDoNotFit) {
  const ThreadPool pool(1);
  const Model model = halves_model();
  EXPECT_THROW(LayerViewer(model, {2}, pool), Error);
  EXPECT_THROW(LayerViewer(model, {-1}, pool), Error);
  LayerViewer viewer(model, {0}, pool);
  EXPECT_THROW(viewer.look(Image{4, 4, 1, std::vector<std::uint8_t>(16)}), Error);
}

TEST(ChannelImage, GoesFromLeastToMost) {
  const LayerView view{0, Extent::image(1, 3, 2), {-1, 5, 0, 5, 1, 5}};
  EXPECT_EQ(channel_image(view, 0).pixels, (std::vector<std::uint8_t>{0, 128, 255}));
  EXPECT_EQ(channel_image(view, 1).pixels, (std::vector<std::uint8_t>{0, 0, 0}));
}

}  // namespace
}  // namespace pinwheel
