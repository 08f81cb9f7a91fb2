// Small pictures for these tests, drawn by formula.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "base/error.h"
#include "image/image.h"

namespace pinwheel {

inline Image gradient_picture(std::int64_t height, std::int64_t width, std::int64_t channels) {
  Image image{height, width, channels, {}};
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      for (std::int64_t c = 0; c < channels; ++c) {
        image.pixels.push_back(static_cast<std::uint8_t>((y * 7 + x * 3 + c * 50) % 256));
      }
    }
  }
  return image;
}

inline Image black_picture(std::int64_t height, std::int64_t width, std::int64_t channels) {
  return {height, width, channels, std::vector<std::uint8_t>(static_cast<std::size_t>(height * width * channels))};
}

inline void paint(Image& image, std::int64_t y, std::int64_t x, std::int64_t height, std::int64_t width,
                  std::uint8_t value) {
  for (std::int64_t row = y; row < y + height; ++row) {
    for (std::int64_t i = 0; i < width * image.channels; ++i) image.at(row, x)[i] = value;
  }
}

// Runs `action`, expects Error(code) with `part` in its message.
inline void expect_error(ErrorCode code, const std::string& part, const std::function<void()>& action) {
  try {
    action();
    ADD_FAILURE() << "no error; expected one with '" << part << "'";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

}  // namespace pinwheel
