// A square of night sky in linear light: three bands per pixel, in units of the sky's noise. It knows telescopes (blur,
// grain, the stretch that makes a picture of it) and nothing of galaxies.
#pragma once

#include <cstdint>
#include <vector>

#include "base/rng.h"
#include "image/image.h"

namespace pinwheel::sky {

// Light in SDSS's i, r and g bands, shown as red, green and blue.
struct Rgb {
  float r = 0, g = 0, b = 0;
};
inline Rgb operator+(Rgb a, Rgb b) { return {a.r + b.r, a.g + b.g, a.b + b.b}; }
inline Rgb operator*(Rgb a, Rgb b) { return {a.r * b.r, a.g * b.g, a.b * b.b}; }
inline Rgb operator*(Rgb a, float k) { return {a.r * k, a.g * k, a.b * k}; }
inline Rgb mix(Rgb a, Rgb b, float part_of_b) { return a * (1 - part_of_b) + b * part_of_b; }

// A place in the frame: the centre is (0,0), the edges are at -1 and 1, y points up.
struct Point {
  float x = 0, y = 0;
};

class Canvas {
 public:
  explicit Canvas(std::int64_t size);

  float pixel() const { return 2 / static_cast<float>(size_); }  // side of a pixel in frame units
  Point at(std::int64_t row, std::int64_t column) const;

  // Adds light(Point) → Rgb at every pixel's centre.
  template <typename Light>
  void paint(const Light& light) {
    for (std::int64_t row = 0; row < size_; ++row) {
      for (std::int64_t column = 0; column < size_; ++column) add(row, column, light(at(row, column)));
    }
  }

  // Adds a round Gaussian spot that holds `flux` (brightness times frame units squared); it is never narrower than half
  // a pixel, so a star keeps its light at any size.
  void spot(Point centre, float sigma, Rgb flux);

  // The telescope and the air: a Gaussian of `sigma` pixels; light that leaves over the edge comes back from it.
  void blur(float sigma);

  // Grain of standard deviation sqrt(sky^2 + light/gain), correlated over `grain` pixels as resampled survey images
  // are.
  void add_noise(float sky, float grain, Rng& rng);

  // The picture: asinh stretch of the mean of the bands that keeps colour (Lupton et al. 2004, "Preparing
  // red-green-blue images from CCD data").
  Image develop() const;

 private:
  void add(std::int64_t row, std::int64_t column, Rgb light);

  std::int64_t size_;
  std::vector<Rgb> light_;  // [size,size], rows from the top
};

}  // namespace pinwheel::sky
