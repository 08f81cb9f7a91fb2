// Charts from plain numbers: each is a value that says what to show and a pure function that draws it as an SVG
// document. They know no galaxy and no network. Numbers that are not finite, or beyond 1e30, are left out.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "image/image.h"
#include "report/style.h"
#include "report/svg.h"

namespace pinwheel::report {

struct Heading {
  std::string title, note;  // the note is one soft line below: what it is of, how many, which part
};

struct Series {
  std::string name;
  std::vector<Point> points;  // x ascending
  bool noisy = false;  // many raw values, as of mini-batches: drawn as the mean of neighbours in a band from least to
                       // most
  int look = -1;       // of style.h; -1: by position
};
struct LineChart {
  Heading heading;
  std::string x_label, y_label;  // with units
  std::vector<Series> series;
  bool percent = false;  // y is a share from 0 to 1
};
// A y that spans more than a factor of 30 above zero is drawn on a logarithmic axis.
std::string draw(const LineChart& chart, Theme theme);

struct BarGroup {
  std::string name, note;      // "How many arms?", "1,203 galaxies"
  std::vector<double> values;  // one for each of `parts`; NaN: says "none"
};
struct BarChart {
  Heading heading;
  std::vector<std::string> parts;  // "training", "validation"
  std::vector<BarGroup> groups;
  std::string x_label;
};
// Horizontal bars of shares from 0 to 1, so that long names can be read.
std::string draw(const BarChart& chart, Theme theme);

struct Confusion {
  Heading heading;
  std::vector<std::string> classes;
  std::vector<std::vector<std::int64_t>> counts;  // [truth][predicted]
};
// Rows are coloured by their shares; recall stands at the right of a row and precision below a column.
std::string draw(const Confusion& confusion, Theme theme);

struct ReliabilityBin {
  double said = 0, was = 0;  // mean of the probabilities, and how often it came true
  double weight = 0;         // how many answers are in it
};
struct Reliability {
  Heading heading;
  std::string x_label, y_label;
  std::vector<ReliabilityBin> bins;
};
// Dots as large as their bins are full, on the diagonal where what is said comes true.
std::string draw(const Reliability& reliability, Theme theme);

struct Tile {
  Image image;
  std::string caption, detail;
};
struct PictureRow {
  std::string name, detail;  // at the left; a row without tiles is a heading over those that follow
  std::vector<Tile> tiles;
  double tile = 0;  // pixels a side on the page; 0: the grid's
};
struct PictureGrid {
  Heading heading;
  std::vector<PictureRow> rows;
  double tile = 132;
};
std::string draw(const PictureGrid& grid, Theme theme);

struct Table {
  Heading heading;
  std::vector<std::string> columns;            // the first holds names, the others numbers
  std::vector<std::vector<std::string>> rows;  // [rows][columns]; an empty cell shows a dash
  std::vector<std::pair<int, int>> best;       // cells (row, column) to point out
};
std::string draw(const Table& table, Theme theme);

struct VoteBar {
  std::string answer;
  double predicted = 0;  // share of those asked, 0 … 1
  double truth = -1;     // < 0: unknown
};
struct VoteQuestion {
  std::string question;
  double predicted_reach = -1;  // share of all volunteers who would be asked; < 0: not a question of a tree
  double true_reach = -1;
  std::vector<VoteBar> answers;
};
struct VoteChart {
  Heading heading;
  Image image;
  std::string bar_words, mark_words;  // what bars and marks mean; no marks: empty
  std::vector<VoteQuestion> questions;
};
// A galaxy beside what was predicted (bars) and what people said (marks), question by question.
std::string draw(const VoteChart& chart, Theme theme);

}  // namespace pinwheel::report
