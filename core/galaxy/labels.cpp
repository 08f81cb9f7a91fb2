// Votes from other people's labels. The shares below are rounded means of Galaxy Zoo 2 volunteers' answers over
// galaxies that carry both the label and real votes (about 1,440 of them); the weights follow how alike those galaxies
// are, as the concentration of a Dirichlet fitted by moments. So even a confident label keeps some dissent: real
// volunteers are never unanimous, and a unanimous electorate would teach a vote head a certainty that no galaxy has.
#include "galaxy/labels.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace pinwheel::galaxy {
namespace {

// One question's part of a label: how the answers share its votes, and what part of the electorate votes at all.
struct Evidence {
  int question = 0;  // its number in the literature, 1 … 11
  float weight = 0;
  std::array<float, 7> shares{};  // the question's answers, in order
};

constexpr Evidence kSmooth{1, 1.0F, {0.77F, 0.20F, 0.03F}};
constexpr Evidence kFeatures{1, 1.0F, {0.07F, 0.92F, 0.01F}};
constexpr Evidence kEdgeOnFeatures{1, 1.0F, {0.15F, 0.84F, 0.01F}};
constexpr Evidence kFaceOnFeatures{1, 0.6F, {0.16F, 0.82F, 0.02F}};
constexpr Evidence kArtifact{1, 0.6F, {0.10F, 0.10F, 0.80F}};
constexpr Evidence kCigarSmooth{1, 1.0F, {0.63F, 0.36F, 0.01F}};
constexpr Evidence kMostlySmooth{1, 0.3F, {0.65F, 0.32F, 0.03F}};
constexpr Evidence kUndecided{1, 0.2F, {0.50F, 0.47F, 0.03F}};
constexpr Evidence kMostlyFeatures{1, 0.3F, {0.25F, 0.73F, 0.02F}};
constexpr Evidence kEdgeOn{2, 1.0F, {0.90F, 0.10F}};
constexpr Evidence kNotEdgeOn{2, 1.0F, {0.04F, 0.96F}};
constexpr Evidence kBar{3, 0.4F, {0.70F, 0.30F}};
constexpr Evidence kWeakBar{3, 0.25F, {0.50F, 0.50F}};
constexpr Evidence kNoBar{3, 0.4F, {0.15F, 0.85F}};
constexpr Evidence kSpiral{4, 1.0F, {0.94F, 0.06F}};
constexpr Evidence kLikelySpiral{4, 0.4F, {0.80F, 0.20F}};
constexpr Evidence kMaybeSpiral{4, 0.25F, {0.60F, 0.40F}};
constexpr Evidence kNoSpiral{4, 0.6F, {0.12F, 0.88F}};
constexpr Evidence kLikelyNoSpiral{4, 0.25F, {0.25F, 0.75F}};
constexpr Evidence kLargeBulge{5, 0.25F, {0.03F, 0.20F, 0.60F, 0.17F}};
constexpr Evidence kMiddlingBulge{5, 0.25F, {0.07F, 0.50F, 0.38F, 0.05F}};
constexpr Evidence kSmallBulge{5, 0.25F, {0.25F, 0.60F, 0.13F, 0.02F}};
constexpr Evidence kOdd{6, 0.8F, {0.75F, 0.25F}};
constexpr Evidence kVeryOdd{6, 0.8F, {0.82F, 0.18F}};
constexpr Evidence kMaybeOdd{6, 0.4F, {0.63F, 0.37F}};
constexpr Evidence kNotOdd{6, 0.5F, {0.12F, 0.88F}};
constexpr Evidence kHardlyOdd{6, 0.2F, {0.20F, 0.80F}};
constexpr Evidence kRound{7, 1.0F, {0.85F, 0.14F, 0.01F}};
constexpr Evidence kInBetween{7, 1.0F, {0.13F, 0.80F, 0.07F}};
constexpr Evidence kCigar{7, 1.0F, {0.01F, 0.16F, 0.83F}};
constexpr Evidence kRing{8, 1.0F, {0.70F, 0.03F, 0.05F, 0.04F, 0.09F, 0.08F, 0.01F}};
constexpr Evidence kDisturbed{8, 0.6F, {0.04F, 0.03F, 0.50F, 0.16F, 0.15F, 0.11F, 0.01F}};
constexpr Evidence kIrregular{8, 0.6F, {0.03F, 0.02F, 0.17F, 0.58F, 0.14F, 0.05F, 0.01F}};
constexpr Evidence kMerger{8, 1.0F, {0.02F, 0.01F, 0.04F, 0.03F, 0.15F, 0.74F, 0.01F}};
constexpr Evidence kRoundedBulge{9, 1.0F, {0.80F, 0.07F, 0.13F}};
constexpr Evidence kBoxyBulge{9, 0.6F, {0.30F, 0.60F, 0.10F}};
constexpr Evidence kNoEdgeBulge{9, 1.0F, {0.17F, 0.05F, 0.78F}};
constexpr Evidence kTight{10, 0.8F, {0.70F, 0.24F, 0.06F}};
constexpr Evidence kMedium{10, 0.8F, {0.23F, 0.62F, 0.15F}};
constexpr Evidence kLoose{10, 0.8F, {0.09F, 0.28F, 0.63F}};
constexpr Evidence kLikelyTight{10, 0.25F, {0.58F, 0.32F, 0.10F}};
constexpr Evidence kLikelyMedium{10, 0.25F, {0.28F, 0.54F, 0.18F}};
constexpr Evidence kLikelyLoose{10, 0.25F, {0.12F, 0.33F, 0.55F}};

// What "this answer has the largest fraction of five" says: an inequality, so few votes.
constexpr Evidence kLargestSmooth{1, 0.5F, {0.81F, 0.15F, 0.04F}};
constexpr Evidence kLargestFeatures{1, 0.5F, {0.11F, 0.88F, 0.01F}};
constexpr Evidence kLargestArtifact{1, 0.4F, {0.13F, 0.12F, 0.75F}};
constexpr Evidence kLargestOdd{6, 0.5F, {0.78F, 0.22F}};
constexpr Evidence kLargestNotOdd{6, 0.5F, {0.11F, 0.89F}};

using Findings = std::vector<Evidence>;

// A label and what it says; values are written as `plain` leaves them.
struct Rule {
  std::string_view scheme, value;
  std::array<const Evidence*, 4> says{};
};

constexpr Rule kRules[] = {
    {"cls5", "completely_round_smooth", {&kSmooth, &kRound}},
    {"cls5", "in_between_smooth", {&kSmooth, &kInBetween}},
    {"cls5", "cigar_shaped_smooth", {&kCigarSmooth, &kCigar}},
    {"cls5", "edge_on", {&kEdgeOnFeatures, &kEdgeOn}},
    {"cls5", "spiral", {&kFeatures, &kNotEdgeOn, &kSpiral}},
    {"cls3", "smooth_or_edgeon_not_odd", {&kNotOdd}},
    {"cls3", "odd", {&kOdd}},
    {"cls3", "face_on_disk", {&kFaceOnFeatures, &kNotEdgeOn}},
    {"cls6", "elliptical", {&kSmooth}},
    {"cls6", "spiral_clockwise", {&kFeatures, &kNotEdgeOn, &kSpiral}},
    {"cls6", "spiral_anticlockwise", {&kFeatures, &kNotEdgeOn, &kSpiral}},
    {"cls6", "edge_on", {&kEdgeOnFeatures, &kEdgeOn}},
    {"cls6", "merger", {&kVeryOdd, &kMerger}},
    {"cls6", "dont_know", {&kArtifact}},
    {"coarse", "smooth", {&kSmooth}},
    {"coarse", "edge_on", {&kEdgeOnFeatures, &kEdgeOn}},
    {"coarse", "spiral", {&kFeatures, &kNotEdgeOn, &kSpiral}},
    {"coarse", "odd", {&kOdd}},
    {"argmax5", "class1_1", {&kLargestSmooth}},
    {"argmax5", "class1_2", {&kLargestFeatures}},
    {"argmax5", "class1_3", {&kLargestArtifact}},
    {"argmax5", "class6_1", {&kLargestOdd}},
    {"argmax5", "class6_2", {&kLargestNotOdd}},
    {"like4", "normal", {&kNotOdd}},
    {"like4", "ringed", {&kOdd, &kRing}},
    {"like4", "merger", {&kVeryOdd, &kMerger}},
    {"like4", "other", {&kMaybeOdd}},
    {"merger_flag", "merger", {&kVeryOdd, &kMerger}},
    {"merger_flag", "noninteracting", {&kHardlyOdd}},
    {"galaxymnist", "smooth_round", {&kSmooth, &kRound}},
    {"galaxymnist", "smooth_cigar", {&kCigarSmooth, &kCigar}},
    {"galaxymnist", "edge_on_disk", {&kEdgeOnFeatures, &kEdgeOn}},
    {"galaxymnist", "unbarred_spiral", {&kFeatures, &kNotEdgeOn, &kNoBar, &kSpiral}},
    {"galaxy10", "disk_face_on_no_spiral", {&kFaceOnFeatures, &kNotEdgeOn, &kNoSpiral}},
    {"galaxy10", "smooth_completely_round", {&kSmooth, &kRound}},
    {"galaxy10", "smooth_in_between_round", {&kSmooth, &kInBetween}},
    {"galaxy10", "smooth_cigar_shaped", {&kCigarSmooth, &kCigar}},
    {"galaxy10", "disk_edge_on_rounded_bulge", {&kEdgeOnFeatures, &kEdgeOn, &kRoundedBulge}},
    {"galaxy10", "disk_edge_on_boxy_bulge", {&kEdgeOnFeatures, &kEdgeOn, &kBoxyBulge}},
    {"galaxy10", "disk_edge_on_no_bulge", {&kEdgeOnFeatures, &kEdgeOn, &kNoEdgeBulge}},
    {"galaxy10", "disk_face_on_tight_spiral", {&kFeatures, &kNotEdgeOn, &kSpiral, &kTight}},
    {"galaxy10", "disk_face_on_medium_spiral", {&kFeatures, &kNotEdgeOn, &kSpiral, &kMedium}},
    {"galaxy10", "disk_face_on_loose_spiral", {&kFeatures, &kNotEdgeOn, &kSpiral, &kLoose}},
    {"galaxy10_decals", "disturbed", {&kOdd, &kDisturbed}},
    {"galaxy10_decals", "merging", {&kVeryOdd, &kMerger}},
    {"galaxy10_decals", "round_smooth", {&kSmooth, &kRound}},
    {"galaxy10_decals", "in_between_round_smooth", {&kSmooth, &kInBetween}},
    {"galaxy10_decals", "cigar_shaped_smooth", {&kCigarSmooth, &kCigar}},
    {"galaxy10_decals", "barred_spiral", {&kFeatures, &kNotEdgeOn, &kBar, &kSpiral}},
    {"galaxy10_decals", "unbarred_tight_spiral", {&kFeatures, &kNotEdgeOn, &kNoBar, &kTight}},
    {"galaxy10_decals", "unbarred_loose_spiral", {&kFeatures, &kNotEdgeOn, &kNoBar, &kLoose}},
    {"galaxy10_decals", "edge_on_without_bulge", {&kEdgeOnFeatures, &kEdgeOn, &kNoEdgeBulge}},
    {"galaxy10_decals", "edge_on_with_bulge", {&kEdgeOnFeatures, &kEdgeOn, &kRoundedBulge}},
    {"family", "sb", {&kBar}},
    {"family", "sab", {&kWeakBar}},
};

// Lower case, words joined by single underscores: "Disk, Face-on, No Spiral" → "disk_face_on_no_spiral".
std::string plain(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool kept = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (kept) out += upper ? static_cast<char>(c - 'A' + 'a') : c;
    if (!kept && !out.empty() && out.back() != '_') out += '_';
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

// The whole of `text` as a number, or nothing.
std::optional<double> number(std::string_view text) {
  const std::string copy(text);
  char* end = nullptr;
  const double value = std::strtod(copy.c_str(), &end);
  if (copy.empty() || end != copy.c_str() + copy.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

// de Vaucouleurs' numerical stage: -5 elliptical, -2 lenticular, 1 Sa, 3 Sb, 5 Sc, 7 Sd, 9 Sm, 10 irregular. Catalogue
// stages say how a galaxy looked on deep plates, not how it looks on a survey thumbnail, so they weigh little.
Findings findings_of_stage(double stage) {
  if (stage < -3.5) return {kSmooth};
  if (stage < -2.5) return {kMostlySmooth};
  if (stage < -0.5) return {kUndecided, kLikelyNoSpiral};
  if (stage < 0.5) return {kUndecided, kLargeBulge};
  if (stage < 2.5) return {kMostlyFeatures, kMaybeSpiral, kLargeBulge, kLikelyTight};
  if (stage < 5.5) return {kFaceOnFeatures, kLikelySpiral, kMiddlingBulge, kLikelyMedium};
  if (stage < 8.5) return {kFaceOnFeatures, kMaybeSpiral, kSmallBulge, kLikelyLoose};
  return {kMostlyFeatures, kSmallBulge, kMaybeOdd, kIrregular};
}

struct Stage {
  std::string_view letters;
  double value;
};
constexpr Stage kSpiralStages[] = {{"0", -2}, {"0_a", 0}, {"a", 1}, {"ab", 2}, {"b", 3}, {"bc", 4},
                                   {"c", 5},  {"cd", 6},  {"d", 7}, {"dm", 8}, {"m", 9}};

// An elliptical's number is ten times its flattening: E0 is round, E7 the flattest.
Findings findings_of_elliptical(std::string_view number_part) {
  Findings out{kSmooth};
  if (number_part.empty()) return out;
  Evidence shape = number_part[0] <= '1' ? kRound : number_part[0] <= '5' ? kInBetween : kCigar;
  shape.weight = 0.4F;
  out.push_back(shape);
  return out;
}

Findings with_family(Findings findings, bool barred, bool weakly_barred) {
  if (barred) findings.push_back(kBar);
  if (weakly_barred) findings.push_back(kWeakBar);
  return findings;
}

// A Hubble type as catalogues write it: E, E3, E-S0, S0, S0-a, Sbc, SABb, SBc, Sm, I, IB; "?" and unknown letters say
// less than a label should, and get nothing.
Findings findings_of_hubble(std::string_view value) {
  if (value.find('?') != std::string_view::npos) return {};
  const std::string type = plain(value);
  if (type == "e_s0") return findings_of_stage(-3);
  if (type == "e") return findings_of_elliptical("");
  if (type.size() == 2 && type[0] == 'e' && type[1] >= '0' && type[1] <= '7')
    return findings_of_elliptical(type.substr(1));
  if (type == "i" || type == "ib" || type == "iab")
    return with_family(findings_of_stage(10), type == "ib", type == "iab");
  if (type.empty() || type[0] != 's') return {};
  std::string_view rest = std::string_view(type).substr(1);
  const auto starts = [&rest](std::string_view word) { return rest.substr(0, word.size()) == word; };
  // "SB" is a bar when a stage follows it; "Sb" alone, or with c, is the stage. Only the capital letters tell them
  // apart.
  const bool weak = value.substr(0, 3) == "SAB", barred = !weak && value.substr(0, 2) == "SB";
  if (weak && starts("ab")) rest.remove_prefix(2);
  if (barred && starts("b")) rest.remove_prefix(1);
  for (const Stage& stage : kSpiralStages) {
    if (stage.letters == rest) return with_family(findings_of_stage(stage.value), barred, weak);
  }
  return rest.empty() ? with_family({}, barred, weak) : Findings{};
}

// Bars as two catalogues measure them: a strength from 0 to 1 in steps of 0.25, or "na10:" and a bit mask (2 strong,
// 4 intermediate, 8 weak; higher bits are special shapes that say nothing of the volunteers' question).
Findings findings_of_bar(std::string_view value) {
  constexpr std::string_view kMaskPrefix = "na10:";
  const bool mask = value.substr(0, kMaskPrefix.size()) == kMaskPrefix;
  const auto strength = number(mask ? value.substr(kMaskPrefix.size()) : value);
  if (!strength || *strength < 0 || *strength > (mask ? 1023 : 1)) return {};
  if (*strength == 0) return {kNoBar};
  if (!mask) return *strength > 0.6 ? Findings{kBar} : Findings{kWeakBar};
  const auto bits = static_cast<int>(*strength);
  if ((bits & (2 | 4)) != 0) return {kBar};
  return (bits & 8) != 0 ? Findings{kWeakBar} : Findings{};
}

// Galaxy10's files number their classes; both data sets list them in the order of the rules above.
Findings findings_by_rule(std::string_view scheme, std::string_view value) {
  const std::string name = plain(value);
  const auto index = number(value);
  double position = 0;
  for (const Rule& rule : kRules) {
    if (rule.scheme != scheme) continue;
    const bool numbered = scheme == "galaxy10" || scheme == "galaxy10_decals" || scheme == "galaxymnist";
    if (rule.value == name || (numbered && index == position)) {
      Findings out;
      for (const Evidence* evidence : rule.says) {
        if (evidence != nullptr) out.push_back(*evidence);
      }
      return out;
    }
    ++position;
  }
  return {};
}

Findings findings_of(std::string_view scheme, std::string_view value) {
  if (scheme == "hubble") return findings_of_hubble(value);
  if (scheme == "bar") return findings_of_bar(value);
  if (scheme == "ttype") {
    const auto stage = number(value);
    return stage && *stage >= -6 && *stage <= 10 ? findings_of_stage(*stage) : Findings{};
  }
  return findings_by_rule(scheme, value);
}

// Shares of a whole electorate in whole votes: floors first, then one each to the largest remainders (Hamilton's
// method).
void share_out(const float* shares, int choices, int electorate, float* votes) {
  float total = 0;
  for (int i = 0; i < choices; ++i) total += std::max(0.0F, shares[i]);
  if (!(total > 0) || electorate <= 0) return;
  std::array<float, kAnswers> remainder{};
  int left = electorate;
  for (int i = 0; i < choices; ++i) {
    const float exact = std::max(0.0F, shares[i]) / total * static_cast<float>(electorate);
    votes[i] = std::min(std::floor(exact), static_cast<float>(left));
    left -= static_cast<int>(votes[i]);
    remainder[static_cast<std::size_t>(i)] = exact - votes[i];
  }
  for (; left > 0; --left) {
    const auto end = remainder.begin() + choices;
    const auto largest = std::max_element(remainder.begin(), end);
    votes[largest - remainder.begin()] += 1;
    *largest -= 1;
  }
}

float votes_on(const Votes& votes, const Question& question) {
  float sum = 0;
  for (int a = question.begin; a < question.end; ++a) sum += votes[static_cast<std::size_t>(a)];
  return sum;
}

// Those who reach a question: the voters of the answer that leads to it, or everybody when that question had no votes.
int electorate_of(const Votes& votes, const Question& question, int everybody) {
  if (question.parent < 0) return everybody;
  const int asked = answers()[static_cast<std::size_t>(question.parent)].question;
  if (votes_on(votes, questions()[static_cast<std::size_t>(asked)]) == 0) return everybody;
  return static_cast<int>(votes[static_cast<std::size_t>(question.parent)]);
}

}  // namespace

Votes votes_from_weighted(const Fractions& weighted, int electorate) {
  Votes votes{};
  for (const int q : order()) {
    const Question& question = questions()[static_cast<std::size_t>(q)];
    const int reached =
        question.parent < 0 ? electorate : static_cast<int>(votes[static_cast<std::size_t>(question.parent)]);
    share_out(weighted.data() + question.begin, question.end - question.begin, reached, votes.data() + question.begin);
  }
  return votes;
}

std::optional<Votes> votes_from_label(std::string_view scheme, std::string_view value, int electorate) {
  Findings findings = findings_of(scheme, value);
  if (findings.empty()) return std::nullopt;
  // Parents first, so that a question's electorate is known when it is reached.
  std::sort(findings.begin(), findings.end(),
            [](const Evidence& a, const Evidence& b) { return a.question < b.question; });
  Votes votes{};
  for (const Evidence& evidence : findings) {
    const Question& question = questions()[static_cast<std::size_t>(evidence.question - 1)];
    const int reached = std::min(electorate_of(votes, question, electorate),
                                 static_cast<int>(std::lround(evidence.weight * static_cast<float>(electorate))));
    share_out(evidence.shares.data(), question.end - question.begin, reached, votes.data() + question.begin);
  }
  return votes;
}

void merge_votes(Votes& into, const Votes& extra) {
  for (const Question& question : questions()) {
    if (votes_on(extra, question) <= votes_on(into, question)) continue;
    for (auto a = static_cast<std::size_t>(question.begin); a < static_cast<std::size_t>(question.end); ++a) {
      into[a] = extra[a];
    }
  }
}

Fractions conditional_from_votes(const Votes& votes) { return conditional_from_weighted(votes); }

const std::array<std::string_view, 5>& five_classes() {
  static constexpr std::array<std::string_view, 5> kNames{"completely_round_smooth", "in_between_smooth",
                                                          "cigar_shaped_smooth", "edge_on", "spiral"};
  return kNames;
}

const std::array<int, 5>& five_class_columns() {
  static constexpr std::array<int, 5> kColumns{15, 16, 17, 3, 7};  // Class7.1, 7.2, 7.3, 2.1, 4.1
  return kColumns;
}

int five_class_of(const Fractions& weighted) {
  std::array<float, 5> shares{};
  for (std::size_t i = 0; i < shares.size(); ++i) {
    shares[i] = weighted[static_cast<std::size_t>(five_class_columns()[i])];
  }
  return static_cast<int>(std::max_element(shares.begin(), shares.end()) - shares.begin());
}

}  // namespace pinwheel::galaxy
