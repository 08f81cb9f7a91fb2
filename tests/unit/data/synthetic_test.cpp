// The synthetic sky: the same key draws the same galaxy, its picture is a usable one, and its truth is the tree's.
#include "data/synthetic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "galaxy/labels.h"

namespace pinwheel {
namespace {

std::vector<GalaxyKind> every_kind() {
  std::vector<GalaxyKind> kinds;
  for (int i = 0; i < kGalaxyKinds; ++i) kinds.push_back(static_cast<GalaxyKind>(i));
  return kinds;
}

SkyOptions small() {
  SkyOptions options;
  options.size = 64;
  return options;
}

SyntheticGalaxy draw(GalaxyKind kind, std::uint64_t key, const SkyOptions& options = small()) {
  return render_galaxy(kind, options, Rng(key));
}

double grey(const Image& image, std::int64_t row, std::int64_t column) {
  const std::uint8_t* p = image.at(row, column);
  return (p[0] + p[1] + p[2]) / 3.0;
}

// First and second moments of the light in the middle of the frame, where no field star lies.
struct Moments {
  double x = 0, y = 0, elongation = 1;
};
Moments moments_of(const Image& image) {
  const std::int64_t from = image.height / 5, to = image.height - from;
  double sum = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  for (std::int64_t row = from; row < to; ++row) {
    for (std::int64_t column = from; column < to; ++column) {
      const double w = std::max(0.0, grey(image, row, column) - 20);
      const auto r = static_cast<double>(row), c = static_cast<double>(column);
      sum += w, x += w * c, y += w * r, xx += w * c * c, yy += w * r * r, xy += w * r * c;
    }
  }
  x /= sum, y /= sum, xx = xx / sum - x * x, yy = yy / sum - y * y, xy = xy / sum - x * y;
  const double spread = std::sqrt((xx - yy) * (xx - yy) / 4 + xy * xy), mean = (xx + yy) / 2;
  return {x, y, std::sqrt((mean + spread) / std::max(1e-9, mean - spread))};
}

TEST(Synthetic, SameKeySamePixels) {
  for (const GalaxyKind kind : every_kind()) {
    const SyntheticGalaxy a = draw(kind, 5), b = draw(kind, 5), other = draw(kind, 6);
    EXPECT_EQ(a.image.pixels, b.image.pixels) << galaxy_kind_name(kind);
    EXPECT_EQ(a.caption, b.caption);
    EXPECT_NE(a.image.pixels, other.image.pixels) << galaxy_kind_name(kind);
  }
}

TEST(Synthetic, DrawingDoesNotAdvanceTheCallersGenerator) {
  const Rng rng(9);
  render_galaxy(GalaxyKind::kSpiral, small(), rng);
  EXPECT_EQ(rng.state(), Rng(9).state());
}

TEST(Synthetic, PicturesAreNeitherBlackNorBurntOut) {
  for (const GalaxyKind kind : every_kind()) {
    for (std::uint64_t key = 0; key < 6; ++key) {
      SCOPED_TRACE(std::string(galaxy_kind_name(kind)) + " " + std::to_string(key));
      const Image image = draw(kind, key).image;
      ASSERT_EQ(image.pixels.size(), 64U * 64 * 3);
      const auto burnt = std::count(image.pixels.begin(), image.pixels.end(), 255);
      EXPECT_LT(burnt, static_cast<long>(image.pixels.size() / 50));
      EXPECT_GT(*std::max_element(image.pixels.begin(), image.pixels.end()), 110);
      double corners = 0;  // the sky is dark
      for (const std::int64_t row : {1, 62}) {
        for (const std::int64_t column : {1, 62}) corners += std::min(grey(image, row, column), 60.0) / 4;
      }
      EXPECT_LT(corners, 45);
    }
  }
}

TEST(Synthetic, GalaxiesSitInTheMiddle) {
  for (const GalaxyKind kind : every_kind()) {
    if (kind == GalaxyKind::kMerger) continue;  // its centre is between the two
    for (std::uint64_t key = 0; key < 6; ++key) {
      const Moments moments = moments_of(draw(kind, key).image);
      EXPECT_NEAR(moments.x, 31.5, 5) << galaxy_kind_name(kind) << " " << key;
      EXPECT_NEAR(moments.y, 31.5, 5) << galaxy_kind_name(kind) << " " << key;
    }
  }
}

double mean_elongation(GalaxyKind kind) {
  double sum = 0;
  for (std::uint64_t key = 0; key < 8; ++key) sum += moments_of(draw(kind, key).image).elongation / 8;
  return sum;
}

TEST(Synthetic, ShapesAreWhatTheyAreCalled) {
  const double round = mean_elongation(GalaxyKind::kRoundSmooth),
               between = mean_elongation(GalaxyKind::kInBetweenSmooth);
  EXPECT_LT(round, 1.15);
  EXPECT_GT(between, round + 0.25);
  EXPECT_GT(mean_elongation(GalaxyKind::kCigarSmooth), between + 0.5);
  EXPECT_GT(mean_elongation(GalaxyKind::kEdgeOn), between + 0.5);
  EXPECT_LT(mean_elongation(GalaxyKind::kSpiral), mean_elongation(GalaxyKind::kEdgeOn));
}

// Blue over red in the pixels that belong to the galaxy.
double blueness(GalaxyKind kind) {
  double blue = 0, red = 0;
  for (std::uint64_t key = 0; key < 6; ++key) {
    const Image image = draw(kind, key).image;
    for (std::int64_t row = 16; row < 48; ++row) {
      for (std::int64_t column = 16; column < 48; ++column) {
        blue += image.at(row, column)[2];
        red += image.at(row, column)[0];
      }
    }
  }
  return blue / red;
}

TEST(Synthetic, SpiralsAreBlueAndEllipticalsAreNot) {
  EXPECT_GT(blueness(GalaxyKind::kSpiral), blueness(GalaxyKind::kRoundSmooth) + 0.15);
}

TEST(Synthetic, TruthObeysTheTree) {
  for (const GalaxyKind kind : every_kind()) {
    for (std::uint64_t key = 0; key < 12; ++key) {
      SCOPED_TRACE(std::string(galaxy_kind_name(kind)) + " " + std::to_string(key));
      SkyOptions tiny;
      tiny.size = 16;
      const SyntheticGalaxy galaxy = draw(kind, key, tiny);
      const auto broken = galaxy::check_weighted(galaxy::weighted_from_conditional(galaxy.conditional), 1e-5F);
      EXPECT_TRUE(broken.empty()) << broken.front();
      for (const galaxy::Step& step : galaxy::likely_path(galaxy.conditional)) {
        EXPECT_EQ(step.conditional, 1) << "question " << step.question + 1 << " has no true answer";
      }
      EXPECT_EQ(galaxy.kind, kind);
      EXPECT_EQ(galaxy.caption.back(), '.');
    }
  }
}

TEST(Synthetic, FiveClassesAgreeWithTheTruth) {
  int classed = 0;
  for (const GalaxyKind kind : every_kind()) {
    const auto expected = five_class_of_kind(kind);
    if (!expected) continue;
    ++classed;
    EXPECT_EQ(galaxy::five_class_of(galaxy::weighted_from_conditional(draw(kind, 3).conditional)), *expected);
  }
  EXPECT_EQ(classed, 6);
}

TEST(Synthetic, ALargerPictureShowsTheSameGalaxy) {
  SkyOptions quiet = small(), large = small();
  quiet.noise = large.noise = 0;
  large.size = 128;
  for (const GalaxyKind kind : every_kind()) {
    const Image a = draw(kind, 4, quiet).image, b = draw(kind, 4, large).image;
    double difference = 0;
    for (std::int64_t row = 0; row < 64; ++row) {
      for (std::int64_t column = 0; column < 64; ++column) {
        const double mean = (grey(b, 2 * row, 2 * column) + grey(b, 2 * row + 1, 2 * column) +
                             grey(b, 2 * row, 2 * column + 1) + grey(b, 2 * row + 1, 2 * column + 1)) /
                            4;
        difference += std::fabs(mean - grey(a, row, column)) / (64 * 64);
      }
    }
    EXPECT_LT(difference, 2) << galaxy_kind_name(kind);
  }
}

TEST(Synthetic, NoiseIsAChoice) {
  SkyOptions quiet = small();
  quiet.noise = 0;
  quiet.psf_pixels = 0;
  const Image clean = draw(GalaxyKind::kRoundSmooth, 2, quiet).image, grainy = draw(GalaxyKind::kRoundSmooth, 2).image;
  const auto distinct = [](const Image& image) {
    int changes = 0;  // neighbouring sky pixels that differ
    for (std::int64_t column = 1; column < 63; ++column) {
      changes += std::fabs(grey(image, 1, column) - grey(image, 1, column + 1)) > 1.5 ? 1 : 0;
    }
    return changes;
  };
  EXPECT_LT(distinct(clean) + 10, distinct(grainy));
}

TEST(Synthetic, KindsHaveDistinctNames) {
  std::set<std::string> names;
  for (const GalaxyKind kind : every_kind()) names.insert(galaxy_kind_name(kind));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kGalaxyKinds));
}

TEST(Synthetic, RefusesAnImpossibleSky) {
  for (const std::int64_t size : {std::int64_t{0}, std::int64_t{-5}, std::int64_t{15}, std::int64_t{1} << 40}) {
    SkyOptions options;
    options.size = size;
    EXPECT_THROW(draw(GalaxyKind::kSpiral, 1, options), Error) << size;
  }
  SkyOptions loud = small();
  loud.noise = std::nan("");
  EXPECT_THROW(draw(GalaxyKind::kSpiral, 1, loud), Error);
  SkyOptions foggy = small();
  foggy.psf_pixels = 17;
  EXPECT_THROW(draw(GalaxyKind::kSpiral, 1, foggy), Error);
}

}  // namespace
}  // namespace pinwheel
