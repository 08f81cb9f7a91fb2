// The tree as three constant tables, and the arithmetic on its fractions. The sentence for a person is in describe.cpp.
#include "galaxy/decision_tree.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace pinwheel::galaxy {
namespace {

// Question indices by what they ask; Q1 of the literature is 0 here.
enum : int { kSmooth, kEdgeOn, kBar, kSpiral, kBulge, kOdd, kRound, kOddFeature, kEdgeBulge, kWinding, kArms };

constexpr std::array<Answer, kAnswers> kAnswerTable{{
    {"Class1.1", "t01_smooth_or_features_a01_smooth", "smooth", kSmooth, kRound},
    {"Class1.2", "t01_smooth_or_features_a02_features_or_disk", "features or a disk", kSmooth, kEdgeOn},
    {"Class1.3", "t01_smooth_or_features_a03_star_or_artifact", "star or artifact", kSmooth, kEnd},
    {"Class2.1", "t02_edgeon_a04_yes", "edge-on", kEdgeOn, kEdgeBulge},
    {"Class2.2", "t02_edgeon_a05_no", "not edge-on", kEdgeOn, kBar},
    {"Class3.1", "t03_bar_a06_bar", "bar", kBar, kSpiral},
    {"Class3.2", "t03_bar_a07_no_bar", "no bar", kBar, kSpiral},
    {"Class4.1", "t04_spiral_a08_spiral", "spiral arms", kSpiral, kWinding},
    {"Class4.2", "t04_spiral_a09_no_spiral", "no spiral arms", kSpiral, kBulge},
    {"Class5.1", "t05_bulge_prominence_a10_no_bulge", "no bulge", kBulge, kOdd},
    {"Class5.2", "t05_bulge_prominence_a11_just_noticeable", "just noticeable", kBulge, kOdd},
    {"Class5.3", "t05_bulge_prominence_a12_obvious", "obvious", kBulge, kOdd},
    {"Class5.4", "t05_bulge_prominence_a13_dominant", "dominant", kBulge, kOdd},
    {"Class6.1", "t06_odd_a14_yes", "something odd", kOdd, kOddFeature},
    {"Class6.2", "t06_odd_a15_no", "nothing odd", kOdd, kEnd},
    {"Class7.1", "t07_rounded_a16_completely_round", "completely round", kRound, kOdd},
    {"Class7.2", "t07_rounded_a17_in_between", "in between", kRound, kOdd},
    {"Class7.3", "t07_rounded_a18_cigar_shaped", "cigar-shaped", kRound, kOdd},
    {"Class8.1", "t08_odd_feature_a19_ring", "ring", kOddFeature, kEnd},
    {"Class8.2", "t08_odd_feature_a20_lens_or_arc", "lens or arc", kOddFeature, kEnd},
    {"Class8.3", "t08_odd_feature_a21_disturbed", "disturbed", kOddFeature, kEnd},
    {"Class8.4", "t08_odd_feature_a22_irregular", "irregular", kOddFeature, kEnd},
    {"Class8.5", "t08_odd_feature_a23_other", "something else", kOddFeature, kEnd},
    {"Class8.6", "t08_odd_feature_a24_merger", "merger", kOddFeature, kEnd},
    {"Class8.7", "t08_odd_feature_a38_dust_lane", "dust lane", kOddFeature, kEnd},
    {"Class9.1", "t09_bulge_shape_a25_rounded", "rounded", kEdgeBulge, kOdd},
    {"Class9.2", "t09_bulge_shape_a26_boxy", "boxy", kEdgeBulge, kOdd},
    {"Class9.3", "t09_bulge_shape_a27_no_bulge", "no bulge", kEdgeBulge, kOdd},
    {"Class10.1", "t10_arms_winding_a28_tight", "tight", kWinding, kArms},
    {"Class10.2", "t10_arms_winding_a29_medium", "medium", kWinding, kArms},
    {"Class10.3", "t10_arms_winding_a30_loose", "loose", kWinding, kArms},
    {"Class11.1", "t11_arms_number_a31_1", "1", kArms, kBulge},
    {"Class11.2", "t11_arms_number_a32_2", "2", kArms, kBulge},
    {"Class11.3", "t11_arms_number_a33_3", "3", kArms, kBulge},
    {"Class11.4", "t11_arms_number_a34_4", "4", kArms, kBulge},
    {"Class11.5", "t11_arms_number_a36_more_than_4", "more than 4", kArms, kBulge},
    {"Class11.6", "t11_arms_number_a37_cant_tell", "can't tell", kArms, kBulge},
}};

constexpr std::array<Question, kQuestions> kQuestionTable{{
    {"Is the galaxy simply smooth and rounded, with no sign of a disk?", 0, 3, -1},
    {"Could this be a disk viewed edge-on?", 3, 5, 1},
    {"Is there a bar through the centre?", 5, 7, 4},
    {"Is there any sign of a spiral arm pattern?", 7, 9, 4},
    {"How prominent is the central bulge?", 9, 13, 4},
    {"Is there anything odd?", 13, 15, -1},
    {"How rounded is it?", 15, 18, 0},
    {"What is the odd feature?", 18, 25, 13},
    {"Does the edge-on disk have a bulge, and of what shape?", 25, 28, 3},
    {"How tightly wound are the spiral arms?", 28, 31, 7},
    {"How many spiral arms are there?", 31, 37, 7},
}};

constexpr std::array<int, kQuestions> kOrder{kSmooth, kEdgeOn,     kBar,       kSpiral,  kBulge, kOdd,
                                             kRound,  kOddFeature, kEdgeBulge, kWinding, kArms};

float sum_of(const Fractions& fractions, const Question& question) {
  float sum = 0;
  for (int a = question.begin; a < question.end; ++a) sum += fractions[static_cast<std::size_t>(a)];
  return sum;
}

float expected_sum(const Fractions& weighted, const Question& question) {
  return question.parent < 0 ? 1.0F : weighted[static_cast<std::size_t>(question.parent)];
}

// "Class9.1 + Class9.2 + Class9.3"
std::string column_sum(const Question& question) {
  std::string text;
  for (int a = question.begin; a < question.end; ++a) {
    if (a > question.begin) text += " + ";
    text += kAnswerTable[static_cast<std::size_t>(a)].column;
  }
  return text;
}

std::string three_digits(float value) {
  char text[48];
  std::snprintf(text, sizeof text, "%.3f", static_cast<double>(value));
  return text;
}

int likeliest(const Fractions& fractions, const Question& question) {
  const auto* begin = fractions.data() + question.begin;
  return question.begin + static_cast<int>(std::max_element(begin, fractions.data() + question.end) - begin);
}

}  // namespace

