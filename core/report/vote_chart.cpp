// One galaxy and the eleven questions: bars for what the model says, a mark where the volunteers were.
#include <algorithm>

#include "report/axis.h"
#include "report/charts.h"
#include "report/layout.h"

namespace pinwheel::report {
namespace {

constexpr double kWidth = 900, kImage = 270, kLeft = kMargin + kImage + 36, kAnswerWidth = 140, kRow = 20, kBar = 12,
                 kNumbers = 112, kBetween = 16, kUnlikely = 0.1;

std::string reach_note(const VoteQuestion& q) {
  if (q.predicted_reach < 0) return {};
  std::string note = "asked of " + percent(q.predicted_reach);
  if (q.true_reach >= 0) note += ", in truth " + percent(q.true_reach);
  return note;
}

double question_height(const VoteQuestion& q) {
  const auto lines = wrap(q.question, kLabelSize, kWidth - kLeft - kMargin);
  return kLineHeight * static_cast<double>(lines.size() + 1) + kRow * static_cast<double>(q.answers.size()) + kBetween;
}

void draw_question(Svg& svg, const VoteQuestion& q, double top) {
  const auto lines = wrap(q.question, kLabelSize, kWidth - kLeft - kMargin);
  draw_lines(svg, {kLeft, top + 12}, lines, "ink label strong");
  double y = top + 12 + kLineHeight * static_cast<double>(lines.size());
  svg.text({kLeft, y}, reach_note(q), "soft small");
  y += 8;
  const double left = kLeft + kAnswerWidth, width = kWidth - kMargin - kNumbers - left;
  // A branch that hardly anybody reaches is drawn faintly: its shares are of very few.
  const double solid = q.predicted_reach < 0 || q.predicted_reach >= kUnlikely ? 1 : 0.35;
  for (const VoteBar& bar : q.answers) {
    svg.text({left - 10, y + kBar - 1}, bar.answer, "ink small end");
    svg.rect({left, y, width, kBar}, "raised");
    svg.rect({left, y, std::max(1.0, width * bar.predicted), kBar}, "fill0",
             bar.answer + ": predicted " + percent(bar.predicted), solid);
    std::string numbers = percent(bar.predicted);
    if (bar.truth >= 0) {
      const double x = left + width * bar.truth;
      svg.line({x, y - 2}, {x, y + kBar + 2}, "mark");
      numbers += "  ·  " + percent(bar.truth);
    }
    svg.text({left + width + 8, y + kBar - 1}, numbers, "soft small");
    y += kRow;
  }
}

void draw_key(Svg& svg, const VoteChart& chart, double top) {
  svg.rect({kMargin, top, 22, kBar}, "fill0");
  svg.text({kMargin + 30, top + 11}, chart.bar_words, "ink small");
  if (!chart.mark_words.empty()) {
    svg.line({kMargin + 11, top + 20}, {kMargin + 11, top + 36}, "mark");
    svg.text({kMargin + 30, top + 33}, chart.mark_words, "ink small");
    top += 23;
  }
  const bool tree = std::any_of(chart.questions.begin(), chart.questions.end(),
                                [](const VoteQuestion& q) { return q.predicted_reach >= 0; });
  if (!tree) return;
  svg.rect({kMargin, top + 23, 22, kBar}, "fill0", {}, 0.35);
  svg.text({kMargin + 30, top + 34}, "a branch that few would reach", "ink small");
}

}  // namespace

std::string draw(const VoteChart& chart, Theme theme) {
  const double top = heading_height(chart.heading, kWidth) + 10;
  double height = 0;
  for (const VoteQuestion& q : chart.questions) height += question_height(q);
  Svg svg(kWidth, std::max(top + height, top + kImage + 110) + kMargin, chart.heading.title, style_sheet(theme));
  draw_heading(svg, chart.heading, kWidth);
  svg.image({kMargin, top, kImage, kImage}, chart.image, chart.heading.title);
  draw_key(svg, chart, top + kImage + 20);
  double y = top;
  for (const VoteQuestion& q : chart.questions) {
    draw_question(svg, q, y);
    y += question_height(q);
  }
  return std::move(svg).finish();
}

}  // namespace pinwheel::report
