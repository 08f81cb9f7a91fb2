// Curves: axes, a legend, and for raw values of many steps a band with the mean of neighbours in it.
#include <algorithm>
#include <cmath>
#include <limits>

#include "report/axis.h"
#include "report/charts.h"
#include "report/layout.h"

namespace pinwheel::report {
namespace {

constexpr double kPlotHeight = 300, kBelowPlot = 58, kLogarithmicFrom = 30;
constexpr std::size_t kBuckets = 240;  // of a noisy series: more cannot be told apart at this width

struct Extremes {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();
  void take(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool any() const { return low <= high; }
};

// What an axis can hold: numbers beyond this are as good as infinite, in a loss as in a file that somebody broke.
bool can_be_drawn(double value) { return std::abs(value) < 1e30; }

std::vector<Series> drawable(std::vector<Series> series) {
  for (Series& one : series) {
    std::erase_if(one.points, [](const Point& p) { return !can_be_drawn(p.x) || !can_be_drawn(p.y); });
  }
  return series;
}

struct Bucket {
  double x = 0, mean = 0, least = 0, most = 0;
};

std::vector<Bucket> buckets_of(const std::vector<Point>& points) {
  const std::size_t count = std::min(kBuckets, std::max<std::size_t>(1, points.size() / 4));
  std::vector<Bucket> buckets;
  for (std::size_t b = 0; b < count; ++b) {
    const std::size_t begin = b * points.size() / count, end = (b + 1) * points.size() / count;
    Bucket bucket{0, 0, points[begin].y, points[begin].y};
    for (std::size_t i = begin; i < end; ++i) {
      bucket.x += points[i].x / static_cast<double>(end - begin);
      bucket.mean += points[i].y / static_cast<double>(end - begin);
      bucket.least = std::min(bucket.least, points[i].y);
      bucket.most = std::max(bucket.most, points[i].y);
    }
    buckets.push_back(bucket);
  }
  return buckets;
}

Axis y_axis(const LineChart& chart, const Extremes& y) {
  if (chart.percent) return percent_axis();
  if (y.low > 0 && y.high > kLogarithmicFrom * y.low) return log_axis(y.low * 0.9, y.high * 1.1);
  return linear_axis(y.low, y.high);
}

class LinePlot {
 public:
  LinePlot(Svg& svg, const Rect& area, Axis x, Axis y) : svg_(svg), area_(area), x_(std::move(x)), y_(std::move(y)) {}

  void grid(const LineChart& chart) const {
    for (std::size_t i = 0; i < y_.ticks.size(); ++i) {
      const double y = at({x_.low, y_.ticks[i]}).y;
      svg_.line({area_.x, y}, {area_.x + area_.width, y}, "rule");
      svg_.text({area_.x - 8, y + 4}, y_.labels[i], "soft small end");
    }
    const double floor = area_.y + area_.height;
    for (std::size_t i = 0; i < x_.ticks.size(); ++i) {
      const double x = at({x_.ticks[i], y_.low}).x;
      svg_.line({x, floor}, {x, floor + 5}, "axis");
      svg_.text({x, floor + 20}, x_.labels[i], "soft small middle");
    }
    svg_.line({area_.x, floor}, {area_.x + area_.width, floor}, "axis");
    svg_.text({area_.x + area_.width, floor + 42}, chart.x_label, "soft label end");
    svg_.text({kMargin, area_.y - 12}, chart.y_label, "soft label");
  }

  void series(const Series& series, int look) const {
    if (series.points.empty()) return;
    const std::string n = std::to_string(look % kSeriesLooks);
    if (series.noisy && series.points.size() > 8) return noisy(series, n);
    std::vector<Point> line;
    for (const Point& p : series.points) line.push_back(at(p));
    if (line.size() > 1) svg_.polyline(line, "line" + n);
    if (line.size() > 60) return;
    for (std::size_t i = 0; i < line.size(); ++i) {
      svg_.circle(
          line[i], 3.2, "fill" + n,
          series.name + ": " + human_number(series.points[i].y, 4) + " at " + human_number(series.points[i].x, 4));
    }
  }

 private:
  void noisy(const Series& series, const std::string& n) const {
    std::vector<Point> mean, band, lower;
    for (const Bucket& b : buckets_of(series.points)) {
      mean.push_back(at({b.x, b.mean}));
      band.push_back(at({b.x, b.most}));
      lower.push_back(at({b.x, b.least}));
    }
    band.insert(band.end(), lower.rbegin(), lower.rend());
    svg_.polygon(band, "band" + n);
    svg_.polyline(mean, "line" + n);
  }

  Point at(const Point& p) const {
    return {area_.x + x_.place(p.x) * area_.width, area_.y + (1 - y_.place(p.y)) * area_.height};
  }

  Svg& svg_;
  Rect area_;
  Axis x_, y_;
};

double widest_label(const Axis& axis) {
  double widest = 0;
  for (const std::string& label : axis.labels) widest = std::max(widest, text_width(label, kSmallSize));
  return widest;
}

int look_of(const Series& series, std::size_t position) {
  return series.look >= 0 ? series.look : static_cast<int>(position);
}

// Ticks within the data only: an axis of epochs that runs on past the last one would look unfinished.
Axis x_axis(const Extremes& x) {
  Axis axis = linear_axis(x.low, x.high, 8);
  const double low =
      std::min(axis.ticks.size() > 1 && axis.ticks[0] < x.low && axis.ticks[0] >= 0 ? axis.ticks[0] : x.low, x.low);
  while (axis.ticks.size() > 2 && axis.ticks.back() > x.high) {
    axis.ticks.pop_back();
    axis.labels.pop_back();
  }
  axis.low = low;
  axis.high = std::max(x.high, axis.ticks.back());
  while (axis.ticks.front() < axis.low) {
    axis.ticks.erase(axis.ticks.begin());
    axis.labels.erase(axis.labels.begin());
  }
  return axis;
}

}  // namespace

std::string draw(const LineChart& chart, Theme theme) {
  const std::vector<Series> series = drawable(chart.series);
  Extremes x, y;
  std::vector<LegendEntry> legend;
  for (std::size_t i = 0; i < series.size(); ++i) {
    for (const Point& p : series[i].points) {
      x.take(p.x);
      y.take(p.y);
    }
    legend.push_back({series[i].name, look_of(series[i], i), true});
  }
  if (!x.any()) x = y = {0, 1};
  const Axis horizontal = x_axis(x), vertical = y_axis(chart, y);
  const double top = heading_height(chart.heading, kSheetWidth);
  const double plot_top = top + legend_height(legend, kSheetWidth) + 24;
  const double left = kMargin + widest_label(vertical) + 10;
  Svg svg(kSheetWidth, plot_top + kPlotHeight + kBelowPlot, chart.heading.title, style_sheet(theme));
  draw_heading(svg, chart.heading, kSheetWidth);
  draw_legend(svg, legend, top, kSheetWidth);
  const LinePlot plot(svg, {left, plot_top, kSheetWidth - kMargin - left, kPlotHeight}, horizontal, vertical);
  plot.grid(chart);
  for (std::size_t i = 0; i < series.size(); ++i) plot.series(series[i], look_of(series[i], i));
  return std::move(svg).finish();
}

}  // namespace pinwheel::report
