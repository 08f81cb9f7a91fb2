// From files to a Dataset: matching, the three kinds of target, what is reported and what ends the loading.
#include <gtest/gtest.h>

#include <numeric>

#include "data/frame.h"
#include "galaxy/labels.h"
#include "unit/data/helpers.h"
#include "unit/data/zip_writer.h"

namespace pinwheel {
namespace {

using Names = std::vector<std::string>;

LoadOptions options(TargetKind kind = TargetKind::kClasses) {
  LoadOptions o;
  o.extent = Extent::image(2, 2, 3);
  o.preprocess.steps = {Resize{2, 2, Resampler::kArea}};
  o.target_kind = kind;
  return o;
}

struct Result {
  Dataset data;
  LoadReport report;
};
Result load(const FileSource& source, const LoadOptions& o, const std::filesystem::path& csv = {}) {
  const ThreadPool pool(1);
  Result result;
  result.data = load_dataset(source, csv, o, pool, result.report);
  return result;
}

std::size_t class_of(const Dataset& data, std::int64_t i) {
  const auto row = data.target(i);
  EXPECT_EQ(std::accumulate(row.begin(), row.end(), 0.0F), 1.0F);
  return static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

// A row of weighted fractions that obeys the tree: everybody says smooth, round, nothing odd.
std::string round_smooth_row() {
  galaxy::Fractions f{};
  f[0] = 1;
  f[14] = 1;
  f[15] = 1;
  std::string row;
  for (const float value : f) row += "," + std::to_string(value);
  return row;
}
std::string fraction_header() {
  std::string header;
  for (const auto& answer : galaxy::answers()) header += "," + std::string(answer.column);
  return header;
}

TEST(LoadDataset, ClassFolders) {
  MadeSource source;
  source.add("train/spiral/1.png", dot(10)).add("train/smooth/2.png", dot(20)).add("train/spiral/3.png", dot(30));
  const auto [data, report] = load(source, options());
  EXPECT_EQ(data.outputs, (Names{"smooth", "spiral"}));
  EXPECT_EQ(data.ids, (Names{"train/spiral/1.png", "train/smooth/2.png", "train/spiral/3.png"}));
  EXPECT_EQ(class_of(data, 0), 1U);
  EXPECT_EQ(class_of(data, 1), 0U);
  EXPECT_EQ(data.image(2)[5], 30);
  EXPECT_EQ(report.images, 3);
  EXPECT_TRUE(report.problems.empty());
}

TEST(LoadDataset, OneClassIsEnoughForMoreOfIt) {
  LoadOptions more = options();
  more.fewest_classes = 1;
  const MadeSource source = MadeSource().add("spiral/1.png", dot(1)).add("spiral/2.png", dot(2));
  const auto [data, report] = load(source, more);
  EXPECT_EQ(data.outputs, (Names{"spiral"}));
  EXPECT_EQ(data.size(), 2);
}

TEST(LoadDataset, UnreadablePicturesAreReportedInOrderAndLoadingGoesOn) {
  MadeSource source;
  source.add("a/1.png", dot(1)).add("a/2.png", "<html>").add("b/3.png", dot(3));
  source.add("b/4.gif", "GIF89a").add("loose.png", dot(5)).add("b/notes.txt", "hello");
  const auto [data, report] = load(source, options());
  EXPECT_EQ(data.ids, (Names{"a/1.png", "b/3.png"}));
  ASSERT_EQ(report.problems.size(), 3U);
  EXPECT_EQ(report.problems[0].file, "loose.png");
  EXPECT_EQ(report.problems[1].file, "a/2.png");
  EXPECT_EQ(report.problems[1].reason.find("is a web page"), 0U);
  EXPECT_NE(report.problems[2].reason.find("GIF"), std::string::npos);
}

TEST(LoadDataset, CsvMatchesWithAndWithoutFolderAndExtension) {
  MadeSource source;
  source.add("set/a.png", dot(1)).add("set/b.png", dot(2)).add("c.png", dot(3)).add("deep/set/d.png", dot(4));
  source.add("e.png", dot(5)).add("labels.csv", "file,class\na,x\nb.png,y\nphotos/c.jpg,y\nset/d.png,x\n");
  const auto [data, report] = load(source, options());
  EXPECT_EQ(data.ids, (Names{"set/a.png", "set/b.png", "c.png", "deep/set/d.png"}));
  EXPECT_EQ(class_of(data, 2), 1U);
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].file, "e.png");
  EXPECT_EQ(report.problems[0].reason, "has no row in labels.csv");
}

TEST(LoadDataset, OneNumberInTwoFoldersIsNotGuessed) {
  MadeSource source;
  source.add("x/1.png", dot(1)).add("y/1.png", dot(2)).add("1.png", dot(3));
  source.add("t.csv", "file,class\nx/1.png,a\ny/1.png,b\n");
  EXPECT_EQ(load(source, options()).data.ids, (Names{"x/1.png", "y/1.png"}));
}

TEST(LoadDataset, ClassColumnIsChosenGuessedOrAskedFor) {
  MadeSource source;
  source.add("1.png", dot(1)).add("2.png", dot(2)).add("t.csv", "id,cls5,hubble,note\n1,spiral,Sb,q\n2,edge_on,Sc,w\n");
  expect_error(ErrorCode::kInvalidArgument,
               "not clear which column of t.csv holds the class. Choose one of: id, cls5, hubble, note",
               [&] { load(source, options()); });
  LoadOptions chosen = options();
  chosen.label_column = "CLS5";
  const auto data = load(source, chosen).data;
  EXPECT_EQ(data.outputs, Names(galaxy::five_classes().begin(), galaxy::five_classes().end()));
  EXPECT_EQ(class_of(data, 0), 4U);
  EXPECT_EQ(class_of(data, 1), 3U);
  chosen.label_column = "shape";
  expect_error(ErrorCode::kInvalidArgument, "t.csv has no column 'shape'", [&] { load(source, chosen); });
}

TEST(LoadDataset, BlankLabelsAreLeftOutInOneLine) {
  MadeSource source;
  source.add("1.png", dot(1)).add("2.png", dot(2)).add("3.png", dot(3)).add("4.png", dot(4));
  source.add("t.csv", "id,class\n1,b\n2,\n3,a\n4, \n");
  const auto [data, report] = load(source, options());
  EXPECT_EQ(data.ids, (Names{"1.png", "3.png"}));
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].reason, "2 pictures have nothing in column 'class' and were left out");
}