const std::array<Answer, kAnswers>& answers() { return kAnswerTable; }
const std::array<Question, kQuestions>& questions() { return kQuestionTable; }
const std::array<int, kQuestions>& order() { return kOrder; }

std::vector<std::string> columns() {
  std::vector<std::string> names;
  for (const Answer& answer : kAnswerTable) names.emplace_back(answer.column);
  return names;
}

Fractions as_fractions(std::span<const float> values) {
  Fractions fractions{};
  std::copy_n(values.begin(), fractions.size(), fractions.begin());
  return fractions;
}

Fractions conditional_from_weighted(const Fractions& weighted) {
  Fractions out{};
  for (const Question& question : kQuestionTable) {
    const auto begin = static_cast<std::size_t>(question.begin), end = static_cast<std::size_t>(question.end);
    float sum = 0;
    for (std::size_t a = begin; a < end; ++a) sum += std::max(0.0F, weighted[a]);
    for (std::size_t a = begin; a < end; ++a) {
      out[a] = sum > 0 ? std::max(0.0F, weighted[a]) / sum : 1.0F / static_cast<float>(end - begin);
    }
  }
  return out;
}

Fractions weighted_from_conditional(const Fractions& conditional) {
  Fractions out{};
  for (const int q : kOrder) {
    const Question& question = kQuestionTable[static_cast<std::size_t>(q)];
    const float reached = question.parent < 0 ? 1.0F : out[static_cast<std::size_t>(question.parent)];
    for (auto a = static_cast<std::size_t>(question.begin); a < static_cast<std::size_t>(question.end); ++a) {
      out[a] = conditional[a] * reached;
    }
  }
  return out;
}

std::vector<std::string> check_weighted(const Fractions& weighted, float tolerance) {
  std::vector<std::string> broken;
  for (std::size_t a = 0; a < weighted.size(); ++a) {
    // Written so that NaN is caught as well.
    if (!(weighted[a] >= -tolerance && weighted[a] <= 1 + tolerance)) {
      broken.push_back(std::string(kAnswerTable[a].column) + " is " + three_digits(weighted[a]) +
                       ", but a fraction lies between 0 and 1");
    }
  }
  for (const Question& question : kQuestionTable) {
    const float sum = sum_of(weighted, question), expected = expected_sum(weighted, question);
    const bool root = question.parent < 0;
    if (std::fabs(sum - expected) <= tolerance) continue;
    const std::string is = column_sum(question) + " is " + three_digits(sum);
    broken.push_back(root ? is + " but everybody was asked, so it should be 1"
                          : is + " but " + std::string(kAnswerTable[static_cast<std::size_t>(question.parent)].column) +
                                " is " + three_digits(expected));
  }
  return broken;
}

float largest_miss(const Fractions& weighted) {
  float largest = 0;
  for (const Question& question : kQuestionTable) {
    largest = std::max(largest, std::fabs(sum_of(weighted, question) - expected_sum(weighted, question)));
  }
  return largest;
}

std::vector<Step> likely_path(const Fractions& conditional) {
  std::vector<Step> path;
  for (int q = kSmooth; q != kEnd;) {
    const int answer = likeliest(conditional, kQuestionTable[static_cast<std::size_t>(q)]);
    path.push_back({q, answer, conditional[static_cast<std::size_t>(answer)]});
    q = kAnswerTable[static_cast<std::size_t>(answer)].next;
  }
  return path;
}

std::vector<int> agreement(const std::vector<Step>& path, std::span<const Fractions> looks) {
  std::vector<int> counts;
  for (const Step& step : path) {
    const Question& question = kQuestionTable[static_cast<std::size_t>(step.question)];
    counts.push_back(static_cast<int>(std::count_if(
        looks.begin(), looks.end(), [&](const Fractions& look) { return likeliest(look, question) == step.answer; })));
  }
  return counts;
}

}  // namespace pinwheel::galaxy
