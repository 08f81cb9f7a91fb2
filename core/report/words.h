// Answers in words, for captions. Internal to report.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "report/judged.h"

namespace pinwheel::report {

// "2 arms" for a column of the tree, "edge on" for class "edge_on".
std::string answer_words(const std::vector<std::string>& outputs, std::size_t output);

// "predicted spiral (81.2 %), in truth edge on"; on the tree the two sentences.
std::string verdict_words(const Judged& part, std::size_t i);
std::string said_words(const Judged& part, std::size_t i);   // "spiral, 81.2 %"; the sentence
std::string truth_words(const Judged& part, std::size_t i);  // "edge on"; the sentence

// The tree's answers that are farthest off, the worst first, each of another question: "bar: 12 %, in truth 88 %".
std::string worst_words(const Judged& part, std::size_t i, std::size_t count);

// How far off an answer is: 1 minus the probability of the true class; on the tree the root mean square over the
// answers to questions that were asked, weighed by how many were.
double error_of(const Judged& part, std::size_t i);
double certainty_of(const Judged& part, std::size_t i);  // of the likeliest class
bool is_right(const Judged& part, std::size_t i);  // the likeliest class; on the tree every answer along the true path

}  // namespace pinwheel::report
