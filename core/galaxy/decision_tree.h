// The Galaxy Zoo 2 decision tree (Willett et al. 2013): 11 questions, 37 answers, and what the numbers on it mean.
//
// Two kinds of fraction live side by side. *Conditional*: of those who were asked the question, the part that gave this
// answer; each question sums to 1. *Weighted*: conditional times the weighted fraction of the answer that leads to the
// question (the challenge's columns); Q1 and Q6 sum to 1, others to their parent.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pinwheel::galaxy {

inline constexpr int kAnswers = 37;
inline constexpr int kQuestions = 11;
inline constexpr int kEnd = -1;

struct Answer {
  std::string_view column;          // "Class1.1"
  std::string_view catalogue_stem;  // "t01_smooth_or_features_a01_smooth"
  std::string_view text;            // "smooth"
  int question = 0;                 // 0 … 10
  int next = kEnd;                  // the question that follows, or kEnd
};
struct Question {
  std::string_view text;   // "Could this be a disk viewed edge-on?"
  int begin = 0, end = 0;  // answers [begin, end)
  int parent = -1;         // answer column that weights it; -1 for Q1 and Q6 (Willett et al.: asked of everybody)
};

const std::array<Answer, kAnswers>& answers();
const std::array<Question, kQuestions>& questions();
const std::array<int, kQuestions>& order();  // question indices, parents before children: walk the tree by this
std::vector<std::string> columns();          // "Class1.1" … "Class11.6", as the outputs of a model

using Fractions = std::array<float, kAnswers>;
Fractions as_fractions(std::span<const float> values /*[37]*/);

// 0/0 (a question that nobody would reach) becomes equal shares.
Fractions conditional_from_weighted(const Fractions& weighted);
Fractions weighted_from_conditional(const Fractions& conditional);

// The sums of section 3 hold within `tolerance` (published files round to six digits; 2e-3 suits them). Returns one
// sentence per broken rule, empty when all hold: "Class2.1 + Class2.2 is 0.913 but Class1.2 is 0.871".
std::vector<std::string> check_weighted(const Fractions& weighted, float tolerance = 2e-3F);
// By how much the sum furthest from what it should be misses it.
float largest_miss(const Fractions& weighted);

// The route of the likeliest answers from the root: questions asked and the answer taken, in the order a volunteer
// meets them.
struct Step {
  int question = 0, answer = 0;
  float conditional = 0;  // share of this answer among those asked
};
std::vector<Step> likely_path(const Fractions& conditional);

// Several looks at one galaxy (turned, mirrored): for each step of the path, how many of them also give its answer the
// largest share of its question. Weighted or conditional fractions.
std::vector<int> agreement(const std::vector<Step>& path, std::span<const Fractions> looks);

// One sentence for a person: "Spiral with two medium-wound arms; no bar; an obvious bulge; nothing odd." Doubt is part
// of it: an answer under 0.6 is "probably …"; one under 0.45 (0.55 where there are only two answers) is left open, and
// the sentence says so: "Probably a barred spiral; …; the number of arms is anybody's guess; nothing odd."
std::string describe(const Fractions& conditional);

}  // namespace pinwheel::galaxy
