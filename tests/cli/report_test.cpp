// pinwheel report as people meet it: runs on rendered galaxies, every picture well-formed, and one page that asks for
// nothing.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include "process.h"
#include "support/xml_check.h"

namespace {
namespace fs = std::filesystem;

class CliReport : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    root_ = fs::temp_directory_path() / ("pinwheel-report-" + std::to_string(::getpid()));
    fs::create_directories(root_);
    ASSERT_EQ(run("render --out " + path("sky") + " --count 72 --size 64 --seed 5"), 0);
    for (const char* name : {"first", "second"}) {
      ASSERT_EQ(run("train --preset lesson --epochs 2 --test 0.2 --data " + path("sky") + " --out " + path(name)), 0)
          << read("stderr");
    }
  }
  static void TearDownTestSuite() { fs::remove_all(root_); }

  static int run(const std::string& arguments) { return pinwheel::test::run_pinwheel(arguments, root_); }
  static std::string path(const std::string& name) { return (root_ / name).string(); }
  static std::string read(const std::string& name) { return pinwheel::test::read_text(root_ / name); }
  static std::set<std::string> pictures(const std::string& folder) {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(root_ / folder)) {
      if (entry.path().extension() != ".svg") continue;
      names.insert(entry.path().stem().string());
      EXPECT_EQ(pinwheel::test::xml_problem(read(folder + "/" + entry.path().filename().string())), "") << entry.path();
    }
    return names;
  }

  static fs::path root_;
};
fs::path CliReport::root_;

TEST_F(CliReport, TwoRunsGiveCurvesAndATable) {
  ASSERT_EQ(run("report " + path("first") + " " + path("second") + " --out " + path("both")), 0) << read("stderr");
  const auto names = pictures("both");
  for (const char* name : {"curves-loss", "curves-accuracy", "compare"}) EXPECT_TRUE(names.contains(name)) << name;
  const std::string page = read("both/index.html");
  for (const auto& name : names) EXPECT_NE(page.find("id=\"" + name + "\""), std::string::npos) << name;
  for (const char* request : {"<script", "<link", "src=", "url(", "@import"}) {
    EXPECT_EQ(page.find(request), std::string::npos) << request;
  }
  EXPECT_NE(read("both/compare.svg").find("second"), std::string::npos);
}

TEST_F(CliReport, OnlyWritesWhatWasAskedFor) {
  ASSERT_EQ(run("report " + path("first") + " --only compare --light --out " + path("only")), 0) << read("stderr");
  EXPECT_EQ(pictures("only"), std::set<std::string>{"compare"});
}

TEST_F(CliReport, WithGalaxiesEverythingThatAppliesIsDrawn) {
  ASSERT_EQ(run("report " + path("first") + " --data " + path("sky") + " --galaxy 000008 --out " + path("all")), 0)
      << read("stderr");
  const auto names = pictures("all");
  for (const char* name : {"curves-loss", "compare", "questions", "confusion", "reliability", "mistakes", "pipeline",
                           "activations", "where-it-looked", "galaxy-000008"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
  // The lesson trains on galaxies as they are: said, and no error as long as nobody insists.
  EXPECT_FALSE(names.contains("augmented"));
  EXPECT_NE(read("stderr").find("augmented"), std::string::npos);
  EXPECT_EQ(run("report " + path("first") + " --data " + path("sky") + " --only augmented --out " + path("none")), 1);
  EXPECT_NE(read("all/galaxy-000008.svg").find("star"), std::string::npos);
  EXPECT_NE(read("all/activations.svg").find("63x63x8"), std::string::npos);
}

TEST_F(CliReport, EvaluateDrawsWhatItJudged) {
  ASSERT_EQ(run("evaluate --model " + path("first") + " --data " + path("sky") + " --out " + path("judged")), 0);
  EXPECT_EQ(pictures("judged"), (std::set<std::string>{"questions", "confusion", "reliability", "mistakes"}));
  EXPECT_NE(read("judged/index.html").find("id=\"mistakes\""), std::string::npos);
}

TEST_F(CliReport, SaysWhatIsMissing) {
  EXPECT_EQ(run("report " + path("first") + " --only mistakes --out " + path("none")), 1);
  EXPECT_NE(read("stderr").find("--data"), std::string::npos);
  EXPECT_EQ(
      run("report " + path("first") + " --data " + path("sky") + " --only galaxy --galaxy 999 --out " + path("none")),
      1);
  EXPECT_NE(read("stderr").find("'999'"), std::string::npos);
  EXPECT_FALSE(fs::exists(root_ / "none" / "index.html"));
}

TEST_F(CliReport, WhatIsNoRunIsNamed) {
  EXPECT_EQ(run("report " + path("sky") + " --out " + path("none")), 1);
  EXPECT_NE(read("stderr").find("sky"), std::string::npos);
  EXPECT_EQ(run("report " + path("first") + " --only nonsense --out " + path("none")), 1);
}

}  // namespace
