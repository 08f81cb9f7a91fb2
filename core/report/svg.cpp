#include "report/svg.h"

#include <charconv>
#include <cmath>
#include <cstdint>

namespace pinwheel::report {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::int64_t kPixelated = 200;                   // smaller pictures keep their pixels when enlarged

// Bytes of the well-formed UTF-8 character that opens `text`; 0 when there is none (RFC 3629, table 3-7 of Unicode).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80; };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && second < 0xA0, surrogate = first == 0xED && second > 0x9F;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && second < 0x90, beyond = first == 0xF4 && second > 0x8F;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

// U+FFFE and U+FFFF are characters, but not XML's.
bool forbidden_in_xml(std::string_view character) {
  const auto c = static_cast<unsigned char>(character[0]);
  if (c < 0x20) return c != '\t' && c != '\n' && c != '\r';
  return character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF";
}

std::string_view entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

std::string joined(std::span<const Point> points) {
  std::string out;
  for (const Point& point : points) {
    if (!out.empty()) out += ' ';
    out += svg_number(point.x) + ',' + svg_number(point.y);
  }
  return out;
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view character = text.substr(0, length == 0 ? 1 : length);
    const std::string_view named = entity(character[0]);
    if (!named.empty()) {
      out += named;
    } else {
      out += length == 0 || forbidden_in_xml(character) ? kReplacement : character;
    }
    text.remove_prefix(character.size());
  }
  return out;
}

std::string svg_number(double value) {
  if (!std::isfinite(value)) return "0";
  const double rounded = std::round(value * 100) / 100;
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, rounded == 0 ? 0.0 : rounded, std::chars_format::fixed, 2);
  std::string out(text, end.ptr);
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return out;
}

std::string base64(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) { return i + k < bytes.size() ? std::uint32_t{bytes[i + k]} : 0U; };
    const std::uint32_t three = byte(0) << 16U | byte(1) << 8U | byte(2);
    for (std::size_t k = 0; k < 4; ++k) {
      const bool given = i + k <= bytes.size();  // digit k needs byte k-1
      out += given ? kDigits[three >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return out;
}

Attribute::Attribute(std::string_view name_, double value_) : name(name_), value(svg_number(value_)) {}

Svg::Svg(double width, double height, std::string_view title, std::string_view style_sheet) {
  const std::string size = "0 0 " + svg_number(width) + ' ' + svg_number(height);
  open("svg", {{"xmlns", "http://www.w3.org/2000/svg"},
               {"viewBox", size},
               {"width", width},
               {"height", height},
               {"role", "img"},
               {"aria-label", title}});
  out_ += "\n<title>" + escape(title) + "</title>\n<style>" + escape(style_sheet) + "</style>\n";
  rect({0, 0, width, height}, "sky");
}

void Svg::open(std::string_view name, Attributes attributes) {
  out_ += '<';
  out_ += name;
  for (const Attribute& attribute : attributes) {
    if (attribute.value.empty()) continue;
    out_ += ' ';
    out_ += attribute.name;
    out_ += "=\"" + escape(attribute.value) + '"';
  }
  out_ += '>';
}

void Svg::leaf(std::string_view name, Attributes attributes, std::string_view tooltip) {
  open(name, attributes);
  if (tooltip.empty()) {
    out_.insert(out_.size() - 1, "/");
  } else {
    out_ += "<title>" + escape(tooltip) + "</title></";
    out_ += name;
    out_ += '>';
  }
  out_ += '\n';
}

void Svg::rect(const Rect& r, std::string_view classes, std::string_view tooltip, double opacity) {
  leaf("rect",
       {{"class", classes},
        {"x", r.x},
        {"y", r.y},
        {"width", std::max(r.width, 0.0)},
        {"height", std::max(r.height, 0.0)},
        {"fill-opacity", opacity < 1 ? svg_number(opacity) : std::string()}},
       tooltip);
}

void Svg::line(Point from, Point to, std::string_view classes) {
  leaf("line", {{"class", classes}, {"x1", from.x}, {"y1", from.y}, {"x2", to.x}, {"y2", to.y}});
}

void Svg::circle(Point centre, double radius, std::string_view classes, std::string_view tooltip) {
  leaf("circle", {{"class", classes}, {"cx", centre.x}, {"cy", centre.y}, {"r", radius}}, tooltip);
}

void Svg::polyline(std::span<const Point> points, std::string_view classes) {
  leaf("polyline", {{"class", classes}, {"points", joined(points)}});
}

void Svg::polygon(std::span<const Point> points, std::string_view classes) {
  leaf("polygon", {{"class", classes}, {"points", joined(points)}});
}

void Svg::text(Point at, std::string_view text, std::string_view classes) {
  open("text", {{"class", classes}, {"x", at.x}, {"y", at.y}});
  out_ += escape(text) + "</text>\n";
}

void Svg::image(const Rect& r, const Image& image, std::string_view words) {
  const bool small = image.width < kPixelated && image.height < kPixelated;
  leaf("image",
       {{"class", small ? "pixels" : ""},
        {"x", r.x},
        {"y", r.y},
        {"width", r.width},
        {"height", r.height},
        {"preserveAspectRatio", "none"},
        {"href", "data:image/png;base64," + base64(encode_png(image))}},
       words);
}

std::string Svg::finish() && { return std::move(out_) + "</svg>\n"; }

}  // namespace pinwheel::report
