#include "report/axis.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace pinwheel::report {
namespace {

constexpr double kRoundOff = 1e-9;           // of a step
constexpr const char* kPercent = "\u00a0%";  // never alone on a line

double nice_step(double rough) {
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double lead = rough / power;
  return (lead <= 1.0 + kRoundOff ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
}

std::string fixed(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

// Commas between thousands of the whole part.
std::string grouped(std::string text) {
  const std::size_t first = text.front() == '-' ? 1 : 0;
  std::size_t at = std::min(text.find('.'), text.size());
  if (at - first < 5) return text;  // 1234 reads well as it is
  while (at > first + 3) text.insert(at -= 3, ",");
  return text;
}

std::string scientific(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

void add_tick(Axis& axis, double value, double step) {
  axis.ticks.push_back(value);
  axis.labels.push_back(tick_label(value, step));
}

}  // namespace

double Axis::place(double value) const {
  if (logarithmic) return std::log(value / low) / std::log(high / low);
  return (value - low) / (high - low);
}

Axis linear_axis(double low, double high, int wanted) {
  if (low > high) std::swap(low, high);
  if (high - low <= std::abs(high) * 1e-12) {
    const double margin = high == 0 ? 0.5 : std::abs(high) / 10;
    low -= margin;
    high += margin;
  }
  const double step = nice_step((high - low) / wanted);
  const double first = std::floor(low / step + kRoundOff), last = std::ceil(high / step - kRoundOff);
  Axis axis{first * step, last * step, false, {}, {}};
  for (double k = first; k <= last; ++k) add_tick(axis, k == 0 ? 0 : k * step, step);
  return axis;
}

Axis log_axis(double low, double high) {
  const double first = std::floor(std::log10(low)), last = std::ceil(std::log10(high));
  Axis axis{low, high, true, {}, {}};
  const bool few = last - first <= 3;
  for (double decade = first; decade <= last; ++decade) {
    const double power = std::pow(10.0, decade);
    for (const double lead : {1.0, 2.0, 5.0}) {
      const double value = lead * power;
      if ((lead == 1.0 || few) && value >= low * (1 - kRoundOff) && value <= high * (1 + kRoundOff)) {
        add_tick(axis, value, power);
      }
    }
  }
  if (axis.low == axis.high) axis.high = axis.low * 10;
  return axis;
}

Axis percent_axis() {
  Axis axis = linear_axis(0, 1, 5);
  for (std::size_t i = 0; i < axis.ticks.size(); ++i) axis.labels[i] = fixed(axis.ticks[i] * 100, 0) + kPercent;
  return axis;
}

std::string tick_label(double value, double step) {
  const double magnitude = std::floor(std::log10(step) + kRoundOff);
  if (value != 0 && (magnitude < -5 || std::abs(value) >= 1e8)) return scientific(value);
  return grouped(fixed(value, static_cast<int>(std::max(0.0, -magnitude))));
}

std::string human_number(double value, int digits) {
  if (!std::isfinite(value)) return "–";
  if (value == 0) return "0";
  const auto magnitude = static_cast<int>(std::floor(std::log10(std::abs(value))));
  if (magnitude < -5 || magnitude >= 9) return scientific(value);
  if (value == std::round(value)) digits = 0;  // a count
  return grouped(fixed(value, std::max(0, digits - 1 - magnitude)));
}

std::string percent(double share) { return std::isfinite(share) ? fixed(share * 100, 1) + kPercent : "–"; }

}  // namespace pinwheel::report