TEST(LoadDataset, NumberedClassesCountUp) {
  MadeSource source;
  source.add("1.png", dot(1)).add("2.png", dot(2)).add("3.png", dot(3)).add("t.csv", "id,label\n1,10\n2,9\n3,0\n");
  EXPECT_EQ(load(source, options()).data.outputs, (Names{"0", "9", "10"}));
}

TEST(LoadDataset, FractionsObeyTheTreeOrAreReported) {
  std::string lie = round_smooth_row();
  lie.replace(1, 3, "0.5");
  MadeSource source;
  source.add("1.png", dot(1)).add("2.png", dot(2)).add("3.png", dot(3)).add("4.png", dot(4));
  source.add("solutions.csv", "GalaxyID" + fraction_header() + "\n1" + round_smooth_row() + "\n2" + lie + "\n3" +
                                  std::string(37, ',') + "\n4" + round_smooth_row().substr(0, 9) + ",no" +
                                  std::string(35, ',') + "\n");
  const auto [data, report] = load(source, options(TargetKind::kFractions));
  EXPECT_EQ(data.ids, Names{"1.png"});
  EXPECT_EQ(data.width(), 37);
  EXPECT_EQ(data.target(0)[15], 1.0F);
  ASSERT_EQ(report.problems.size(), 3U);
  EXPECT_NE(report.problems[0].reason.find("do not add up along the tree"), std::string::npos);
  EXPECT_NE(report.problems[1].reason.find("Class1.2 is 'no'"), std::string::npos);
  EXPECT_EQ(report.problems[2].file, "solutions.csv");
}

TEST(LoadDataset, FractionsNeedAllTheirColumns) {
  MadeSource source;
  source.add("1.png", dot(1)).add("t.csv", "id,Class1.1\n1,1\n");
  expect_error(ErrorCode::kInvalidArgument, "lacks some of the 37 columns",
               [&] { load(source, options(TargetKind::kFractions)); });
  MadeSource folders;
  folders.add("a/1.png", dot(1));
  expect_error(ErrorCode::kInvalidArgument, "there is no CSV", [&] { load(folders, options(TargetKind::kFractions)); });
}

// The catalogue's columns of one suffix, and a row of values by place.
std::string catalogue_header(const std::string& suffix) {
  std::string header;
  for (const auto& answer : galaxy::answers()) header += "," + std::string(answer.catalogue_stem) + suffix;
  return header;
}
std::string catalogue_row(const std::vector<std::pair<int, std::string>>& values) {
  std::vector<std::string> cells(37, "0");
  for (const auto& [place, value] : values) cells[static_cast<std::size_t>(place)] = value;
  std::string row;
  for (const std::string& cell : cells) row += "," + cell;
  return row;
}

