#include "report/style.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace pinwheel::report {
namespace {

struct Palette {
  std::string_view sky, raised, ink, soft, rule, cell, on_high;
  std::array<std::string_view, kSeriesLooks> series;
};

constexpr Palette kDark{
    "#090d17", "#111727", "#f2ebde", "#a7aebf",
    "#2b3140", "#f6b14e", "#1c1204", {"#f6b14e", "#8db8f8", "#5cc8a2", "#ee93c0", "#f4886c", "#d8d174"}};
constexpr Palette kLight{
    "#fbf9f4", "#f2eee5", "#171b26", "#545b6b",
    "#d9d5cc", "#e79a2f", "#171b26", {"#8f5000", "#1b57a3", "#00694f", "#9c2f6e", "#b0371a", "#5f5a00"}};
constexpr std::array<std::string_view, kSeriesLooks> kDashes{"none", "7 4", "2 4", "10 3 2 3", "4 2", "1 3"};

std::string rule(std::string_view selector, std::string_view body) {
  return "." + std::string(selector) + "{" + std::string(body) + "}";
}

std::string fill(std::string_view selector, std::string_view colour) {
  return rule(selector, "fill:" + std::string(colour));
}

std::string stroke(std::string_view selector, std::string_view colour) {
  return rule(selector, "stroke:" + std::string(colour));
}

std::string colours(const Palette& palette) {
  std::string css = fill("sky", palette.sky) + fill("raised", palette.raised) + fill("ink", palette.ink) +
                    fill("soft", palette.soft) + stroke("rule", palette.rule) + stroke("axis", palette.soft) +
                    stroke("mark", palette.ink) + fill("cell", palette.cell) + fill("on-low", palette.ink) +
                    fill("on-high", palette.on_high);
  for (std::size_t i = 0; i < kSeriesLooks; ++i) {
    const std::string n = std::to_string(i);
    css += stroke("line" + n, palette.series[i]) + fill("fill" + n, palette.series[i]) +
           fill("band" + n, palette.series[i]);
  }
  return css;
}

std::string forms() {
  std::string css =
      "text{font-family:Figtree,Figtree Variable,system-ui,Segoe UI,Roboto,DejaVu Sans,sans-serif;"
      "font-variant-numeric:tabular-nums}" +
      rule("title", "font-size:20px;font-weight:560;letter-spacing:-.01em") + rule("label", "font-size:13px") +
      rule("small", "font-size:11.5px") + rule("strong", "font-weight:650") + rule("middle", "text-anchor:middle") +
      rule("end", "text-anchor:end") + rule("pixels", "image-rendering:pixelated") +
      "line,polyline{fill:none;stroke-linecap:round;stroke-linejoin:round}" + rule("rule,.axis", "stroke-width:1") +
      rule("mark", "stroke-width:2.5");
  for (std::size_t i = 0; i < kSeriesLooks; ++i) {
    const std::string n = std::to_string(i);
    css += rule("line" + n, "stroke-width:2;stroke-dasharray:" + std::string(kDashes[i])) +
           rule("band" + n, "fill-opacity:.22");
  }
  return css;
}

// In parts of the font size, after DejaVu Sans: the widest face that a reader is likely to have.
double character_width(char c) {
  constexpr std::string_view kNarrow = "iIjl.,:;'|!()[]", kSlim = "ftr-/ \"", kWide = "mwMW@%";
  if ((static_cast<unsigned char>(c) & 0xC0U) == 0x80) return 0;  // inside a UTF-8 character
  if (kNarrow.find(c) != std::string_view::npos) return 0.34;
  if (kSlim.find(c) != std::string_view::npos) return 0.38;
  if (kWide.find(c) != std::string_view::npos) return 0.92;
  if (c >= 'A' && c <= 'Z') return 0.7;
  return 0.61;
}

bool breaks_behind(std::string_view text, std::size_t i) {
  constexpr std::string_view kAlways = " _-/";
  const bool dotted =
      text[i] == '.' && i + 1 < text.size() && std::isalpha(static_cast<unsigned char>(text[i + 1])) != 0;
  return dotted || kAlways.find(text[i]) != std::string_view::npos;
}

// Pieces that stay whole, each with the character behind which it may break.
std::vector<std::string> pieces_of(std::string_view text) {
  std::vector<std::string> pieces(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    pieces.back() += text[i];
    if (breaks_behind(text, i)) pieces.emplace_back();
  }
  return pieces;
}

// The longest beginning of `text` that fits, at least one whole UTF-8 character.
std::size_t fitting(std::string_view text, double size, double width) {
  double used = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    std::size_t next = end + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0U) == 0x80) ++next;
    used += character_width(text[end]) * size;
    if (used > width && end > 0) break;
    end = next;
  }
  return end;
}

std::string trimmed(std::string line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace

std::string style_sheet(Theme theme) {
  if (theme == Theme::kLight) return forms() + colours(kLight);
  return forms() + colours(kDark) + "@media print{" + colours(kLight) + "}";
}

double text_width(std::string_view text, double size) {
  double width = 0;
  for (const char c : text) width += character_width(c);
  return width * size;
}

std::vector<std::string> wrap(std::string_view text, double size, double width, std::size_t most) {
  std::vector<std::string> lines(1);
  for (std::string piece : pieces_of(text)) {
    if (!lines.back().empty() && text_width(lines.back() + trimmed(piece), size) > width) lines.emplace_back();
    while (text_width(trimmed(piece), size) > width && piece.size() > 1) {
      const std::size_t fits = fitting(piece, size, width);
      lines.back() = piece.substr(0, fits);
      piece.erase(0, fits);
      lines.emplace_back();
    }
    lines.back() += piece;
  }
  if (lines.size() > 1 && lines.back().empty()) lines.pop_back();
  for (std::string& line : lines) line = trimmed(std::move(line));
  if (lines.size() > most) {
    lines.resize(most);
    std::string& last = lines.back();
    last.resize(fitting(last, size, width - size));
    last += "…";
  }
  return lines;
}

std::string spoken(std::string_view name) {
  std::string out(name);
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

}  // namespace pinwheel::report
