// The baselines know no more than they should: the mean, and the colour in the middle.
#include "train/baselines.h"

#include <gtest/gtest.h>

#include <numeric>

namespace pinwheel {
namespace {

// Pictures of 8x8x3, dark but for their centre, which is red for class 0 and blue for class 1.
Dataset coloured(int count) {
  Dataset data;
  data.extent = Extent::image(8, 8, 3);
  data.outputs = {"red", "blue"};
  for (int i = 0; i < count; ++i) {
    const bool blue = i % 3 == 0;
    std::vector<std::uint8_t> pixels(8 * 8 * 3, static_cast<std::uint8_t>(i));
    pixels[(3 * 8 + 3) * 3 + (blue ? 2 : 0)] = static_cast<std::uint8_t>(200 + i % 7);
    data.ids.push_back(std::to_string(i));
    data.pixels.insert(data.pixels.end(), pixels.begin(), pixels.end());
    data.targets.insert(data.targets.end(), {blue ? 0.0F : 1.0F, blue ? 1.0F : 0.0F});
  }
  return data;
}

std::vector<std::int64_t> range(std::int64_t begin, std::int64_t end) {
  std::vector<std::int64_t> indices(static_cast<std::size_t>(end - begin));
  std::iota(indices.begin(), indices.end(), begin);
  return indices;
}

TEST(Baselines, TheMeanIsOfTheTrainingPartAlone) {
  const Dataset data = coloured(30);
  const auto predictions = mean_predictor(data, range(0, 3), range(3, 5));
  ASSERT_EQ(predictions.size(), 4U);
  EXPECT_FLOAT_EQ(predictions[0], 2.0F / 3);
  EXPECT_FLOAT_EQ(predictions[3], 1.0F / 3);
}

TEST(Baselines, TheCentralPixelTellsRedFromBlue) {
  const Dataset data = coloured(60);
  const auto test = range(40, 60);
  const auto predictions = central_pixel_predictor(data, range(0, 40), test, 4, Rng(3));
  for (std::size_t i = 0; i < test.size(); ++i) {
    EXPECT_FLOAT_EQ(predictions[2 * i], data.target(test[i])[0]) << i;
    EXPECT_FLOAT_EQ(predictions[2 * i + 1], data.target(test[i])[1]) << i;
  }
  EXPECT_EQ(predictions, central_pixel_predictor(data, range(0, 40), test, 4, Rng(3)));
}

TEST(Baselines, MoreClustersThanColoursDoNoHarm) {
  Dataset data = coloured(6);
  std::fill(data.pixels.begin(), data.pixels.end(), std::uint8_t{9});
  const auto predictions = central_pixel_predictor(data, range(0, 3), range(3, 6), 5, Rng(1));
  EXPECT_EQ(predictions, mean_predictor(data, range(0, 3), range(3, 6)));
}

}  // namespace
}  // namespace pinwheel
