// Central differences for functions computed in single precision. Two step widths are combined (Richardson), so that
// steps can be wide enough for the rounding of floats and still be exact to fourth order.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <vector>

#include "base/rng.h"

namespace pinwheel::testing {

using Function = std::function<double(std::span<const float>)>;

// d f / d direction at x: (8 (f(+h) - f(-h)) - (f(+2h) - f(-2h))) / 12h.
inline double directional(const Function& f, std::span<const float> x, std::span<const double> direction, double h) {
  std::vector<float> moved(x.size());
  const auto at = [&](double step) {
    for (std::size_t i = 0; i < x.size(); ++i) moved[i] = static_cast<float>(x[i] + step * direction[i]);
    return f(moved);
  };
  return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
}

// The largest disagreement between gradient and differences over `directions` random directions and some single
// coordinates, as a part of the gradient's length (of its largest value, for coordinates).
inline double worst_disagreement(const Function& f, std::span<const float> x, std::span<const float> gradient, double h,
                                 Rng rng, int directions = 4, int coordinates = 6) {
  double length = 0, largest = 0, worst = 0;
  for (const float g : gradient) {
    length += static_cast<double>(g) * g;
    largest = std::max(largest, std::abs(static_cast<double>(g)));
  }
  length = std::sqrt(length);
  std::vector<double> direction(x.size());
  for (int k = 0; k < directions; ++k) {
    double expected = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      direction[i] = rng.uniform() < 0.5 ? -1 : 1;  // every coordinate moves by h, so kinks further away stay untouched
      expected += direction[i] * gradient[i];
    }
    const double error = std::abs(directional(f, x, direction, h) - expected);
    worst = std::max(worst, error / std::max(length, 1e-6));
  }
  for (int k = 0; k < coordinates; ++k) {
    std::fill(direction.begin(), direction.end(), 0.0);
    const std::size_t i = rng.below(static_cast<std::uint32_t>(x.size()));
    direction[i] = 1;
    const double error = std::abs(directional(f, x, direction, h) - gradient[i]);
    worst = std::max(worst, error / std::max(largest, 1e-6));
  }
  return worst;
}

}  // namespace pinwheel::testing
