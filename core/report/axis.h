// Axes that people can read: ticks at 1, 2 or 5 times a power of ten, and numbers as one would write them.
#pragma once

#include <string>
#include <vector>

namespace pinwheel::report {

struct Axis {
  double low = 0, high = 1;
  bool logarithmic = false;
  std::vector<double> ticks;  // ascending, within [low, high]
  std::vector<std::string> labels;

  double place(double value) const;  // 0 at low, 1 at high; not clamped
};

// Covers [low, high], both rounded outwards to ticks, with about `wanted` steps. Equal or swapped ends are widened.
Axis linear_axis(double low, double high, int wanted = 5);
// 0 < low <= high. Ticks at powers of ten, and at 2 and 5 times them where there are few decades.
Axis log_axis(double low, double high);
// 0 to 100 %.
Axis percent_axis();

// `value` with as many decimals as `step` needs: 0.05 → "0.05", 20000 → "20,000"; powers of ten where a plain number
// would be long.
std::string tick_label(double value, double step);
// To a person: "0.0179", "12.4", "3,120", "97.1"; `digits` significant ones.
std::string human_number(double value, int digits = 3);
std::string percent(double share);  // "74.2 %", with a no-break space

}  // namespace pinwheel::report