TEST(LoadDataset, CatalogueCountsAreVotesOrFractions) {
  MadeSource source;
  // 40 look: 30 say smooth (12 of them round), 10 featured (all face on); of everybody 4 see something odd, a ring.
  const std::string row = catalogue_row({{0, "30"},
                                         {1, "10"},
                                         {4, "10"},
                                         {6, "10"},
                                         {8, "10"},
                                         {10, "10"},
                                         {13, "4"},
                                         {14, "36"},
                                         {15, "12"},
                                         {16, "18"},
                                         {18, "4"}});
  source.add("7.png", dot(7)).add("8.png", dot(8));
  source.add("gz2.csv",
             "dr7objid" + catalogue_header("_count") + "\n7" + row + "\n8" + catalogue_row({{0, "many"}}) + "\n");
  const auto votes = load(source, options(TargetKind::kVotes));
  ASSERT_EQ(votes.data.size(), 1);
  EXPECT_EQ(votes.data.target(0)[15], 12.0F);
  ASSERT_EQ(votes.report.problems.size(), 1U);
  EXPECT_NE(votes.report.problems[0].reason.find("'many', not a number of votes"), std::string::npos);
  const auto fractions = load(source, options(TargetKind::kFractions));
  ASSERT_EQ(fractions.data.size(), 1);
  EXPECT_FLOAT_EQ(fractions.data.target(0)[0], 0.75F);
  EXPECT_FLOAT_EQ(fractions.data.target(0)[15], 0.75F * 12 / 30);
  EXPECT_FLOAT_EQ(fractions.data.target(0)[4], 0.25F);
}

TEST(LoadDataset, CatalogueFractionsOfThoseAskedBecomeWeighted) {
  MadeSource source;
  source.add("7.png", dot(7)).add("8.png", dot(8));
  // Debiased fractions need not add up to one: 0.72 + 0.18 are shares of 0.8 and 0.2.
  source.add("hart16.csv", "dr7objid" + catalogue_header("_debiased") + "\n7" +
                               catalogue_row({{0, "0.72"},
                                              {1, "0.18"},
                                              {3, "0.5"},
                                              {4, "0.5"},
                                              {6, "1"},
                                              {8, "1"},
                                              {10, "1"},
                                              {14, "1"},
                                              {15, "1"},
                                              {25, "1"}}) +
                               "\n8" + catalogue_row({{0, "1"}}) + "\n");
  const auto [data, report] = load(source, options(TargetKind::kFractions));
  ASSERT_EQ(data.size(), 1);
  EXPECT_FLOAT_EQ(data.target(0)[0], 0.8F);
  EXPECT_FLOAT_EQ(data.target(0)[3], 0.1F);
  EXPECT_FLOAT_EQ(data.target(0)[25], 0.1F);
  ASSERT_EQ(report.problems.size(), 1U);  // smooth, yet nobody said how round
  EXPECT_NE(report.problems[0].reason.find("do not add up"), std::string::npos);
}

TEST(LoadDataset, VotesJoinFractionsAndLabels) {
  const std::string blanks(37, ',');
  MadeSource source;
  source.add("1.png", dot(1)).add("2.png", dot(2)).add("3.png", dot(3)).add("4.png", dot(4));
  source.add("labels.csv", "id,cls5,coarse,votes_n" + fraction_header() + "\n1,,,50" + round_smooth_row() +
                               "\n2,spiral,smooth," + blanks + "\n3,,edge_on," + blanks + "\n4,,," + blanks + "\n");
  const auto [data, report] = load(source, options(TargetKind::kVotes));
  EXPECT_EQ(data.ids, (Names{"1.png", "2.png", "3.png"}));
  EXPECT_EQ(data.target(0)[0], 50.0F);
  EXPECT_EQ(data.target(0)[15], 50.0F);
  EXPECT_GT(data.target(1)[1], data.target(1)[0]);  // the fuller label has the first word on question 1
  EXPECT_GT(data.target(1)[7], data.target(1)[8]);
  EXPECT_GT(data.target(2)[3], data.target(2)[4]);
  EXPECT_EQ(data.target(2)[7] + data.target(2)[8], 0.0F);  // nobody was asked about arms
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].reason, "1 picture has no label that answers a question and was left out");
}

