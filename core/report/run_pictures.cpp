#include "report/run_pictures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include "base/text.h"
#include "report/axis.h"
#include "report/charts.h"

namespace pinwheel::report {
namespace {

constexpr std::size_t kBothParts = 3;       // up to so many runs in one chart show training beside validation
constexpr std::size_t kSmoothPoints = 240;  // of a running mean: more cannot be told apart at a chart's width
constexpr double kSmoothShare = 0.02;       // of a run's steps, that a running mean is taken over

std::string names_of(std::span<const RunRecord> runs) {
  return listed(runs, [](const RunRecord& run) { return run.name; });
}

std::vector<Point> points_of(const NumberTable& table, const std::string& x, const std::string& y) {
  const auto *xs = table.find(x), *ys = table.find(y);
  std::vector<Point> points;
  for (std::size_t i = 0; xs != nullptr && ys != nullptr && i < xs->size(); ++i) points.push_back({(*xs)[i], (*ys)[i]});
  return points;
}

void add_series(LineChart& chart, const std::string& name, std::vector<Point> points, bool noisy = false) {
  if (!points.empty()) chart.series.push_back({name, std::move(points), noisy, -1});
}

std::string label(std::span<const RunRecord> runs, const RunRecord& run, const std::string& part) {
  return runs.size() == 1 ? part : run.name + ", " + part;
}

LineChart chart_of(const std::string& title, std::span<const RunRecord> runs, const std::string& x,
                   const std::string& y) {
  LineChart chart;
  chart.heading = {title, names_of(runs)};
  chart.x_label = x;
  chart.y_label = y;
  return chart;
}

// Loss of every step against epochs; where the steps do not say their epoch, by the share of all steps.
std::vector<Point> step_losses(const RunRecord& run) {
  if (!run.steps) return {};
  std::vector<Point> points = points_of(*run.steps, "epoch", "loss");
  if (!points.empty() || !run.curve) return points;
  points = points_of(*run.steps, "step", "loss");
  const auto* epochs = run.curve->find("epoch");
  if (points.empty() || epochs == nullptr) return {};
  const double epochs_a_step = epochs->back() / points.back().x;
  for (Point& point : points) point.x *= epochs_a_step;
  return points;
}

// The mean of the values around each of kSmoothPoints places, over a share of all of them: as noisy for batches of one
// as for large ones, once the runs are as long.
std::vector<Point> running_mean(std::vector<Point> points, double share) {
  std::erase_if(points, [](const Point& point) { return !std::isfinite(point.y) || std::abs(point.y) > 1e30; });
  std::vector<double> sums{0};
  for (const Point& point : points) sums.push_back(sums.back() + point.y);
  const std::size_t n = points.size(), half = static_cast<std::size_t>(share * static_cast<double>(n) / 2);
  const std::size_t count = std::min(n, kSmoothPoints);
  std::vector<Point> smooth;
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t i = count > 1 ? k * (n - 1) / (count - 1) : 0;
    const std::size_t begin = i - std::min(i, half), end = std::min(n, i + half + 1);
    smooth.push_back({points[i].x, (sums[end] - sums[begin]) / static_cast<double>(end - begin)});
  }
  return smooth;
}

// Of one run with all of its ups and downs; of several these would lie over each other, and a band of batches of one
// over everything.
void add_step_losses(LineChart& chart, std::span<const RunRecord> runs, const RunRecord& run) {
  const bool alone = runs.size() == 1;
  const auto steps = step_losses(run);
  add_series(chart, label(runs, run, alone ? "training, mini-batches" : "training, running mean"),
             alone ? steps : running_mean(steps, kSmoothShare), alone);
}

std::optional<Picture> loss_picture(std::span<const RunRecord> runs, Theme theme) {
  LineChart chart = chart_of("Loss while training", runs, "epochs", "loss");
  for (const RunRecord& run : runs) {
    const std::size_t before = chart.series.size();
    if (runs.size() <= kBothParts) add_step_losses(chart, runs, run);
    if (!run.curve) continue;
    if (chart.series.size() == before && runs.size() <= kBothParts) {
      add_series(chart, label(runs, run, "training, mean of the epoch"), points_of(*run.curve, "epoch", "train_loss"));
    }
    add_series(chart, label(runs, run, "validation"), points_of(*run.curve, "epoch", "validation_loss"));
  }
  if (chart.series.empty()) return std::nullopt;
  std::string caption =
      "Where validation turns up while training still falls, the network has begun to learn its examples by heart.";
  if (runs.size() > 1 && runs.size() <= kBothParts) {
    caption += " The training loss of its steps is drawn as their mean over a fiftieth of the run.";
  }
  return Picture{"curves", "curves-loss", caption, draw(chart, theme)};
}

struct Figure {
  std::string column, words, unit;
  bool percent = false;
};

// "validation_rmse" → RMSE; figures of one name in several runs share a chart.
std::vector<Figure> figures_of(std::span<const RunRecord> runs) {
  std::vector<Figure> figures;
  std::set<std::string> seen{"loss"};
  for (const RunRecord& run : runs) {
    if (!run.curve) continue;
    for (const auto& [column, values] : run.curve->columns) {
      if (!column.starts_with("validation_") || run.curve->find(column) == nullptr) continue;
      const std::string figure = column.substr(11);
      if (!seen.insert(figure).second) continue;
      const bool percent = figure == "accuracy";
      std::string words = figure == "rmse" || figure == "auc" ? figure : spoken(figure);
      if (figure == "rmse" || figure == "auc") std::transform(words.begin(), words.end(), words.begin(), ::toupper);
      words[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(words[0])));
      figures.push_back({figure, words, figure == "rmse" ? "RMSE, in shares of votes" : spoken(figure), percent});
    }
  }
  return figures;
}

