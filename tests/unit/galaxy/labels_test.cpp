// Labels become votes: whole, consistent down the tree, silent where the label is silent.
#include "galaxy/labels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/rng.h"

namespace pinwheel::galaxy {
namespace {

float votes_on(const Votes& votes, int number) {
  const Question& question = questions()[number - 1];
  float sum = 0;
  for (int a = question.begin; a < question.end; ++a) sum += votes[a];
  return sum;
}

void expect_whole(const Votes& votes) {
  for (const float v : votes) {
    EXPECT_GE(v, 0);
    EXPECT_EQ(v, std::floor(v));
  }
}

int winner(const Votes& votes, int number) {
  const Question& question = questions()[number - 1];
  int best = question.begin;
  for (int a = question.begin; a < question.end; ++a) best = votes[a] > votes[best] ? a : best;
  return best;
}

TEST(Labels, VotesFromFractionsAddUpDownTheTree) {
  Rng rng(5);
  for (int trial = 0; trial < 50; ++trial) {
    Fractions conditional{};
    for (const Question& question : questions()) {
      float sum = 0;
      for (int a = question.begin; a < question.end; ++a) sum += conditional[a] = static_cast<float>(rng.uniform(0, 1));
      for (int a = question.begin; a < question.end; ++a) conditional[a] /= sum;
    }
    const Votes votes = votes_from_weighted(weighted_from_conditional(conditional), 40);
    expect_whole(votes);
    for (int q = 0; q < kQuestions; ++q) {
      const int parent = questions()[q].parent;
      EXPECT_EQ(votes_on(votes, q + 1), parent < 0 ? 40 : votes[parent]) << "question " << q + 1;
    }
  }
}

TEST(Labels, LargestRemainderGetsTheLastVote) {
  Fractions weighted{};
  weighted[0] = 0.47F;  // of 10: 4.7, 4.2, 1.1
  weighted[1] = 0.42F;
  weighted[2] = 0.11F;
  const Votes votes = votes_from_weighted(weighted, 10);
  EXPECT_EQ(votes[0], 5);
  EXPECT_EQ(votes[1], 4);
  EXPECT_EQ(votes[2], 1);
}

TEST(Labels, AnUnansweredQuestionStaysWithoutVotes) {
  Fractions weighted{};
  weighted[2] = 1;
  const Votes votes = votes_from_weighted(weighted, 40);
  EXPECT_EQ(votes_on(votes, 6), 0);  // the row says nothing of it
  EXPECT_EQ(votes_on(votes, 2), 0);
}

struct Case {
  const char *scheme, *value;
  std::vector<int> answers;    // each must win its question
  std::vector<int> questions;  // exactly these have votes
};

TEST(Labels, EverySchemeAnswersItsQuestionsAndNoOthers) {
  const Case cases[] = {
      {"cls5", "completely_round_smooth", {0, 15}, {1, 7}},
      {"cls5", "in_between_smooth", {0, 16}, {1, 7}},
      {"cls5", "cigar_shaped_smooth", {0, 17}, {1, 7}},
      {"cls5", "edge_on", {1, 3}, {1, 2}},
      {"cls5", "spiral", {1, 4, 7}, {1, 2, 4}},
      {"cls3", "smooth_or_edgeon_not_odd", {14}, {6}},
      {"cls3", "odd", {13}, {6}},
      {"cls3", "face_on_disk", {1, 4}, {1, 2}},
      {"cls6", "elliptical", {0}, {1}},
      {"cls6", "spiral_clockwise", {1, 4, 7}, {1, 2, 4}},
      {"cls6", "edge_on", {1, 3}, {1, 2}},
      {"cls6", "merger", {13, 23}, {6, 8}},
      {"cls6", "dont_know", {2}, {1}},
      {"coarse", "smooth", {0}, {1}},
      {"coarse", "odd", {13}, {6}},
      {"argmax5", "Class1.1", {0}, {1}},
      {"argmax5", "Class6.2", {14}, {6}},
      {"like4", "normal", {14}, {6}},
      {"like4", "ringed", {13, 18}, {6, 8}},
      {"like4", "merger", {13, 23}, {6, 8}},
      {"merger_flag", "merger", {13, 23}, {6, 8}},
      {"galaxymnist", "unbarred_spiral", {1, 4, 6, 7}, {1, 2, 3, 4}},
      {"galaxymnist", "2", {1, 3}, {1, 2}},
      {"galaxy10", "Disk, Edge-on, Boxy Bulge", {1, 3, 26}, {1, 2, 9}},
      {"galaxy10", "Disk, Face-on, Loose Spiral", {1, 4, 7, 30}, {1, 2, 4, 10}},
      {"galaxy10", "0", {1, 4, 8}, {1, 2, 4}},
      {"galaxy10", "9", {1, 4, 7, 30}, {1, 2, 4, 10}},
      {"galaxy10_decals", "5", {1, 4, 5, 7}, {1, 2, 3, 4}},
      {"hubble", "E", {0}, {1}},
      {"hubble", "E0", {0, 15}, {1, 7}},
      {"hubble", "E4", {0, 16}, {1, 7}},
      {"hubble", "Sb", {1, 7, 10, 29}, {1, 4, 5, 10}},
      {"hubble", "SBb", {1, 5, 7, 10, 29}, {1, 3, 4, 5, 10}},
      {"hubble", "Sa", {1, 7, 11, 28}, {1, 4, 5, 10}},
      {"hubble", "SBa", {1, 5, 7, 11, 28}, {1, 3, 4, 5, 10}},
      {"hubble", "Sab", {1, 7, 11, 28}, {1, 4, 5, 10}},
      {"hubble", "SABd", {1, 7, 10, 30}, {1, 3, 4, 5, 10}},
      {"ttype", "-5", {0}, {1}},
      {"ttype", "5", {1, 7, 10, 29}, {1, 4, 5, 10}},
      {"family", "SB", {5}, {3}},
      {"bar", "0.0", {6}, {3}},
      {"bar", "1.0", {5}, {3}},
      {"bar", "na10:4", {5}, {3}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.scheme) + " " + c.value);
    const auto votes = votes_from_label(c.scheme, c.value);
    ASSERT_TRUE(votes.has_value());
    expect_whole(*votes);
    for (const int answer : c.answers) EXPECT_EQ(winner(*votes, answers()[answer].question + 1), answer);
    std::vector<int> asked;
    for (int q = 1; q <= kQuestions; ++q) {
      if (votes_on(*votes, q) > 0) asked.push_back(q);
    }
    EXPECT_EQ(asked, c.questions);
  }
}

TEST(Labels, ConfidentLabelsHaveNearlyUnanimousFullElectorates) {
  const auto votes = votes_from_label("cls5", "spiral", 20);
  EXPECT_EQ(votes_on(*votes, 1), 20);
  EXPECT_EQ((*votes)[1], 18);
  EXPECT_LT((*votes)[7], votes_on(*votes, 2));
}

TEST(Labels, AChildQuestionIsAskedOfThoseWhoReachIt) {
  const auto votes = votes_from_label("cls5", "edge_on", 20);
  EXPECT_EQ(votes_on(*votes, 2), (*votes)[1]);
}

TEST(Labels, HintsHaveFewVotes) {
  const auto sure = votes_from_label("cls5", "spiral"), hint = votes_from_label("argmax5", "Class1.2"),
             lenticular = votes_from_label("hubble", "S0");
  EXPECT_LT(votes_on(*hint, 1), votes_on(*sure, 1));
  EXPECT_LE(votes_on(*lenticular, 1), 5);
}

TEST(Labels, UnknownsSayNothing) {
  EXPECT_FALSE(votes_from_label("horoscope", "virgo"));
  EXPECT_FALSE(votes_from_label("cls5", "tomato"));
  EXPECT_FALSE(votes_from_label("cls5", ""));
  EXPECT_FALSE(votes_from_label("cls5", "0"));  // only numbered data sets are read by number
  EXPECT_FALSE(votes_from_label("galaxy10", "10"));
  EXPECT_FALSE(votes_from_label("galaxy10", "-1"));
  EXPECT_FALSE(votes_from_label("hubble", "S?"));
  EXPECT_FALSE(votes_from_label("hubble", "SBx"));
  EXPECT_FALSE(votes_from_label("hubble", "E9"));
  EXPECT_FALSE(votes_from_label("bar", "na10:64"));
  EXPECT_FALSE(votes_from_label("bar", "-0.5"));
  EXPECT_FALSE(votes_from_label("ttype", "nan"));
}

TEST(Labels, MergingKeepsTheFullerSource) {
  Votes into = *votes_from_label("cls5", "spiral", 20);
  const Votes before = into;
  merge_votes(into, *votes_from_label("argmax5", "Class1.1", 20));
  EXPECT_EQ(into, before);
  merge_votes(into, *votes_from_label("argmax5", "Class6.1", 20));
  EXPECT_GT(votes_on(into, 6), 0);
  merge_votes(into, *votes_from_label("cls5", "in_between_smooth", 40));
  EXPECT_EQ(winner(into, 1), 0);
}

TEST(Labels, FractionsOfVotes) {
  Votes votes{};
  votes[0] = 3;
  votes[1] = 1;
  const Fractions fractions = conditional_from_votes(votes);
  EXPECT_FLOAT_EQ(fractions[0], 0.75F);
  EXPECT_FLOAT_EQ(fractions[2], 0);
  EXPECT_FLOAT_EQ(fractions[13], 0.5F);
}

TEST(Labels, FiveClassesFollowTheirColumns) {
  const int columns[5] = {15, 16, 17, 3, 7};
  for (int i = 0; i < 5; ++i) {
    Fractions weighted{};
    weighted.fill(0.1F);
    weighted[columns[i]] = 0.5F;
    EXPECT_EQ(five_class_of(weighted), i) << five_classes()[i];
  }
}

}  // namespace
}  // namespace pinwheel::galaxy
