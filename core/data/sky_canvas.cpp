// Blur, grain and stretch of the synthetic sky.
#include "data/sky_canvas.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pinwheel::sky {
namespace {

// Light collected per unit of noise squared: bright parts have grain of their own, as photons do.
constexpr float kGain = 6;

// The stretch: linear well below kSoftening, logarithmic above, white at kWhite (both in units of the sky's noise).
constexpr float kSoftening = 4;
constexpr float kWhite = 1300;

// Half of a normalised Gaussian: weights[d] for distance d.
std::vector<float> gaussian_weights(float sigma) {
  const int radius = static_cast<int>(std::ceil(3 * sigma));
  std::vector<float> weights;
  float sum = 0;
  for (int d = 0; d <= radius; ++d) {
    weights.push_back(std::exp(-0.5F * static_cast<float>(d * d) / (sigma * sigma)));
    sum += d == 0 ? weights.back() : 2 * weights.back();
  }
  for (float& w : weights) w /= sum;
  return weights;
}

// One pass along a line of `count` pixels that lie `stride` apart; the edges repeat.
void blur_line(const Rgb* in, Rgb* out, std::int64_t count, std::int64_t stride, const std::vector<float>& weights) {
  const auto radius = static_cast<std::int64_t>(weights.size()) - 1;
  for (std::int64_t i = 0; i < count; ++i) {
    Rgb sum = in[i * stride] * weights[0];
    for (std::int64_t d = 1; d <= radius; ++d) {
      const Rgb pair = in[std::max<std::int64_t>(i - d, 0) * stride] + in[std::min(i + d, count - 1) * stride];
      sum = sum + pair * weights[static_cast<std::size_t>(d)];
    }
    out[i * stride] = sum;
  }
}

void blur_square(std::vector<Rgb>& light, std::int64_t size, float sigma) {
  if (sigma <= 0) return;
  const auto weights = gaussian_weights(sigma);
  std::vector<Rgb> between(light.size());
  for (std::int64_t row = 0; row < size; ++row) blur_line(&light[row * size], &between[row * size], size, 1, weights);
  for (std::int64_t column = 0; column < size; ++column) {
    blur_line(&between[column], &light[column], size, size, weights);
  }
}

// How much a blur of `sigma` shrinks white noise: the root of the sum of squared weights in two dimensions.
float noise_left_by_blur(float sigma) {
  float squares = 0;
  const auto weights = gaussian_weights(sigma);
  for (std::size_t d = 0; d < weights.size(); ++d) squares += (d == 0 ? 1.0F : 2.0F) * weights[d] * weights[d];
  return squares;  // sqrt(squares) in each dimension
}

std::uint8_t grey_level(float value) { return static_cast<std::uint8_t>(std::clamp(value * 255 + 0.5F, 0.0F, 255.0F)); }

}  // namespace

Canvas::Canvas(std::int64_t size) : size_(size), light_(static_cast<std::size_t>(size * size)) {}

Point Canvas::at(std::int64_t row, std::int64_t column) const {
  return {(static_cast<float>(column) + 0.5F) * pixel() - 1, 1 - (static_cast<float>(row) + 0.5F) * pixel()};
}

void Canvas::add(std::int64_t row, std::int64_t column, Rgb light) {
  Rgb& here = light_[static_cast<std::size_t>(row * size_ + column)];
  here = here + light;
}

void Canvas::spot(Point centre, float sigma, Rgb flux) {
  const float width = std::max(sigma, 0.5F * pixel()), reach = 4 * width;
  const Rgb peak = flux * (1 / (2 * std::numbers::pi_v<float> * width * width));
  const auto index = [this](float coordinate) {
    return static_cast<std::int64_t>(
        std::floor(std::clamp((coordinate + 1) / pixel(), 0.0F, static_cast<float>(size_))));
  };
  const std::int64_t bottom = std::min(index(-centre.y + reach) + 1, size_),
                     right = std::min(index(centre.x + reach) + 1, size_);
  for (std::int64_t row = index(-centre.y - reach); row < bottom; ++row) {
    for (std::int64_t column = index(centre.x - reach); column < right; ++column) {
      const Point p = at(row, column);
      const float dx = p.x - centre.x, dy = p.y - centre.y;
      add(row, column, peak * std::exp(-0.5F * (dx * dx + dy * dy) / (width * width)));
    }
  }
}

void Canvas::blur(float sigma) { blur_square(light_, size_, sigma); }

void Canvas::add_noise(float sky, float grain, Rng& rng) {
  if (sky <= 0) return;
  std::vector<Rgb> noise(light_.size());
  for (Rgb& n : noise) {
    n.r = static_cast<float>(rng.normal());
    n.g = static_cast<float>(rng.normal());
    n.b = static_cast<float>(rng.normal());
  }
  blur_square(noise, size_, grain);
  const float restore = grain > 0 ? 1 / noise_left_by_blur(grain) : 1;
  const auto sigma = [sky, restore](float light) {
    return sky * restore * std::sqrt(1 + std::max(0.0F, light) / kGain);
  };
  for (std::size_t i = 0; i < light_.size(); ++i) {
    Rgb& here = light_[i];
    here = here + noise[i] * Rgb{sigma(here.r), sigma(here.g), sigma(here.b)};
  }
}

Image Canvas::develop() const {
  Image image{size_, size_, 3, std::vector<std::uint8_t>(light_.size() * 3)};
  const float white = std::asinh(kWhite / kSoftening);
  for (std::size_t i = 0; i < light_.size(); ++i) {
    const Rgb light{std::max(0.0F, light_[i].r), std::max(0.0F, light_[i].g), std::max(0.0F, light_[i].b)};
    const float mean = (light.r + light.g + light.b) / 3;
    if (mean <= 0) continue;
    Rgb shown = light * (std::asinh(mean / kSoftening) / white / mean);
    // Too bright a pixel keeps its colour: all three bands shrink together.
    shown = shown * (1 / std::max({1.0F, shown.r, shown.g, shown.b}));
    image.pixels[3 * i] = grey_level(shown.r);
    image.pixels[3 * i + 1] = grey_level(shown.g);
    image.pixels[3 * i + 2] = grey_level(shown.b);
  }
  return image;
}

}  // namespace pinwheel::sky
