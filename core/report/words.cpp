#include "report/words.h"

#include <algorithm>
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

}  // namespace

std::string answer_words(const std::vector<std::string>& outputs, std::size_t output) {
  if (outputs == galaxy::columns()) return std::string(galaxy::answers()[output].text);
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
