#include "report/words.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "report/axis.h"
#include "report/style.h"

namespace pinwheel::report {
namespace {

std::size_t argmax(std::span<const float> row) {
  return static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

// First letter small, no full stop: for the middle of a sentence.
std::string clause(std::string sentence) {
  while (!sentence.empty() && sentence.back() == '.') sentence.pop_back();
  if (!sentence.empty()) sentence[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(sentence[0])));
  return sentence;
}

std::string true_sentence(const Judged& part, std::size_t i) {
  return clause(galaxy::describe(tree_truth(part.kind, part.target(i)).conditional));
}

// An answer away from its question: "two" alone would not say of what.
std::string tree_words(std::size_t answer) {
  constexpr std::array<std::string_view, galaxy::kQuestions> kOf{"", "", "",      "",     "bulge", "",
                                                                 "", "", "bulge", "arms", "arms"};
  const std::string text(galaxy::answers()[answer].text);
  const std::string_view of = kOf[static_cast<std::size_t>(galaxy::answers()[answer].question)];
  if (text == "can't tell") return "can't tell how many arms";
  if (text == "1") return "1 arm";
  return of.empty() || text.find(of) != std::string::npos ? text : text + " " + std::string(of);
}

}  // namespace

std::string answer_words(const std::vector<std::string>& outputs, std::size_t output) {
  if (outputs == galaxy::columns()) return tree_words(output);
  return spoken(outputs[output]);
}

std::string said_words(const Judged& part, std::size_t i) {
  if (part.is_tree()) return clause(galaxy::describe(tree_answer(part.answer(i)).conditional));
  const std::size_t said = argmax(part.answer(i));
  return answer_words(part.outputs, said) + ", " + percent(part.answer(i)[said]);
}

std::string truth_words(const Judged& part, std::size_t i) {
  return part.is_tree() ? true_sentence(part, i) : answer_words(part.outputs, argmax(part.target(i)));
}

std::string verdict_words(const Judged& part, std::size_t i) {
  return "predicted " + said_words(part, i) + (part.is_tree() ? " — in truth " : "; in truth ") + truth_words(part, i);
}

std::string worst_words(const Judged& part, std::size_t i, std::size_t count) {
  const TreeRow said = tree_answer(part.answer(i)), was = tree_truth(part.kind, part.target(i));
  struct Miss {
    double size = 0;
    std::size_t answer = 0;
  };
  std::vector<Miss> misses;
  for (std::size_t q = 0; q < galaxy::kQuestions; ++q) {
    const galaxy::Question& question = galaxy::questions()[q];
    Miss worst;
    for (auto a = static_cast<std::size_t>(question.begin); a < static_cast<std::size_t>(question.end); ++a) {
      const double size = std::max(0.0, was.reach[q]) * std::abs(said.conditional[a] - was.conditional[a]);
      if (size > worst.size) worst = {size, a};
    }
    misses.push_back(worst);
  }
  std::stable_sort(misses.begin(), misses.end(), [](const Miss& a, const Miss& b) { return a.size > b.size; });
  std::string words;
  for (const Miss& miss : std::span(misses).first(std::min(count, misses.size()))) {
    if (miss.size <= 0) continue;
    words += (words.empty() ? "" : "; ") + tree_words(miss.answer) + ": " + percent(said.conditional[miss.answer]) +
             ", in truth " + percent(was.conditional[miss.answer]);
  }
  return words;
}

double certainty_of(const Judged& part, std::size_t i) { return part.answer(i)[argmax(part.answer(i))]; }

double error_of(const Judged& part, std::size_t i) {
  if (!part.is_tree()) return 1 - part.answer(i)[argmax(part.target(i))];
  const TreeRow said = tree_answer(part.answer(i)), was = tree_truth(part.kind, part.target(i));
  double sum = 0, weight = 0;
  for (std::size_t q = 0; q < galaxy::kQuestions; ++q) {
    const galaxy::Question& question = galaxy::questions()[q];
    const double reach = std::max(0.0, was.reach[q]);
    for (auto a = static_cast<std::size_t>(question.begin); a < static_cast<std::size_t>(question.end); ++a) {
      const double difference = static_cast<double>(said.conditional[a]) - was.conditional[a];
      sum += reach * difference * difference;
      weight += reach;
    }
  }
  return weight > 0 ? std::sqrt(sum / weight) : 0;
}

bool is_right(const Judged& part, std::size_t i) {
  if (!part.is_tree()) return argmax(part.answer(i)) == argmax(part.target(i));
  const TreeRow said = tree_answer(part.answer(i)), was = tree_truth(part.kind, part.target(i));
  const auto path = galaxy::likely_path(was.conditional);
  return std::all_of(path.begin(), path.end(), [&](const galaxy::Step& step) {
    const galaxy::Question& question = galaxy::questions()[static_cast<std::size_t>(step.question)];
    if (was.reach[static_cast<std::size_t>(step.question)] < 0) return true;
    const auto first = said.conditional.begin() + question.begin;
    return std::max_element(first, said.conditional.begin() + question.end) - said.conditional.begin() == step.answer;
  });
}

}  // namespace pinwheel::report
