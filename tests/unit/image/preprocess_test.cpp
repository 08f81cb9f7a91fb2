// The steps of preprocessing one by one. That the resamplers are right to the bit is shown by the golden tests.
#include "image/preprocess.h"

#include <gtest/gtest.h>

#include "image/region.h"
#include "unit/image/pictures.h"

namespace pinwheel {
namespace {

void expect_box(const Box& box, std::int64_t y, std::int64_t x, std::int64_t height, std::int64_t width) {
  EXPECT_EQ(box.y, y);
  EXPECT_EQ(box.x, x);
  EXPECT_EQ(box.height, height);
  EXPECT_EQ(box.width, width);
}

TEST(Preprocess, CentreCropTakesTheMiddleAndLeavesSmallPicturesWhole) {
  const Image image = gradient_picture(10, 14, 3);
  const Image crop = centre_crop(image, 4);
  EXPECT_EQ(crop.height, 4);
  EXPECT_EQ(crop.width, 4);
  EXPECT_EQ(crop.at(0, 0)[1], image.at(3, 5)[1]);
  EXPECT_EQ(centre_crop(image, 99).pixels, image.pixels);
}

TEST(Preprocess, CropBoxRefusesToLeaveThePicture) {
  const Image image = gradient_picture(10, 14, 1);
  EXPECT_EQ(crop_box(image, 9, 13, 1, 1).pixels[0], image.at(9, 13)[0]);
  expect_error(ErrorCode::kInvalidArgument, "leaves the picture of 10x14x1", [&] { crop_box(image, 5, 5, 6, 6); });
  expect_error(ErrorCode::kInvalidArgument, "leaves the picture", [&] { crop_box(image, -1, 0, 2, 2); });
}

TEST(Preprocess, LargestObjectJoinsDiagonalsAndWins) {
  Image image = black_picture(20, 20, 1);
  paint(image, 2, 2, 3, 3, 200);    // 9 pixels and …
  paint(image, 5, 5, 2, 2, 200);    // … 4 more that touch them by a corner
  paint(image, 10, 10, 3, 4, 255);  // 12 pixels, brighter but fewer
  expect_box(largest_object(image, 10), 2, 2, 5, 5);
}

TEST(Preprocess, LargestObjectOfAUShapeIsOne) {
  Image image = black_picture(9, 9, 3);
  paint(image, 1, 1, 6, 1, 99);
  paint(image, 1, 6, 6, 1, 99);
  paint(image, 6, 1, 1, 6, 99);
  paint(image, 1, 3, 3, 2, 99);  // inside, apart from it
  expect_box(largest_object(image, 10), 1, 1, 6, 6);
}

TEST(Preprocess, OfEqualObjectsTheUpperOneCounts) {
  Image image = black_picture(9, 9, 1);
  paint(image, 1, 5, 2, 2, 50);
  paint(image, 2, 1, 2, 2, 50);
  expect_box(largest_object(image, 10), 1, 5, 2, 2);
}

TEST(Preprocess, RegionOfInterestIsSquareAndPadded) {
  Image image = black_picture(100, 100, 3);
  paint(image, 40, 30, 10, 20, 255);
  // 20 is the longer side, padded by 4 on each side: 28, centred on row 45 and column 40.
  expect_box(region_of_interest(image, {}), 31, 26, 28, 28);
}

TEST(Preprocess, RegionOfInterestIsTheWholeFrameWhenItWouldLeaveIt) {
  Image image = black_picture(60, 50, 3);
  expect_box(region_of_interest(image, {}), 0, 0, 60, 50);
  paint(image, 0, 0, 5, 5, 255);
  expect_box(region_of_interest(image, {}), 0, 0, 60, 50);
}

TEST(Preprocess, ASquareLiesInEightWays) {
  const Image image{2, 2, 1, {1, 2, 3, 4}};
  using Pixels = std::vector<std::uint8_t>;
  const std::vector<Pixels> ways{{1, 2, 3, 4}, {2, 4, 1, 3}, {4, 3, 2, 1}, {3, 1, 4, 2},
                                 {2, 1, 4, 3}, {1, 3, 2, 4}, {3, 4, 1, 2}, {4, 2, 3, 1}};
  for (int view = 0; view < 8; ++view) EXPECT_EQ(turned(image, view).pixels, ways[static_cast<std::size_t>(view)]);
  EXPECT_EQ(turned(gradient_picture(5, 5, 3), 1).at(0, 0)[2], gradient_picture(5, 5, 3).at(0, 4)[2]);
  expect_error(ErrorCode::kInvalidArgument, "square", [] { turned(gradient_picture(4, 5, 1), 1); });
}

TEST(Preprocess, GreyUsesTheWeights) {
  const Image image{1, 2, 3, {255, 0, 0, 10, 200, 30}};
  EXPECT_EQ(to_grey(image, Grey{}).pixels, (std::vector<std::uint8_t>{76, 124}));
  EXPECT_EQ(to_grey(image, Grey{0, 1, 0}).pixels, (std::vector<std::uint8_t>{0, 200}));
}

TEST(Preprocess, ResizeOfAFlatPictureIsFlat) {
  Image image = black_picture(33, 57, 3);
  paint(image, 0, 0, 33, 57, 137);
  for (const auto r : {Resampler::kBilinearAntialias, Resampler::kBilinear, Resampler::kArea, Resampler::kLanczos}) {
    for (const std::int64_t side : {1, 7, 64}) {
      EXPECT_EQ(resize(image, side, side, r).pixels,
                std::vector<std::uint8_t>(static_cast<std::size_t>(side * side * 3), 137));
    }
  }
}

TEST(Preprocess, RunStepsGivesWhatTheNetworkTakes) {
  const Image image = gradient_picture(424, 424, 3);
  const Preprocess p{{Grey{}, CentreCrop{256}, Resize{64, 64, Resampler::kBilinearAntialias}}, false, 255, {}, {}};
  const Image out = run_steps(p, image, Extent::image(64, 64, 1));
  EXPECT_EQ(out.pixels, resize(centre_crop(to_grey(image, {}), 256), 64, 64, Resampler::kBilinearAntialias).pixels);
}

TEST(Preprocess, ResizeCutsASquareFirst) {
  const Image image = gradient_picture(20, 30, 3);
  const Preprocess p{{Resize{10, 10, Resampler::kArea}}, false, 255, {}, {}};
  const Image square = crop_box(image, 0, 5, 20, 20);
  EXPECT_EQ(run_steps(p, image, Extent::image(10, 10, 3)).pixels, resize(square, 10, 10, Resampler::kArea).pixels);
}

TEST(Preprocess, GreyPicturesSuitAColourNetwork) {
  const Preprocess p{{Resize{8, 8, Resampler::kArea}}, false, 255, {}, {}};
  const Image out = run_steps(p, gradient_picture(16, 16, 1), Extent::image(8, 8, 3));
  EXPECT_EQ(out.channels, 3);
  EXPECT_EQ(out.at(3, 4)[0], out.at(3, 4)[2]);
}

TEST(Preprocess, AFlatExtentTakesAnyPictureOfItsSize) {
  const Preprocess p{{Grey{}, Resize{69, 69, Resampler::kArea}}, false, 256, {}, {}};
  EXPECT_EQ(run_steps(p, gradient_picture(80, 80, 3), Extent::vector(4761)).pixels.size(), 4761U);
}

TEST(Preprocess, RunStepsSaysWhatIsMissing) {
  const Preprocess none;
  expect_error(ErrorCode::kInvalidArgument, "takes 64x64x3: add a resize step",
               [&] { run_steps(none, gradient_picture(10, 10, 3), Extent::image(64, 64, 3)); });
  expect_error(ErrorCode::kInvalidArgument, "add a grey step",
               [&] { run_steps(none, gradient_picture(10, 10, 3), Extent::image(10, 10, 1)); });
}

TEST(Preprocess, SeenBoxFollowsCropsThroughAResize) {
  const Image image = gradient_picture(424, 424, 3);
  Preprocess p;
  expect_box(seen_box(p, image), 0, 0, 424, 424);
  p.steps = {CentreCrop{256}, Resize{64, 64, Resampler::kArea}};
  expect_box(seen_box(p, image), 84, 84, 256, 256);
  p.steps.push_back(CropFraction{0.5});
  expect_box(seen_box(p, image), 148, 148, 128, 128);
}

TEST(Preprocess, ToFloatsDividesSwapsAndNormalises) {
  Preprocess p;
  p.bgr = true;
  p.mean = {0.5, 0.0, 0.0};
  p.std = {0.25, 1.0, 2.0};
  std::vector<float> out(3);
  to_floats(p, Image{1, 1, 3, {255, 51, 102}}, out);
  EXPECT_FLOAT_EQ(out[0], (102 / 255.0F - 0.5F) / 0.25F);
  EXPECT_FLOAT_EQ(out[1], 0.2F);
  EXPECT_FLOAT_EQ(out[2], 0.5F);
  p.mean = {0.5};
  expect_error(ErrorCode::kInvalidArgument, "each of the 3 channels", [&] {
    to_floats(p, Image{1, 1, 3, {1, 2, 3}}, out);
  });
}

TEST(Preprocess, ResamplerNamesGoBothWays) {
  for (const auto r : {Resampler::kBilinearAntialias, Resampler::kBilinear, Resampler::kArea, Resampler::kLanczos}) {
    EXPECT_EQ(parse_resampler(resampler_name(r)), r);
  }
  expect_error(ErrorCode::kInvalidArgument, "'cubic'", [] { parse_resampler("cubic"); });
}

}  // namespace
}  // namespace pinwheel
