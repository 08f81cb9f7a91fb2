// Galaxies with what was said of them and what is true.
#include "report/galaxy_pictures.h"

#include <algorithm>
#include <numeric>

#include "report/axis.h"
#include "report/charts.h"
#include "report/thumbnail.h"
#include "report/words.h"

namespace pinwheel::report {
namespace {

constexpr std::size_t kPerRow = 6;

Tile mistake_tile(const Dataset& dataset, const Judged& part, std::size_t i) {
  const std::uint8_t* pixels = dataset.image(part.indices[i]);
  Tile tile{
      {dataset.extent.height, dataset.extent.width, dataset.extent.channels, {pixels, pixels + dataset.extent.size()}},
      said_words(part, i),
      ""};
  if (part.is_tree()) {
    tile.caption = stem(part.ids[i]) + ", off by " + human_number(error_of(part, i), 2);
    tile.detail = worst_words(part, i, 2);
  } else {
    tile.detail = is_right(part, i) ? "right" : "in truth " + truth_words(part, i);
  }
  return tile;
}

void add_row(PictureGrid& grid, const Dataset& dataset, const Judged& part, const std::string& heading,
             std::span<const std::size_t> chosen) {
  if (chosen.empty()) return;
  grid.rows.push_back({heading, "", {}, 0});
  for (std::size_t begin = 0; begin < chosen.size(); begin += kPerRow) {
    PictureRow row;
    for (const std::size_t i : chosen.subspan(begin, std::min(kPerRow, chosen.size() - begin))) {
      row.tiles.push_back(mistake_tile(dataset, part, i));
    }
    grid.rows.push_back(std::move(row));
  }
}

// 0 … count-1 by what `measure` says of each, the least first.
template <typename Measure>
std::vector<std::size_t> ordered(std::size_t count, Measure measure) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<double> values;
  for (const std::size_t i : order) values.push_back(measure(i));
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  return order;
}

// The first few of `order` for which `fits`.
template <typename Fits>
std::vector<std::size_t> first_of(std::span<const std::size_t> order, std::size_t count, Fits fits) {
  std::vector<std::size_t> chosen;
  for (const std::size_t i : order) {
    if (chosen.size() < count && fits(i)) chosen.push_back(i);
  }
  return chosen;
}

VoteQuestion tree_question(std::size_t q, const TreeRow& said, const TreeRow* was) {
  const galaxy::Question& question = galaxy::questions()[q];
  VoteQuestion out{std::string(question.text), said.reach[q], was != nullptr ? was->reach[q] : -1, {}};
  for (auto a = static_cast<std::size_t>(question.begin); a < static_cast<std::size_t>(question.end); ++a) {
    // Where hardly anybody was asked, the share of those few is noise.
    const bool known = was != nullptr && was->reach[q] > 0;
    out.answers.push_back(
        {std::string(galaxy::answers()[a].text), said.conditional[a], known ? was->conditional[a] : -1.0});
  }
  return out;
}

std::vector<VoteQuestion> tree_questions(std::span<const float> answers, TargetKind kind,
                                         std::span<const float> truth) {
  const TreeRow said = tree_answer(answers);
  TreeRow was;
  if (!truth.empty()) was = tree_truth(kind, truth);
  std::vector<VoteQuestion> questions;
  for (std::size_t q = 0; q < galaxy::kQuestions; ++q) {
    questions.push_back(tree_question(q, said, truth.empty() ? nullptr : &was));
  }
  return questions;
}

VoteQuestion class_question(const Model& model, std::span<const float> answers, std::span<const float> truth) {
  VoteQuestion question{"Which class is it?", -1, -1, {}};
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const bool is_it = !truth.empty() && truth[i] > 0.5F;
    question.answers.push_back({spoken(model.outputs[i]), answers[i], is_it ? 1.0 : -1.0});
  }
  return question;
}

}  // namespace

Picture mistakes_picture(const Dataset& dataset, const Judged& part, Theme theme) {
  PictureGrid grid;
  grid.heading = {"Best and worst",
                  "of " + human_number(static_cast<double>(part.size())) + " galaxies of the " + part.part + " part"};
  grid.tile = part.is_tree() ? 148 : 106;
  const auto nearest = ordered(part.size(), [&](std::size_t i) { return error_of(part, i); });
  if (part.is_tree()) {
    const auto all = [](std::size_t) { return true; };
    add_row(grid, dataset, part, "Nearest to the volunteers", first_of(nearest, kPerRow, all));
    add_row(grid, dataset, part, "Farthest from them",
            first_of(ordered(part.size(), [&](std::size_t i) { return -error_of(part, i); }), 2 * kPerRow, all));
  } else {
    const auto surest = ordered(part.size(), [&](std::size_t i) { return -certainty_of(part, i); });
    const auto right = first_of(surest, kPerRow, [&](std::size_t i) { return is_right(part, i); });
    const auto wrong = first_of(surest, 2 * kPerRow, [&](std::size_t i) { return !is_right(part, i); });
    add_row(grid, dataset, part, "Surest and right", right);
    add_row(grid, dataset, part, "Surest and wrong", wrong);
    add_row(grid, dataset, part, "Just missed", first_of(nearest, kPerRow, [&](std::size_t i) {
              return !is_right(part, i) && std::find(wrong.begin(), wrong.end(), i) == wrong.end();
            }));
  }
  return {"mistakes", "mistakes", "Look at the worst first: often the label is wrong, or two galaxies share the frame.",
          draw(grid, theme)};
}

Picture galaxy_picture(const Original& original, const Model& model, std::span<const float> answers, TargetKind kind,
                       std::span<const float> truth, Theme theme) {
  VoteChart chart;
  chart.heading = {stem(original.id), model.name};
  chart.image = thumbnail(original.image);
  if (model.is_decision_tree()) {
    chart.heading.note += ": " + galaxy::describe(tree_answer(answers).conditional);
    chart.bar_words = "predicted share of those asked";
    if (!truth.empty()) chart.mark_words = "share of the volunteers' votes";
    chart.questions = tree_questions(answers, kind, truth);
  } else {
    chart.bar_words = "predicted probability";
    if (!truth.empty()) chart.mark_words = "the true class";
    chart.questions = {class_question(model, answers, truth)};
  }
  return {"galaxy", "galaxy-" + file_name(stem(original.id)),
          truth.empty() ? "What the model says; nothing is known of the truth here."
                        : "Bars are what the model says, marks what is true by its label.",
          draw(chart, theme)};
}

}  // namespace pinwheel::report
