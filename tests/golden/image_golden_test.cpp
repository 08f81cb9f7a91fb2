// Decoding, resizing and greying against Pillow and numpy; files by tools/make_golden_images.py.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "image/image.h"
#include "image/preprocess.h"

namespace pinwheel {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(PINWHEEL_GOLDEN_DIR) / "image";

std::vector<std::uint8_t> read(const std::string& name) {
  std::ifstream in(kFolder / name, std::ios::binary);
  EXPECT_TRUE(in) << name;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Image read_raw(const nlohmann::json& file, const nlohmann::json& shape) {
  return {shape[0], shape[1], shape[2], read(file.get<std::string>())};
}

const nlohmann::json& manifest() {
  static const nlohmann::json json = nlohmann::json::parse(read("manifest.json"));
  return json;
}

struct Difference {
  int largest = 0;
  std::size_t count = 0;
};
Difference difference(const Image& a, const Image& b) {
  Difference d;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    const int distance = std::abs(a.pixels[i] - b.pixels[i]);
    d.largest = std::max(d.largest, distance);
    d.count += distance != 0;
  }
  return d;
}

void expect_shape(const Image& image, const Image& expected) {
  ASSERT_EQ(image.height, expected.height);
  ASSERT_EQ(image.width, expected.width);
  ASSERT_EQ(image.channels, expected.channels);
  ASSERT_EQ(image.pixels.size(), expected.pixels.size());
}

TEST(ImageGolden, DecodesEveryKindOfFile) {
  ASSERT_GE(manifest()["decode"].size(), 17U);
  for (const auto& entry : manifest()["decode"]) {
    const std::string name = entry["file"];
    SCOPED_TRACE(name);
    const Image expected = read_raw(entry["expected"], entry["shape"]);
    const Image image = decode_image(read(name), name);
    ASSERT_NO_FATAL_FAILURE(expect_shape(image, expected));
    EXPECT_LE(difference(image, expected).largest, entry["tolerance"].get<int>());
  }
}

TEST(ImageGolden, ResizesBitForBitLikePillowAndTheFormulas) {
  ASSERT_GE(manifest()["resize"].size(), 44U);
  for (const auto& entry : manifest()["resize"]) {
    SCOPED_TRACE(entry["expected"].get<std::string>());
    const Image source = read_raw(entry["source"], entry["source_shape"]);
    const Image expected = read_raw(entry["expected"], entry["shape"]);
    const Image image = resize(source, expected.height, expected.width, parse_resampler(entry["resampler"]));
    ASSERT_NO_FATAL_FAILURE(expect_shape(image, expected));
    EXPECT_EQ(difference(image, expected).count, 0U) << "largest " << difference(image, expected).largest;
  }
}

TEST(ImageGolden, GreyIsPillowsL) {
  for (const auto& entry : manifest()["grey"]) {
    const Image source = read_raw(entry["source"], entry["source_shape"]);
    const Image expected{source.height, source.width, 1, read(entry["expected"])};
    const Image image = to_grey(source, Grey{});
    ASSERT_NO_FATAL_FAILURE(expect_shape(image, expected));
    EXPECT_EQ(difference(image, expected).count, 0U);
  }
}

}  // namespace
}  // namespace pinwheel