std::optional<Picture> figure_picture(std::span<const RunRecord> runs, const Figure& figure, const std::string& x,
                                      const std::string& x_label, Theme theme) {
  LineChart chart =
      chart_of(figure.words + (x == "epoch" ? " by epoch" : " against " + x_label), runs, x_label, figure.unit);
  chart.percent = figure.percent;
  for (const RunRecord& run : runs) {
    if (!run.curve) continue;
    if (runs.size() <= kBothParts) {
      add_series(chart, label(runs, run, "training"), points_of(*run.curve, x, "train_" + figure.column));
    }
    add_series(chart, label(runs, run, "validation"), points_of(*run.curve, x, "validation_" + figure.column));
  }
  if (chart.series.empty()) return std::nullopt;
  const std::string tail = x == "epoch" ? "" : "-" + x + (x == "step" ? "s" : "");
  return Picture{"curves", "curves-" + figure.column + tail,
                 x == "seconds" ? "The same progress by the clock: what a mini-batch saves shows here."
                 : x == "step"  ? "Progress by the number of updates, whatever each of them cost."
                                : "On galaxies that the network never trained on, measured after every epoch.",
                 draw(chart, theme)};
}

// ---- comparison

struct Column {
  std::string title;
  int better = 0;  // +1: higher, -1: lower, 0: neither
  std::vector<double> values;
  std::vector<std::string> cells;
};

double best_of(const RunRecord& run, const std::string& column, bool lowest) {
  const auto* values = run.curve ? run.curve->find(column) : nullptr;
  if (values == nullptr) return std::numeric_limits<double>::quiet_NaN();
  double best = std::numeric_limits<double>::quiet_NaN();
  for (const double v : *values) {
    if (std::isfinite(v) && (std::isnan(best) || (lowest ? v < best : v > best))) best = v;
  }
  return best;
}

double test_of(const RunRecord& run, const std::string& name) {
  const auto value = run.test.find(name);
  return value == run.test.end() ? std::numeric_limits<double>::quiet_NaN() : value->second;
}

double last_of(const RunRecord& run, const std::string& column) {
  const auto* values = run.curve ? run.curve->find(column) : nullptr;
  return values == nullptr ? std::numeric_limits<double>::quiet_NaN() : values->back();
}

template <typename Measure>
Column number_column(std::span<const RunRecord> runs, const std::string& title, int better, bool share,
                     Measure measure) {
  Column column{title, better, {}, {}};
  for (const RunRecord& run : runs) {
    const double value = measure(run);
    column.values.push_back(value);
    column.cells.push_back(std::isfinite(value) ? share ? percent(value) : human_number(value, 4) : "");
  }
  return column;
}

