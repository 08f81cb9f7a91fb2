// The sentence for a person: hand-written expectations, and grammar over every path and every mixture of doubts.
#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include "galaxy/decision_tree.h"

namespace pinwheel::galaxy {
namespace {

// Conditional fractions with the given winners and their shares; the rest of each question, and whole questions that
// are not mentioned, in equal parts.
Fractions votes_for(std::vector<std::pair<int, float>> winners) {
  Fractions out{};
  for (const Question& question : questions()) {
    for (int a = question.begin; a < question.end; ++a)
      out[a] = 1.0F / static_cast<float>(question.end - question.begin);
  }
  for (const auto& [answer, share] : winners) {
    const Question& question = questions()[answers()[answer].question];
    const float others = (1 - share) / static_cast<float>(question.end - question.begin - 1);
    for (int a = question.begin; a < question.end; ++a) out[a] = a == answer ? share : others;
  }
  return out;
}

TEST(Describe, SureGalaxies) {
  EXPECT_EQ(describe(votes_for({{0, 1}, {15, 1}, {14, 1}})), "Smooth and completely round; nothing odd.");
  EXPECT_EQ(describe(votes_for({{0, .9F}, {16, .8F}, {13, .9F}, {24, .8F}})),
            "Smooth and slightly oval; something odd: a dust lane.");
  EXPECT_EQ(describe(votes_for({{1, 1}, {3, 1}, {25, 1}, {14, 1}})),
            "Disk seen edge-on with a rounded bulge; nothing odd.");
  EXPECT_EQ(describe(votes_for({{1, 1}, {3, 1}, {27, 1}, {14, 1}})), "Disk seen edge-on without a bulge; nothing odd.");
  EXPECT_EQ(describe(votes_for({{1, 1}, {4, 1}, {6, 1}, {7, 1}, {29, 1}, {32, 1}, {11, 1}, {14, 1}})),
            "Spiral with two medium-wound arms; no bar; an obvious bulge; nothing odd.");
  EXPECT_EQ(describe(votes_for({{1, 1}, {4, 1}, {5, 1}, {7, 1}, {30, 1}, {31, 1}, {10, 1}, {13, 1}, {22, 1}})),
            "Barred spiral with one loosely wound arm; a just noticeable bulge; something odd that fits no name.");
  EXPECT_EQ(describe(votes_for({{1, 1}, {4, 1}, {6, 1}, {8, 1}, {12, 1}, {13, 1}, {23, 1}})),
            "Disk seen face-on without spiral arms; no bar; a dominant bulge; something odd: a merger.");
  EXPECT_EQ(describe(votes_for({{2, 1}})), "A star or an artifact rather than a galaxy.");
}

TEST(Describe, DoubtfulGalaxies) {
  EXPECT_EQ(describe(votes_for({{0, .5F}, {15, .5F}, {14, .9F}})),
            "Probably smooth and completely round; nothing odd.");
  EXPECT_EQ(describe(votes_for({{0, .9F}, {16, .5F}, {14, .57F}})),
            "Smooth and probably slightly oval; probably nothing odd.");
  EXPECT_EQ(describe(votes_for({{0, .9F}, {16, .4F}, {14, .52F}})),
            "Smooth; its exact shape is anybody's guess; perhaps something odd.");
  EXPECT_EQ(describe(votes_for({{2, .5F}})), "Probably a star or an artifact rather than a galaxy.");
  EXPECT_EQ(describe(votes_for({{1, .5F}, {4, .9F}, {5, .9F}, {7, .9F}, {29, .8F}, {36, .9F}, {10, .8F}, {14, .9F}})),
            "Probably a barred spiral with medium-wound arms; a just noticeable bulge; the number of arms is anybody's "
            "guess; nothing odd.");
  EXPECT_EQ(
      describe(votes_for({{1, .9F}, {4, .9F}, {7, .9F}, {14, .9F}})),
      "Spiral; whether it has a bar, the size of its bulge, the number of arms and how tightly they are wound are "
      "anybody's guess; nothing odd.");
  EXPECT_EQ(describe(votes_for({{1, .9F}, {14, .9F}})),
            "Disk; whether it is seen edge-on or face-on is anybody's guess; nothing odd.");
  EXPECT_EQ(describe(votes_for({{1, .9F}, {3, .57F}, {26, .5F}, {13, .57F}, {18, .5F}})),
            "Disk, probably seen edge-on with a boxy bulge; probably something odd, perhaps a ring.");
  EXPECT_EQ(describe(votes_for({{1, .9F}, {3, .9F}, {25, .5F}, {13, .9F}})),
            "Disk seen edge-on, probably with a rounded bulge; something odd, hard to say what.");
  EXPECT_EQ(describe(votes_for({{1, .9F}, {4, .9F}, {5, .57F}, {7, .9F}, {28, .5F}, {32, .9F}, {11, .9F}, {14, .9F}})),
            "Spiral with two arms, probably tightly wound; probably a bar; an obvious bulge; nothing odd.");
  EXPECT_EQ(describe(votes_for({{1, .9F}, {4, .9F}, {6, .9F}, {7, .9F}, {28, .5F}, {32, .5F}, {12, .9F}, {14, .9F}})),
            "Spiral, probably with two tightly wound arms; no bar; a dominant bulge; nothing odd.");
  Fractions torn = votes_for({{14, .9F}});
  torn[0] = 0.43F;
  torn[1] = 0.42F;
  torn[2] = 0.15F;
  EXPECT_EQ(describe(torn), "Hard to tell: perhaps smooth, perhaps a disk with features; nothing odd.");
}

void expect_well_formed(const std::string& text) {
  SCOPED_TRACE(text);
  ASSERT_FALSE(text.empty());
  EXPECT_TRUE(std::isupper(static_cast<unsigned char>(text.front())));
  EXPECT_EQ(text.back(), '.');
  EXPECT_EQ(text.find('.'), text.size() - 1);
  for (const char* wrong : {"  ", " ;", " ,", " .", ";;", ",,", "; .", " is is ", "probably probably",
                            "Probably probably", " a a ", "a an ", "one tightly wound arms", "one arms"}) {
    EXPECT_EQ(text.find(wrong), std::string::npos) << "'" << wrong << "'";
  }
}

// Walks every answer of every question that follows, with every winner's share out of `shares`.
void for_every_path(Fractions conditional, int question, const std::vector<float>& shares, int& visited) {
  if (question == kEnd) {
    ++visited;
    expect_well_formed(describe(conditional));
    return;
  }
  const Question& q = questions()[question];
  for (int answer = q.begin; answer < q.end; ++answer) {
    for (const float share : shares) {
      for (int a = q.begin; a < q.end; ++a) {
        conditional[a] = a == answer ? share : (1 - share) / static_cast<float>(q.end - q.begin - 1);
      }
      for_every_path(conditional, answers()[answer].next, shares, visited);
    }
  }
}

TEST(Describe, EveryPathIsAGrammaticalSentence) {
  int visited = 0;
  for_every_path(votes_for({}), 0, {1.0F}, visited);
  // star 1 + smooth 3·8 + edge-on 3·8 + face-on 2·(3·6·4 + 4)·8
  EXPECT_EQ(visited, 1 + 24 + 24 + 2 * (72 + 4) * 8);
}

TEST(Describe, EveryMixtureOfDoubtsIsAGrammaticalSentence) {
  // One winner in each question, at each of three degrees of doubt, all combinations along the two-armed spiral's path
  // and the edge-on one.
  const std::vector<float> shares{0.9F, 0.58F, 0.52F, 0.4F};
  const auto combine = [&](const std::vector<int>& path) {
    std::vector<std::size_t> level(path.size(), 0);
    for (bool more = true; more;) {
      std::vector<std::pair<int, float>> winners;
      for (std::size_t i = 0; i < path.size(); ++i) winners.emplace_back(path[i], shares[level[i]]);
      expect_well_formed(describe(votes_for(winners)));
      std::size_t i = 0;
      while (i < path.size() && ++level[i] == shares.size()) level[i++] = 0;
      more = i < path.size();
    }
  };
  combine({1, 4, 5, 7, 28, 32});
  combine({1, 4, 7, 31, 11, 13});
  combine({1, 4, 8, 6, 11, 14});
  combine({1, 3, 26, 13, 18});
  combine({0, 17, 13, 23});
}

}  // namespace
}  // namespace pinwheel::galaxy
