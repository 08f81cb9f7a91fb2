#include "report/run_folder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <string>

#include "base/error.h"
#include "report/page.h"
#include "report/run_pictures.h"
#include "support/xml_check.h"

namespace pinwheel::report {
namespace {
namespace fs = std::filesystem;

class RunFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) / "pinwheel-run-folder";
    fs::remove_all(root_);
    fs::create_directories(root_ / "a");
  }
  void TearDown() override { fs::remove_all(root_); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(root_ / name) << text; }
  fs::path root_;
};

TEST_F(RunFolder, ColumnsAreFoundByNameInAnyOrder) {
  write("a/curve.csv", "best,validation_loss,epoch,unknown\n1,0.5,1,\n0,,2,x\n");
  const RunRecord run = read_run(root_ / "a" / "");
  EXPECT_EQ(run.name, "a");
  ASSERT_TRUE(run.curve);
  EXPECT_EQ((*run.curve->find("epoch"))[1], 2);
  EXPECT_TRUE(std::isnan((*run.curve->find("validation_loss"))[1]));
  EXPECT_EQ(run.curve->find("unknown"), nullptr);
  EXPECT_EQ(run.curve->find("seconds"), nullptr);
}

TEST_F(RunFolder, RefusesWhatIsNoRunByName) {
  for (const char* name : {"a", "nowhere"}) {
    try {
      read_run(root_ / name);
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kNotFound);
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos);
    }
  }
  write("a/curve.csv", "epoch,loss\n1\n");
  EXPECT_THROW(read_run(root_ / "a"), Error);
}

TEST_F(RunFolder, CurvesOfSeveralRunsShareAChart) {
  fs::create_directories(root_ / "b");
  write("a/curve.csv",
        "epoch,train_loss,validation_loss,validation_accuracy,step,seconds\n1,2,2.1,.4,10,3\n2,1,1.5,.6,20,6\n");
  write("b/curve.csv", "epoch,train_loss,validation_loss,validation_rmse\n1,2,2.2,.2\n2,1,1.2,.1\n");
  write("b/config.json", R"({"training":{"preset":"lesson","seed":3,"test":{"accuracy":0.75,"rmse":0.11}}})");
  const std::vector<RunRecord> runs{read_run(root_ / "a"), read_run(root_ / "b")};
  std::vector<std::string> names;
  const auto pictures = curve_pictures(runs, Theme::kDark);
  for (const Picture& picture : pictures) {
    names.push_back(picture.name);
    EXPECT_EQ(test::xml_problem(picture.document), "") << picture.name;
  }
  EXPECT_EQ(names, (std::vector<std::string>{"curves-loss", "curves-accuracy", "curves-accuracy-steps",
                                             "curves-accuracy-seconds", "curves-rmse"}));
  EXPECT_NE(pictures[0].document.find("b, validation: 1.200 at 2"), std::string::npos);

  const Picture table = compare_picture(runs, Theme::kDark);
  EXPECT_EQ(test::xml_problem(table.document), "");
  for (const char* said : {">lesson<", ">75.0\u00a0%<", ">0.1100<", ">1.500<"}) {
    EXPECT_NE(table.document.find(said), std::string::npos) << said;
  }
  const std::string page = report_page("a, b", pictures, Theme::kDark);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("src="), std::string::npos);
}

TEST_F(RunFolder, StepsBecomeABandOverTheEpochs) {
  std::string steps = "step,loss\n";
  for (int i = 1; i <= 40; ++i) steps += std::to_string(i) + "," + std::to_string(1.0 / i) + "\n";
  write("a/steps.csv", steps);
  write("a/curve.csv", "epoch,train_loss,validation_loss\n1,1,1\n2,.5,.6\n3,.4,.5\n4,.3,.45\n");
  const std::vector<RunRecord> runs{read_run(root_ / "a")};
  const auto pictures = curve_pictures(runs, Theme::kDark);
  ASSERT_EQ(pictures.size(), 1U);
  EXPECT_NE(pictures[0].document.find("<polygon"), std::string::npos);
  EXPECT_NE(pictures[0].document.find("mini-batches"), std::string::npos);
  EXPECT_EQ(pictures[0].document.find(">40<"), std::string::npos);  // epochs below, not steps
}

// One galaxy a step: each loss is far from the mean that tells how it goes.
TEST_F(RunFolder, StepsOfSeveralRunsAreSmoothed) {
  fs::create_directories(root_ / "b");
  std::string steps = "step,epoch,loss\n";
  for (int i = 1; i <= 4000; ++i) {
    steps += std::to_string(i) + "," + std::to_string(i / 1000.0) +
             (i == 3000    ? ",nan\n"
              : i % 2 == 0 ? ",0.01\n"
                           : ",4\n");
  }
  for (const char* run : {"a/", "b/"}) {
    write(run + std::string("steps.csv"), steps);
    write(run + std::string("curve.csv"), "epoch,train_loss,validation_loss\n1,2,2\n2,2,2\n3,2,2\n4,2,2\n");
  }
  const std::vector<RunRecord> runs{read_run(root_ / "a"), read_run(root_ / "b")};
  const Picture both = curve_pictures(runs, Theme::kDark)[0];
  EXPECT_EQ(test::xml_problem(both.document), "");
  EXPECT_EQ(both.document.find("<polygon"), std::string::npos);
  EXPECT_NE(both.document.find("b, training, running mean"), std::string::npos);
  EXPECT_NE(both.caption.find("mean over a fiftieth of the run"), std::string::npos);
  for (const char* tick : {">0.01<", ">0.1<", ">4<"}) EXPECT_EQ(both.document.find(tick), std::string::npos) << tick;
  const Picture alone = curve_pictures(std::span(runs).first(1), Theme::kDark)[0];
  EXPECT_NE(alone.document.find("<polygon"), std::string::npos);
  EXPECT_EQ(alone.caption.find("fiftieth"), std::string::npos);
}

}  // namespace
}  // namespace pinwheel::report