Column fact_column(std::span<const RunRecord> runs, const std::string& title, const std::string& fact) {
  Column column{title, 0, {}, {}};
  for (const RunRecord& run : runs) {
    const auto value = run.facts.find(fact);
    column.cells.push_back(value == run.facts.end() ? "" : value->second);
  }
  return column;
}

bool any_cell(const Column& column) {
  return std::any_of(column.cells.begin(), column.cells.end(), [](const std::string& cell) { return !cell.empty(); });
}

// Losses of different kinds do not compare.
bool same_loss(std::span<const RunRecord> runs) {
  return std::all_of(runs.begin(), runs.end(), [&](const RunRecord& run) {
    const auto ours = run.facts.find("loss"), first = runs.front().facts.find("loss");
    return ours != run.facts.end() && first != runs.front().facts.end() && ours->second == first->second;
  });
}

std::vector<Column> columns_of(std::span<const RunRecord> runs) {
  std::vector<Column> columns;
  for (const auto& [title, fact] : {std::pair{"preset", "preset"}, {"galaxies", "galaxies"}, {"seed", "seed"}}) {
    columns.push_back(fact_column(runs, title, fact));
  }
  columns.push_back(number_column(runs, "epochs", 0, false, [](const RunRecord& r) { return last_of(r, "epoch"); }));
  columns.push_back(
      number_column(runs, "seconds", -1, false, [](const RunRecord& r) { return last_of(r, "seconds"); }));
  const auto best = [](const char* column, bool lowest) {
    return [=](const RunRecord& r) { return best_of(r, column, lowest); };
  };
  const auto test = [](const char* name) { return [=](const RunRecord& r) { return test_of(r, name); }; };
  columns.push_back(
      number_column(runs, "best validation loss", same_loss(runs) ? -1 : 0, false, best("validation_loss", true)));
  columns.push_back(number_column(runs, "best validation accuracy", 1, true, best("validation_accuracy", false)));
  columns.push_back(number_column(runs, "best validation RMSE", -1, false, best("validation_rmse", true)));
  columns.push_back(number_column(runs, "test accuracy", 1, true, test("accuracy")));
  columns.push_back(number_column(runs, "test AUC", 1, false, test("auc")));
  columns.push_back(number_column(runs, "test RMSE", -1, false, test("rmse")));
  std::erase_if(columns, [](const Column& column) { return !any_cell(column); });
  return columns;
}

// The row of the best value; -1 when nothing is better than anything else.
int best_row(const Column& column) {
  if (column.better == 0) return -1;
  int best = -1;
  std::size_t known = 0;
  for (std::size_t i = 0; i < column.values.size(); ++i) {
    if (!std::isfinite(column.values[i])) continue;
    ++known;
    const double lead =
        best < 0 ? 1 : (column.values[i] - column.values[static_cast<std::size_t>(best)]) * column.better;
    if (lead > 0) best = static_cast<int>(i);
  }
  return known > 1 ? best : -1;
}

}  // namespace

std::vector<Picture> curve_pictures(std::span<const RunRecord> runs, Theme theme) {
  std::vector<Picture> pictures;
  const auto add = [&](std::optional<Picture> picture) {
    if (picture) pictures.push_back(std::move(*picture));
  };
  add(loss_picture(runs, theme));
  for (const Figure& figure : figures_of(runs)) {
    add(figure_picture(runs, figure, "epoch", "epochs", theme));
    if (figure.column != "accuracy") continue;
    add(figure_picture(runs, figure, "step", "steps", theme));
    add(figure_picture(runs, figure, "seconds", "seconds", theme));
  }
  return pictures;
}

Picture compare_picture(std::span<const RunRecord> runs, Theme theme) {
  Table table;
  table.heading = {runs.size() == 1 ? "The run in figures" : "Runs side by side",
                   "Validation figures are the best of all epochs; a star marks the best of a column."};
  table.columns = {"run"};
  for (const RunRecord& run : runs) table.rows.push_back({run.name});
  for (const Column& column : columns_of(runs)) {
    if (const int best = best_row(column); best >= 0)
      table.best.emplace_back(best, static_cast<int>(table.columns.size()));
    table.columns.push_back(column.title);
    for (std::size_t i = 0; i < runs.size(); ++i) table.rows[i].push_back(column.cells[i]);
  }
  return {"compare", "compare",
          "Figures compare only between runs that kept the same galaxies for validation and test.", draw(table, theme)};
}

}  // namespace pinwheel::report
