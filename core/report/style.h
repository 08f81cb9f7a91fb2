// The look of every picture: the page's colours by class, a light theme for projectors and print, and how wide a text
// will be. Colours of series are told apart by any eye (after Okabe & Ito 2008) and never alone: lines also have
// dashes, bars a name. Text keeps a contrast of 4.5 against what it stands on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pinwheel::report {

enum class Theme { kDark, kLight };

inline constexpr int kSeriesLooks = 6;  // "line0" … "line5", "fill0" … "fill5"; a seventh series looks like the first

// Classes: sky (ground), ink and soft (text), title, label, small, strong, middle, end (alignment), rule and axis
// (lines), lineN, bandN, fillN (series), cell, on-low, on-high (matrix), pixels (enlarged pictures). A dark picture
// turns light on paper.
std::string style_sheet(Theme theme);

inline constexpr double kTitleSize = 20, kLabelSize = 13, kSmallSize = 11.5;

// Estimated, for no font is at hand; rather too wide than too narrow.
double text_width(std::string_view text, double size);
// Breaks at spaces, behind underscores, hyphens, slashes and the dots of names, and inside a word that is wider than a
// line. The last of `most` lines ends in "…" when something had to be left out.
std::vector<std::string> wrap(std::string_view text, double size, double width, std::size_t most = 100);

// "in_between_smooth" → "in between smooth".
std::string spoken(std::string_view name);

}  // namespace pinwheel::report
