#include "report/judged.h"

#include <gtest/gtest.h>

#include <cmath>

#include "galaxy/labels.h"
#include "report/galaxy_pictures.h"
#include "report/judged_pictures.h"
#include "report/words.h"
#include "support/xml_check.h"

namespace pinwheel::report {
namespace {

// Four galaxies of two classes: three right, one wrong and sure of it.
Judged classes() {
  return {"test",
          TargetKind::kClasses,
          {"smooth", "edge_on"},
          {0, 1, 2, 3},
          {"a/1.png", "a/2.png", "b/3.png", "b/4.png"},
          {0.92F, 0.08F, 0.62F, 0.38F, 0.15F, 0.85F, 0.95F, 0.05F},
          {1, 0, 1, 0, 0, 1, 0, 1}};
}

galaxy::Fractions barred_spiral() {
  galaxy::Fractions conditional{};
  for (const galaxy::Question& question : galaxy::questions())
    conditional[static_cast<std::size_t>(question.begin)] = 1;
  conditional[0] = 0;
  conditional[1] = 1;  // features
  conditional[3] = 0;
  conditional[4] = 1;  // not edge-on
  conditional[13] = 0;
  conditional[14] = 1;  // nothing odd
  return galaxy::weighted_from_conditional(conditional);
}

Judged tree(TargetKind kind) {
  const galaxy::Fractions weighted = barred_spiral();
  Judged part{"validation", kind, galaxy::columns(), {0}, {"7.jpg"}, {weighted.begin(), weighted.end()}, {}};
  if (kind == TargetKind::kVotes) {
    const galaxy::Votes votes = galaxy::votes_from_weighted(weighted, 40);
    part.targets.assign(votes.begin(), votes.end());
  } else {
    part.targets = part.answers;
  }
  return part;
}

Dataset pixels(std::size_t count) {
  Dataset dataset;
  dataset.extent = Extent::image(4, 4, 3);
  dataset.pixels.assign(count * 48, 100);
  return dataset;
}

TEST(Judged, KnowsRightFromWrongAndByHowMuch) {
  const Judged part = classes();
  EXPECT_TRUE(is_right(part, 0));
  EXPECT_FALSE(is_right(part, 3));
  EXPECT_NEAR(error_of(part, 0), 0.08, 1e-6);
  EXPECT_NEAR(error_of(part, 3), 0.95, 1e-6);
  EXPECT_EQ(said_words(part, 3), "smooth, 95.0\u00a0%");
  EXPECT_EQ(truth_words(part, 3), "edge on");
  EXPECT_DOUBLE_EQ(*part.metrics().accuracy, 0.75);
}

TEST(Judged, ATreeThatAgreesIsRight) {
  for (const TargetKind kind : {TargetKind::kFractions, TargetKind::kVotes}) {
    Judged part = tree(kind);
    EXPECT_TRUE(is_right(part, 0));
    EXPECT_NEAR(error_of(part, 0), 0, 1e-6);
    EXPECT_EQ(said_words(part, 0), truth_words(part, 0));
    std::swap(part.answers[0], part.answers[1]);  // says smooth
    EXPECT_FALSE(is_right(part, 0));
    EXPECT_EQ(worst_words(part, 0, 1), "smooth: 100.0\u00a0%, in truth 0.0\u00a0%");
    EXPECT_NEAR(error_of(part, 0), std::sqrt(2.0 / 24),
                1e-5);  // two of the 24 answers that were asked for are off by 1
  }
}

TEST(TreeTruth, SaysNothingWhereNobodyWasAsked) {
  const Judged part = tree(TargetKind::kVotes);
  const TreeRow truth = tree_truth(part.kind, part.target(0));
  EXPECT_LT(truth.reach[8], 0);  // the bulge of a disk seen edge-on
  EXPECT_NEAR(truth.reach[2], 1, 1e-6);
}

TEST(JudgedPictures, SayTheirFigures) {
  const Judged part = classes();
  const Picture reliability = reliability_picture("m", part, Theme::kDark);
  // each in a bin of its own: (|.92 - 1| + |.62 - 1| + |.85 - 1| + |.95 - 0|) / 4
  EXPECT_NE(reliability.document.find("expected calibration error 39.0\u00a0%"), std::string::npos);
  const auto confusion = confusion_picture("m", part, Theme::kDark);
  ASSERT_TRUE(confusion);
  EXPECT_NE(confusion->document.find("75.0\u00a0% right"), std::string::npos);
  EXPECT_FALSE(confusion_picture("m", tree(TargetKind::kFractions), Theme::kDark));
  const std::vector<Judged> parts{part, part};
  const Picture questions = questions_picture("m", parts, Theme::kDark);
  EXPECT_NE(questions.document.find(">100.0\u00a0%<"), std::string::npos);
  for (const std::string& document : {reliability.document, confusion->document, questions.document}) {
    EXPECT_EQ(test::xml_problem(document), "");
  }
}

TEST(JudgedPictures, OfTheTreeNameItsQuestions) {
  const std::vector<Judged> parts{tree(TargetKind::kVotes)};
  const Picture questions = questions_picture("m", parts, Theme::kDark);
  EXPECT_EQ(test::xml_problem(questions.document), "");
  EXPECT_NE(questions.document.find("Is there a bar"), std::string::npos);
  EXPECT_NE(questions.document.find(">none<"), std::string::npos);  // nobody was asked about an edge-on bulge
  const Picture reliability = reliability_picture("m", parts[0], Theme::kDark);
  EXPECT_NE(reliability.document.find("on average 0.0\u00a0% off the line"), std::string::npos);
}

TEST(MistakesPicture, PutsTheSurestMistakeFirst) {
  const Picture picture = mistakes_picture(pixels(4), classes(), Theme::kDark);
  EXPECT_EQ(test::xml_problem(picture.document), "");
  const std::size_t wrong = picture.document.find("Surest and wrong"),
                    said = picture.document.find("smooth, 95.0\u00a0%");
  ASSERT_NE(wrong, std::string::npos);
  EXPECT_GT(said, wrong);
  EXPECT_NE(picture.document.find("in truth edge on"), std::string::npos);
}

TEST(GalaxyPicture, HasItsNameInTheFileName) {
  Model model;
  model.outputs = galaxy::columns();
  const Judged part = tree(TargetKind::kFractions);
  const Original original{"zip.zip/a folder/10 08.jpg", {4, 4, 3, std::vector<std::uint8_t>(48)}};
  const Picture known = galaxy_picture(original, model, part.answer(0), part.kind, part.target(0), Theme::kDark);
  EXPECT_EQ(known.name, "galaxy-10-08");
  EXPECT_EQ(test::xml_problem(known.document), "");
  EXPECT_NE(known.document.find("100.0\u00a0%  ·  100.0\u00a0%"), std::string::npos);
  const Picture unknown = galaxy_picture(original, model, part.answer(0), part.kind, {}, Theme::kDark);
  EXPECT_EQ(unknown.document.find("class=\"mark\""), std::string::npos);
}

}  // namespace
}  // namespace pinwheel::report