TEST(LoadDataset, VotesAllowAQuestionThatNobodyAnswered) {
  galaxy::Fractions f{};
  f[0] = 0.9F;
  f[1] = 0.1F;  // features, but question 2 is empty
  f[14] = 1;
  f[15] = 0.9F;
  std::string row;
  for (const float value : f) row += "," + std::to_string(value);
  MadeSource source;
  source.add("1.png", dot(1))
      .add("2.png", dot(1))
      .add("t.csv", "id" + fraction_header() + "\n1" + row + "\n2" + round_smooth_row() + "\n");
  EXPECT_EQ(load(source, options(TargetKind::kVotes)).data.size(), 2);
  EXPECT_EQ(load(source, options(TargetKind::kFractions)).data.size(), 1);
}

TEST(LoadDataset, ARowOfZerosIsNeverVotes) {
  std::string zeros;
  for (int i = 0; i < 37; ++i) zeros += ",0";
  MadeSource source;
  source.add("1.png", dot(1)).add("t.csv", "id" + fraction_header() + "\n1" + zeros + "\n");
  expect_error(ErrorCode::kBadFile, "do not add up", [&] { load(source, options(TargetKind::kVotes)); });
  expect_error(ErrorCode::kBadFile, "No picture could be used", [&] { load(source, options(TargetKind::kFractions)); });
}

TEST(LoadDataset, ClassFoldersOfKnownNamesBecomeVotes) {
  MadeSource source;
  source.add("spiral/1.png", dot(1)).add("banana/2.png", dot(2));
  const auto [data, report] = load(source, options(TargetKind::kVotes));
  EXPECT_EQ(data.ids, Names{"spiral/1.png"});
  EXPECT_GT(data.target(0)[7], 0.0F);
  EXPECT_NE(report.problems.at(0).reason.find("'banana'"), std::string::npos);
}

TEST(LoadDataset, SameGalaxiesShareAGroup) {
  MadeSource source;
  for (const char* name : {"k/1.png", "g/2.png", "z/3.png", "z/4.png", "z/5.png"}) source.add(name, dot(9));
  source.add("labels.csv",
             "file,id,class,same_galaxy_in\nk/1.png,1,a,G2\ng/2.png,2,b,\nz/3.png,3,a,K77;G2\nz/4.png,4,a,\nz/"
             "5.png,5,b,K88\n");
  const auto data = load(source, options()).data;
  EXPECT_EQ(data.groups, (Names{"1", "1", "1", "", "5"}));
}

TEST(LoadDataset, WholeFramesAreShrunkOntoTheirSky) {
  MadeSource source;
  Image image{20, 20, 3, std::vector<std::uint8_t>(1200, 200)};
  for (std::int64_t i = 0; i < 20; ++i) {
    for (auto* p : {image.at(0, i), image.at(19, i), image.at(i, 0), image.at(i, 19)})
      std::fill_n(p, 3, std::uint8_t{10});
  }
  source.add("1.png", encode_png(image)).add("2.png", encode_png(image));
  source.add("t.csv", "id,class,frame\n1,a,c256of424\n2,b,whole_1.25xmajoraxis\n");
  LoadOptions o = options();
  o.extent = Extent::image(20, 20, 3);
  o.preprocess.steps = {Resize{20, 20, Resampler::kArea}};
  const auto data = load(source, o).data;
  EXPECT_EQ(data.image(0)[(3 * 20 + 10) * 3], 200);
  EXPECT_EQ(data.image(1)[(2 * 20 + 10) * 3], 10);
  EXPECT_EQ(data.image(1)[(10 * 20 + 10) * 3], 200);
}

TEST(LoadDataset, ShrinkOntoSkyKeepsSizeAndCentre) {
  Image image{10, 16, 1, std::vector<std::uint8_t>(160, 7)};
  const Image same = shrink_onto_sky(image, 0.5);
  EXPECT_EQ(same.pixels, image.pixels);
  *image.at(4, 7) = *image.at(4, 8) = *image.at(5, 7) = *image.at(5, 8) = 255;
  const Image small = shrink_onto_sky(image, 0.5);
  EXPECT_EQ(small.height, 10);
  EXPECT_EQ(small.width, 16);
  EXPECT_EQ(*small.at(1, 3), 7);
  EXPECT_GT(*small.at(4, 7), 50);
}

