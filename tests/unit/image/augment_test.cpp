#include "image/augment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "unit/image/pictures.h"

namespace pinwheel {
namespace {

std::vector<float> view(const Augment& augment, const Image& image, std::int64_t side, std::uint64_t seed) {
  std::vector<float> out(static_cast<std::size_t>(side * side * image.channels));
  Rng rng(seed);
  augment_view(augment, rng, image.pixels.data(), image.height, image.width, image.channels, side, side, out);
  return out;
}

std::vector<float> floats(const Image& image) { return {image.pixels.begin(), image.pixels.end()}; }

double mean(const std::vector<float>& v) {
  return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}

Image mirrored(const Image& image, bool across, bool down) {
  Image out = image;
  for (std::int64_t y = 0; y < image.height; ++y) {
    for (std::int64_t x = 0; x < image.width; ++x) {
      const auto* from = image.at(down ? image.height - 1 - y : y, across ? image.width - 1 - x : x);
      std::copy_n(from, image.channels, out.at(y, x));
    }
  }
  return out;
}

TEST(AugmentView, NothingAskedChangesNothing) {
  for (const std::int64_t channels : {1, 3}) {
    const Image image = gradient_picture(16, 16, channels);
    EXPECT_EQ(view(Augment{}, image, 16, 1), floats(image));
  }
}

TEST(AugmentView, ASmallerViewAveragesFourPixels) {
  const Image image{2, 2, 1, {10, 20, 30, 80}};
  EXPECT_FLOAT_EQ(view(Augment{}, image, 1, 1)[0], 35.0F);
  const Image colour = gradient_picture(32, 32, 3);
  const auto half = view(Augment{}, colour, 16, 1);
  const float want =
      static_cast<float>(colour.at(4, 6)[2] + colour.at(4, 7)[2] + colour.at(5, 6)[2] + colour.at(5, 7)[2]) / 4;
  EXPECT_FLOAT_EQ(half[(2 * 16 + 3) * 3 + 2], want);
}

TEST(AugmentView, FlipsAreExactMirrorsAndAllFourHappen) {
  const Image image = gradient_picture(12, 12, 3);
  Augment flips;
  flips.flip_horizontal = flips.flip_vertical = true;
  std::array<int, 4> seen{};
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const auto out = view(flips, image, 12, seed);
    for (std::size_t kind = 0; kind < 4; ++kind)
      seen[kind] += out == floats(mirrored(image, kind % 2 != 0, kind / 2 != 0));
  }
  EXPECT_EQ(seen[0] + seen[1] + seen[2] + seen[3], 40);
  for (const int count : seen) EXPECT_GT(count, 2);
}

TEST(AugmentView, RotationTurnsAndKeepsTheMiddle) {
  Image image = black_picture(31, 31, 1);
  paint(image, 13, 13, 5, 5, 200);
  paint(image, 14, 24, 3, 3, 100);  // right of the middle
  Augment turn;
  turn.rotate_degrees = 360;
  int moved = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto out = view(turn, image, 31, seed);
    EXPECT_NEAR(out[15 * 31 + 15], 200.0F, 1e-3F);
    EXPECT_NEAR(mean(out), mean(floats(image)), 0.2);
    moved += std::abs(out[15 * 31 + 25] - 100.0F) > 50;
  }
  EXPECT_GT(moved, 10);
}

TEST(AugmentView, ShiftMovesByAtMostItsPart) {
  Image image = black_picture(41, 41, 1);
  paint(image, 20, 20, 1, 1, 240);
  Augment shift;
  shift.shift = 0.1;
  double farthest = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto out = view(shift, image, 41, seed);
    const auto peak = std::max_element(out.begin(), out.end()) - out.begin();
    farthest = std::max(farthest, std::hypot(static_cast<double>(peak % 41 - 20), static_cast<double>(peak / 41 - 20)));
  }
  EXPECT_GT(farthest, 2.0);
  EXPECT_LE(farthest, 4.1 * std::sqrt(2.0) + 1);
}

TEST(AugmentView, ZoomEnlargesAndShrinks) {
  Image image = black_picture(40, 40, 1);
  paint(image, 10, 10, 20, 20, 200);
  Augment zoom;
  zoom.zoom = 0.5;
  double least = 1e9, most = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const double area = mean(view(zoom, image, 40, seed)) / 200 * 1600;
    least = std::min(least, area);
    most = std::max(most, area);
  }
  EXPECT_LT(least, 250);
  EXPECT_GE(least, 400 / (1.5 * 1.5) - 30);
  EXPECT_GT(most, 650);
  EXPECT_LE(most, 400 * 1.5 * 1.5 + 30);
}

TEST(AugmentView, BrightnessScalesAndNeverOverflows) {
  Image image = black_picture(4, 4, 1);
  paint(image, 0, 0, 4, 4, 250);
  Augment bright;
  bright.brightness = 0.5;
  bool darker = false, full = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const float value = view(bright, image, 4, seed)[5];
    EXPECT_GE(value, 250 / 1.5F - 1e-3F);
    EXPECT_LE(value, 255.0F);
    darker |= value < 240;
    full |= value == 255.0F;
  }
  EXPECT_TRUE(darker);
  EXPECT_TRUE(full);
}

TEST(AugmentView, OneSeedOneView) {
  const Image image = gradient_picture(20, 20, 3);
  const Augment all{360, true, true, 0.1, 0.2, 0.1};
  EXPECT_EQ(view(all, image, 16, 7), view(all, image, 16, 7));
  EXPECT_NE(view(all, image, 16, 7), view(all, image, 16, 8));
}

TEST(AugmentView, APictureOfOnePixelFillsTheView) {
  const Image image{1, 1, 3, {9, 8, 7}};
  const auto out = view(Augment{360, true, true, 0.5, 0.5, 0}, image, 4, 3);
  for (std::size_t i = 0; i < out.size(); ++i) EXPECT_FLOAT_EQ(out[i], static_cast<float>(9 - i % 3));
}

}  // namespace
}  // namespace pinwheel
