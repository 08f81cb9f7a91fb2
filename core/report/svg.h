// Well-formed SVG, one element after the other. It knows XML, numbers and UTF-8; what a chart is and which colours it
// has is somebody else's: elements carry classes, and the style sheet that is handed in says how they look.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "image/image.h"

namespace pinwheel::report {

struct Point {
  double x = 0, y = 0;
};
struct Rect {
  double x = 0, y = 0, width = 0, height = 0;
};

struct Attribute {
  Attribute(std::string_view name_, std::string_view value_) : name(name_), value(value_) {}
  Attribute(std::string_view name_, double value_);
  std::string_view name;
  std::string value;  // not escaped yet
};
using Attributes = std::initializer_list<Attribute>;

class Svg {
 public:
  // Pixels; the title is what a screen reader says and a browser's tab shows.
  Svg(double width, double height, std::string_view title, std::string_view style_sheet);

  // `tooltip`: shown while the pointer rests on the element; empty: none.
  void rect(const Rect& rect, std::string_view classes, std::string_view tooltip = {}, double opacity = 1);
  void line(Point from, Point to, std::string_view classes);
  void circle(Point centre, double radius, std::string_view classes, std::string_view tooltip = {});
  void polyline(std::span<const Point> points, std::string_view classes);
  void polygon(std::span<const Point> points, std::string_view classes);
  void text(Point at, std::string_view text, std::string_view classes);
  // The picture as PNG inside the file; `words` say what it shows.
  void image(const Rect& rect, const Image& image, std::string_view words);

  // Closes what is open and gives the whole document.
  std::string finish() &&;

 private:
  void open(std::string_view name, Attributes attributes);
  void leaf(std::string_view name, Attributes attributes, std::string_view tooltip = {});

  std::string out_;
};

// Text that may stand anywhere in XML or HTML: & < > " ' as entities; bytes that are no UTF-8 and characters that XML
// forbids as U+FFFD, so that a file name of any bytes cannot break a document.
std::string escape(std::string_view text);

// At most two decimals, no trailing zeros, never "-0", a point whatever the locale. Not finite: "0".
std::string svg_number(double value);

std::string base64(std::span<const std::uint8_t> bytes);  // RFC 4648, padded

}  // namespace pinwheel::report
