// The tree's tables against the rules they must obey, and the arithmetic on its fractions.
#include "galaxy/decision_tree.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>
#include <vector>

#include "base/rng.h"

namespace pinwheel::galaxy {
namespace {

Fractions random_conditional(Rng& rng) {
  Fractions out{};
  for (const Question& question : questions()) {
    float sum = 0;
    for (int a = question.begin; a < question.end; ++a) sum += out[a] = static_cast<float>(rng.uniform(0.01, 1));
    for (int a = question.begin; a < question.end; ++a) out[a] /= sum;
  }
  return out;
}

TEST(DecisionTree, QuestionsCoverTheAnswersWithoutGaps) {
  const int sizes[kQuestions] = {3, 2, 2, 2, 4, 2, 3, 7, 3, 3, 6};
  int next = 0;
  for (int q = 0; q < kQuestions; ++q) {
    const Question& question = questions()[q];
    EXPECT_EQ(question.begin, next);
    EXPECT_EQ(question.end - question.begin, sizes[q]) << "question " << q + 1;
    for (int a = question.begin; a < question.end; ++a) EXPECT_EQ(answers()[a].question, q);
    next = question.end;
  }
  EXPECT_EQ(next, kAnswers);
}

TEST(DecisionTree, ColumnsAndStemsNameQuestionAndAnswer) {
  std::set<std::string_view> stems;
  for (int q = 0; q < kQuestions; ++q) {
    const Question& question = questions()[q];
    for (int a = question.begin; a < question.end; ++a) {
      EXPECT_EQ(answers()[a].column, "Class" + std::to_string(q + 1) + "." + std::to_string(a - question.begin + 1));
      const std::string stem_of_question = (q < 9 ? "t0" : "t") + std::to_string(q + 1) + "_";
      EXPECT_EQ(answers()[a].catalogue_stem.substr(0, 4), stem_of_question);
      stems.insert(answers()[a].catalogue_stem);
    }
  }
  EXPECT_EQ(stems.size(), static_cast<std::size_t>(kAnswers));
  EXPECT_EQ(columns().size(), static_cast<std::size_t>(kAnswers));
  EXPECT_EQ(columns().back(), "Class11.6");
}

TEST(DecisionTree, ParentsAreThePublishedOnes) {
  const int parents[kQuestions] = {-1, 1, 4, 4, 4, -1, 0, 13, 3, 7, 7};
  for (int q = 0; q < kQuestions; ++q) EXPECT_EQ(questions()[q].parent, parents[q]) << "question " << q + 1;
}

TEST(DecisionTree, OrderHasEveryQuestionOnceAndParentsFirst) {
  std::set<int> seen;
  for (const int q : order()) {
    const int parent = questions()[q].parent;
    EXPECT_TRUE(parent < 0 || seen.count(answers()[parent].question) == 1) << "question " << q + 1;
    EXPECT_TRUE(seen.insert(q).second);
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kQuestions));
}

TEST(DecisionTree, EveryWalkEnds) {
  for (const Answer& start : answers()) {
    int q = start.next;
    for (int steps = 0; q != kEnd; ++steps) {
      ASSERT_LT(steps, kQuestions) << start.column;
      q = answers()[questions()[q].begin].next;
    }
  }
}

TEST(DecisionTree, FractionsSurviveTheRoundTrip) {
  Rng rng(11);
  for (int trial = 0; trial < 50; ++trial) {
    const Fractions conditional = random_conditional(rng);
    const Fractions weighted = weighted_from_conditional(conditional);
    EXPECT_TRUE(check_weighted(weighted, 1e-5F).empty());
    const Fractions back = conditional_from_weighted(weighted);
    for (int a = 0; a < kAnswers; ++a) EXPECT_NEAR(back[a], conditional[a], 1e-5F) << answers()[a].column;
  }
}

TEST(DecisionTree, WeightedIsTheProductDownTheTree) {
  Rng rng(12);
  const Fractions c = random_conditional(rng), w = weighted_from_conditional(c);
  EXPECT_FLOAT_EQ(w[31], c[1] * c[4] * c[7] * c[31]);  // one arm: features, not edge-on, spiral
  EXPECT_FLOAT_EQ(w[23], c[13] * c[23]);               // merger: odd, whatever the rest
  EXPECT_FLOAT_EQ(w[26], c[1] * c[3] * c[26]);         // boxy bulge: features, edge-on
}

TEST(DecisionTree, AQuestionThatNobodyReachesHasEqualShares) {
  Fractions weighted{};
  weighted[2] = 1;  // a star
  weighted[14] = 1;
  const Fractions conditional = conditional_from_weighted(weighted);
  EXPECT_FLOAT_EQ(conditional[3], 0.5F);
  EXPECT_FLOAT_EQ(conditional[18], 1.0F / 7);
  EXPECT_FLOAT_EQ(conditional[2], 1.0F);
}

TEST(DecisionTree, ValidatorNamesEachBrokenSum) {
  Rng rng(13);
  const Fractions good = weighted_from_conditional(random_conditional(rng));
  for (int q = 0; q < kQuestions; ++q) {
    Fractions bad = good;
    // The last answer of questions 1, 2, 3, 4, 6… leads nowhere that is weighted, so exactly one sum breaks; 2.2 feeds
    // three.
    bad[questions()[q].end - 1] += 0.02F;
    const auto broken = check_weighted(bad);
    ASSERT_EQ(broken.size(), q == 1 ? 4U : 1U) << "question " << q + 1;
    EXPECT_NE(broken[0].find(answers()[questions()[q].begin].column), std::string::npos) << broken[0];
    EXPECT_TRUE(check_weighted(bad, 0.03F).empty());
  }
}

TEST(DecisionTree, ValidatorSpeaksInSentences) {
  Fractions weighted{};
  weighted[0] = 0.129F;
  weighted[1] = 0.871F;
  weighted[3] = 0.413F;
  weighted[4] = 0.5F;
  weighted[5] = weighted[8] = weighted[9] = 0.5F;
  weighted[14] = 1;
  weighted[15] = 0.129F;
  weighted[25] = 0.413F;
  ASSERT_EQ(check_weighted(weighted).size(), 1U);
  EXPECT_EQ(check_weighted(weighted)[0], "Class2.1 + Class2.2 is 0.913 but Class1.2 is 0.871");
}

TEST(DecisionTree, LargestMissIsOfTheWorstSum) {
  Rng rng(17);
  Fractions weighted = weighted_from_conditional(random_conditional(rng));
  EXPECT_LT(largest_miss(weighted), 1e-5F);
  weighted[questions()[3].end - 1] += 0.02F;
  weighted[questions()[0].end - 1] -= 0.25F;
  EXPECT_NEAR(largest_miss(weighted), 0.25F, 1e-5F);
}

TEST(DecisionTree, ValidatorRefusesWhatIsNoFraction) {
  Fractions weighted{};
  weighted[0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NE(check_weighted(weighted)[0].find("Class1.1"), std::string::npos);
  weighted[0] = -0.5F;
  EXPECT_NE(check_weighted(weighted)[0].find("between 0 and 1"), std::string::npos);
  EXPECT_GE(check_weighted(Fractions{}).size(), 2U);  // all zeros: the label bug that voided a published figure
}

// Conditional fractions that put everything on the listed answers, equal shares elsewhere.
Fractions chosen(std::initializer_list<int> taken) {
  Fractions out{};
  for (const Question& question : questions()) {
    for (int a = question.begin; a < question.end; ++a)
      out[a] = 1.0F / static_cast<float>(question.end - question.begin);
  }
  for (const int answer : taken) {
    const Question& question = questions()[answers()[answer].question];
    for (int a = question.begin; a < question.end; ++a) out[a] = a == answer ? 1.0F : 0.0F;
  }
  return out;
}

std::vector<int> questions_asked(const Fractions& conditional) {
  std::vector<int> out;
  for (const Step& step : likely_path(conditional)) out.push_back(step.question + 1);
  return out;
}

TEST(DecisionTree, LikelyPathFollowsTheVolunteer) {
  using Path = std::vector<int>;
  EXPECT_EQ(questions_asked(chosen({1, 4, 6, 7, 29, 32, 11, 14})), (Path{1, 2, 3, 4, 10, 11, 5, 6}));
  EXPECT_EQ(questions_asked(chosen({1, 4, 6, 8, 11, 13, 23})), (Path{1, 2, 3, 4, 5, 6, 8}));
  EXPECT_EQ(questions_asked(chosen({1, 3, 25, 14})), (Path{1, 2, 9, 6}));
  EXPECT_EQ(questions_asked(chosen({0, 15, 14})), (Path{1, 7, 6}));
  EXPECT_EQ(questions_asked(chosen({2})), (Path{1}));
}

TEST(DecisionTree, LikelyPathTakesTheLargestShare) {
  Fractions conditional = chosen({0, 15, 14});
  conditional[0] = 0.4F;
  conditional[1] = 0.6F;
  const auto path = likely_path(conditional);
  EXPECT_EQ(path[0].answer, 1);
  EXPECT_FLOAT_EQ(path[0].conditional, 0.6F);
}

TEST(DecisionTree, AgreementCountsTheLooksThatTakeEachStep) {
  const auto path = likely_path(chosen({0, 15, 14}));
  const std::vector<Fractions> looks{chosen({0, 15, 14}), chosen({0, 16, 14}), chosen({1, 15, 13}),
                                     chosen({0, 15, 14})};
  EXPECT_EQ(agreement(path, looks), (std::vector<int>{3, 3, 3}));
  EXPECT_EQ(agreement(path, {}), (std::vector<int>{0, 0, 0}));
}

}  // namespace
}  // namespace pinwheel::galaxy
