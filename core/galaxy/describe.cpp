// The sentence for a person. It follows the likely path, says what is seen in ordinary words, says "probably" where the
// volunteers would be divided, and gathers at the end what is anybody's guess. It refuses to print a number.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "galaxy/decision_tree.h"

namespace pinwheel::galaxy {
namespace {

enum class Doubt { kNone, kProbably, kOpen };

// A question as the sentence sees it: which answer won (counted from the question's first), how surely, who came
// second.
struct Verdict {
  std::size_t answer = 0, second = 0;
  Doubt doubt = Doubt::kNone;
  bool open() const { return doubt == Doubt::kOpen; }
};

// With two answers the winner has at least half, so there "open" begins higher.
Doubt doubt_of(float winner, int choices) {
  if (winner >= 0.6F) return Doubt::kNone;
  return winner >= (choices == 2 ? 0.55F : 0.45F) ? Doubt::kProbably : Doubt::kOpen;
}

Verdict judge(const Fractions& conditional, int question) {
  const Question& q = questions()[static_cast<std::size_t>(question - 1)];  // by its number in the literature
  const float* shares = conditional.data() + q.begin;
  const auto choices = static_cast<std::size_t>(q.end - q.begin);
  Verdict verdict{0, 1, Doubt::kNone};
  if (shares[1] > shares[0]) std::swap(verdict.answer, verdict.second);
  for (std::size_t i = 2; i < choices; ++i) {
    if (shares[i] > shares[verdict.answer]) {
      verdict.second = verdict.answer;
      verdict.answer = i;
    } else if (shares[i] > shares[verdict.second]) {
      verdict.second = i;
    }
  }
  verdict.doubt = doubt_of(shares[verdict.answer], q.end - q.begin);
  return verdict;
}

// What the sentence is built of: clauses that end up between semicolons, and things that nobody can tell.
struct Sentence {
  std::vector<std::string> clauses;
  std::vector<std::string> guesses;
};

// "probably " unless what comes before it is already in doubt.
std::string hedge(const Verdict& verdict, Doubt said = Doubt::kNone) {
  return verdict.doubt == Doubt::kProbably && said == Doubt::kNone ? "probably " : "";
}

std::string join_guesses(const std::vector<std::string>& guesses) {
  std::string text;
  for (std::size_t i = 0; i < guesses.size(); ++i) {
    if (i > 0) text += i + 1 == guesses.size() ? " and " : ", ";
    text += guesses[i];
  }
  return text + (guesses.size() == 1 ? " is" : " are") + " anybody's guess";
}

std::string finish(const Sentence& sentence, const std::string& last) {
  std::string text;
  for (const std::string& clause : sentence.clauses) text += clause + "; ";
  if (!sentence.guesses.empty()) text += join_guesses(sentence.guesses) + "; ";
  text += last + ".";
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string odd_clause(const Fractions& conditional) {
  constexpr std::array<const char*, 7> kFeatures{
      "a ring",   "a lens or an arc", "a disturbed shape", "an irregular shape", "nothing with a name",
      "a merger", "a dust lane"};
  const Verdict odd = judge(conditional, 6);
  if (odd.open()) return "perhaps something odd";
  if (odd.answer == 1) return hedge(odd) + "nothing odd";
  const Verdict feature = judge(conditional, 8);
  const std::string head = hedge(odd) + "something odd";
  if (feature.open()) return head + ", hard to say what";
  if (feature.answer == 4) return head + " that fits no name";
  if (feature.doubt == Doubt::kNone) return head + ": " + kFeatures[feature.answer];
  return head + (odd.doubt == Doubt::kNone ? ", probably " : ", perhaps ") + kFeatures[feature.answer];
}

void describe_smooth(const Fractions& conditional, const Verdict& trunk, Sentence& sentence) {
  constexpr std::array<const char*, 3> kShapes{"completely round", "slightly oval", "cigar-shaped"};
  const Verdict round = judge(conditional, 7);
  if (round.open()) {
    sentence.clauses.push_back(hedge(trunk) + "smooth");
    sentence.guesses.emplace_back("its exact shape");
    return;
  }
  sentence.clauses.push_back(hedge(trunk) + "smooth and " + hedge(round, trunk.doubt) + kShapes[round.answer]);
}

void describe_edge_on(const Fractions& conditional, const Verdict& trunk, const Verdict& edge, Sentence& sentence) {
  constexpr std::array<const char*, 3> kBulges{"with a rounded bulge", "with a boxy bulge", "without a bulge"};
  const Verdict bulge = judge(conditional, 9);
  std::string text = trunk.doubt == Doubt::kProbably ? "probably a disk " : "disk ";
  if (edge.doubt == Doubt::kProbably && trunk.doubt == Doubt::kNone) text = "disk, probably ";
  text += "seen edge-on";
  if (bulge.open()) {
    sentence.guesses.emplace_back("the shape of its bulge");
  } else if (bulge.doubt == Doubt::kProbably && text.find("probably") == std::string::npos) {
    text += std::string(", probably ") + kBulges[bulge.answer];
  } else {
    text += std::string(" ") + kBulges[bulge.answer];
  }
  sentence.clauses.push_back(text);
}

// " with two tightly wound arms", as far as it can be told; the rest goes to the guesses.
std::string arms_phrase(const Fractions& conditional, Doubt said, Sentence& sentence) {
  constexpr std::array<const char*, 5> kNumbers{"one", "two", "three", "four", "more than four"};
  constexpr std::array<const char*, 3> kWindings{"tightly wound", "medium-wound", "loosely wound"};
  const Verdict winding = judge(conditional, 10), number = judge(conditional, 11);
  const bool counted = !number.open() && number.answer < kNumbers.size(), wound = !winding.open();
  if (!counted) sentence.guesses.emplace_back("the number of arms");
  if (!wound) sentence.guesses.emplace_back("how tightly they are wound");
  if (!counted && !wound) return "";
  const char* noun = counted && number.answer == 0 ? " arm" : " arms";
  // One "probably" before the whole phrase, unless only the winding, which comes last, is in doubt.
  const auto with = [said](bool doubtful) {
    return std::string(doubtful && said == Doubt::kNone ? ", probably with " : " with ");
  };
  const bool number_doubtful = number.doubt == Doubt::kProbably, winding_doubtful = winding.doubt == Doubt::kProbably;
  if (!wound) return with(number_doubtful) + kNumbers[number.answer] + noun;
  if (!counted) return with(winding_doubtful) + kWindings[winding.answer] + noun;
  if (winding_doubtful && !number_doubtful && said == Doubt::kNone) {
    return with(false) + kNumbers[number.answer] + noun + ", probably " + kWindings[winding.answer];
  }
  return with(number_doubtful) + kNumbers[number.answer] + " " + kWindings[winding.answer] + noun;
}

// The bar is part of the noun ("barred spiral") when it is at least as sure as the noun is; otherwise a clause of its
// own.
bool bar_in_noun(const Verdict& bar, Doubt noun) {
  return bar.answer == 0 && !bar.open() && (bar.doubt == Doubt::kNone || noun == Doubt::kProbably);
}

void describe_bar(const Verdict& bar, Doubt noun, Sentence& sentence) {
  if (bar.open()) {
    sentence.guesses.emplace_back("whether it has a bar");
  } else if (bar.answer == 1) {
    sentence.clauses.push_back(hedge(bar) + "no bar");
  } else if (!bar_in_noun(bar, noun)) {
    sentence.clauses.emplace_back("probably a bar");
  }
}

void describe_bulge(const Verdict& bulge, Sentence& sentence) {
  constexpr std::array<const char*, 4> kBulges{"no bulge", "a just noticeable bulge", "an obvious bulge",
                                               "a dominant bulge"};
  if (bulge.open()) {
    sentence.guesses.emplace_back("the size of its bulge");
  } else {
    sentence.clauses.push_back(hedge(bulge) + kBulges[bulge.answer]);
  }
}

void describe_face_on(const Fractions& conditional, const Verdict& trunk, const Verdict& edge, Sentence& sentence) {
  const Verdict bar = judge(conditional, 3), spiral = judge(conditional, 4);
  const bool arms = spiral.answer == 0 && !spiral.open();
  const Doubt noun = std::max({trunk.doubt, edge.doubt, arms ? spiral.doubt : Doubt::kNone});
  std::string text = noun == Doubt::kProbably ? "probably a " : "";
  text += bar_in_noun(bar, noun) ? "barred " : "";
  text += arms ? "spiral" : "disk seen face-on";
  const std::size_t clause = sentence.clauses.size();
  sentence.clauses.emplace_back();  // its place is first, though what follows decides its end
  if (spiral.open()) sentence.guesses.emplace_back("whether it has spiral arms");
  describe_bar(bar, noun, sentence);
  describe_bulge(judge(conditional, 5), sentence);
  if (arms) {
    text += arms_phrase(conditional, noun, sentence);
  } else if (!spiral.open()) {
    text += (spiral.doubt == Doubt::kProbably && noun == Doubt::kNone ? ", probably without" : " without");
    text += " spiral arms";
  }
  sentence.clauses[clause] = text;
}

}  // namespace

std::string describe(const Fractions& conditional) {
  constexpr std::array<const char*, 3> kTrunks{"smooth", "a disk with features", "a star or an artifact"};
  const Verdict trunk = judge(conditional, 1), edge = judge(conditional, 2);
  Sentence sentence;
  if (trunk.open()) {
    sentence.clauses.push_back(std::string("hard to tell: perhaps ") + kTrunks[trunk.answer] + ", perhaps " +
                               kTrunks[trunk.second]);
  } else if (trunk.answer == 2) {
    return finish(sentence, hedge(trunk) + "a star or an artifact rather than a galaxy");
  } else if (trunk.answer == 0) {
    describe_smooth(conditional, trunk, sentence);
  } else if (edge.open()) {
    sentence.clauses.push_back(hedge(trunk) + (trunk.doubt == Doubt::kProbably ? "a disk" : "disk"));
    sentence.guesses.emplace_back("whether it is seen edge-on or face-on");
  } else if (edge.answer == 0) {
    describe_edge_on(conditional, trunk, edge, sentence);
  } else {
    describe_face_on(conditional, trunk, edge, sentence);
  }
  return finish(sentence, odd_clause(conditional));
}

}  // namespace pinwheel::galaxy