TEST(LoadDataset, AChallengeDownloadLoadsAsItIs) {
  const std::string images = ZipWriter().add("images_training_rev1/100008.jpg", dot_text(80)).text();
  const std::string csv = "GalaxyID" + fraction_header() + "\n100008" + round_smooth_row() + "\n";
  const std::string solutions = ZipWriter().add("training_solutions_rev1.csv", csv, true).text();
  const auto source = open_zip(
      ZipWriter().add("images_training_rev1.zip", images).add("training_solutions_rev1.zip", solutions).bytes(),
      "gz.zip");
  const auto [data, report] = load(*source, options(TargetKind::kFractions));
  EXPECT_EQ(data.ids, Names{"images_training_rev1.zip/images_training_rev1/100008.jpg"});
  EXPECT_TRUE(report.problems.empty());
}

TEST(LoadDataset, TheTableMayLieElsewhereAlsoZipped) {
  const TemporaryFolder folder;
  MadeSource source;
  source.add("1.png", dot(1)).add("2.png", dot(2));
  const std::string csv = "id,class\n1,a\n2,b\n";
  EXPECT_EQ(load(source, options(), folder.write("t.csv", csv)).data.size(), 2);
  EXPECT_EQ(load(source, options(), folder.write("t.zip", ZipWriter().add("x/t.csv", csv).text())).data.size(), 2);
}

TEST(LoadDataset, SeveralTablesNeedAChoiceUnlessOneIsCalledLabels) {
  MadeSource source;
  source.add("1.png", dot(1))
      .add("2.png", dot(2))
      .add("a.csv", "id,class\n1,q\n2,w\n")
      .add("b.csv", "id,class\n1,a\n2,b\n");
  expect_error(ErrorCode::kInvalidArgument, "several CSV files (a.csv, b.csv)", [&] { load(source, options()); });
  source.add("my_labels.csv", "id,class\n1,m\n2,n\n");
  EXPECT_EQ(load(source, options()).data.outputs, (Names{"m", "n"}));
}

TEST(LoadDataset, WhatEndsTheLoadingSaysWhy) {
  const auto expect_ends = [](const MadeSource& source, ErrorCode code, const std::string& part) {
    expect_error(code, part, [&] { load(source, options()); });
  };
  expect_ends(MadeSource(), ErrorCode::kNotFound, "no pictures here");
  expect_ends(MadeSource().add("1.png", dot(1)), ErrorCode::kInvalidArgument, "no labels");
  expect_ends(MadeSource().add("a/1.png", dot(1)), ErrorCode::kInvalidArgument, "same class 'a'");
  expect_ends(MadeSource().add("a/1.png", "?").add("b/2.png", "?"), ErrorCode::kBadFile,
              "None of the 2 pictures could be used");
  expect_ends(MadeSource().add("1.png", dot(1)).add("t.csv", "id,class\n"), ErrorCode::kBadFile, "no rows");
  expect_ends(MadeSource().add("1.png", dot(1)).add("t.csv", "x,class\n1,a\n"), ErrorCode::kBadFile,
              "no column that names");
  expect_ends(MadeSource().add("1.png", dot(1)).add("t.csv", "id,class\n9,a\n"), ErrorCode::kBadFile,
              "the first picture is '1.png', the first row's id is '9'");
  expect_ends(MadeSource().add("1.png", dot(1)).add("t.csv", "id,class\n1,a\n1,b\n"), ErrorCode::kBadFile,
              "two rows for '1'");
}

TEST(LoadDataset, ProgressCountsUpAndCancels) {
  MadeSource source;
  for (int i = 0; i < 300; ++i) source.add((i % 2 == 0 ? "a/" : "b/") + std::to_string(i) + ".png", dot(5, 2));
  LoadOptions o = options();
  std::vector<std::int64_t> seen;
  o.progress = [&](std::int64_t done, std::int64_t total) {
    EXPECT_EQ(total, 300);
    seen.push_back(done);
    return true;
  };
  EXPECT_EQ(load(source, o).data.size(), 300);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(seen.back(), 300);
  o.progress = [](std::int64_t done, std::int64_t) { return done == 0; };
  expect_error(ErrorCode::kCancelled, "stopped", [&] { load(source, o); });
}

TEST(LoadDataset, ThreadsDoNotChangeTheResult) {
  MadeSource source;
  for (int i = 0; i < 150; ++i)
    source.add((i % 3 == 0 ? "a/" : "b/") + std::to_string(i) + ".png", dot(static_cast<std::uint8_t>(i)));
  LoadReport report;
  const Dataset one = load_dataset(source, {}, options(), ThreadPool(1), report);
  const Dataset three = load_dataset(source, {}, options(), ThreadPool(3), report);
  EXPECT_EQ(one.pixels, three.pixels);
  EXPECT_EQ(one.ids, three.ids);
}

}  // namespace
}  // namespace pinwheel
