// Networks with a body from elsewhere, on the command line: the body stays as its file says, and nobody gets a random
// one without being told.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "io/files.h"
#include "io/model_file.h"
#include "io/safetensors.h"
#include "nn/presets.h"
#include "process.h"
#include "support/formula_weights.h"

namespace pinwheel {
namespace {
namespace fs = std::filesystem;

class FrozenCli : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    root_ = fs::temp_directory_path() / ("pinwheel-frozen-" + std::to_string(::getpid()));
    fs::create_directories(root_);
    write_body("resnet18", nets::resnet18(1000, Extent::image(64, 64, 3)));
    ASSERT_EQ(run("render --out " + (root_ / "sky").string() + " --count 36 --size 64 --seed 5"), 0) << said();
  }
  static void TearDownTestSuite() { fs::remove_all(root_); }

  static void write_body(const std::string& name, const NetSpec& spec) {
    TensorFile file;
    for (TorchTensor& tensor : test::formula_tensors(spec)) {
      file.tensors.push_back({std::move(tensor.name), std::move(tensor.shape), std::move(tensor.values)});
    }
    file.tensors.push_back({"bn1.num_batches_tracked", {}, {1}});
    write_file(root_ / (name + ".safetensors"), write_safetensors(file));
  }
  static int run(const std::string& arguments) { return test::run_pinwheel(arguments, root_); }
  static std::string text_of(const char* name) { return test::read_text(root_ / name); }
  static std::string said() { return text_of("stderr"); }
  static std::string body() { return " --backbone " + (root_ / "resnet18.safetensors").string(); }
  static std::string train(const std::string& out, const std::string& more, const std::string& starts = "2") {
    return "train --preset resnet18-frozen --size 64 --epochs 4 --patience 0 --batch-size 8 --json --data " +
           (root_ / "sky").string() + " --out " + (root_ / out).string() + " --initialisations " + starts + " " + more;
  }

  static fs::path root_;
};
fs::path FrozenCli::root_;

TEST_F(FrozenCli, TrainsTheLastLayerAndKeepsTheBody) {
  ASSERT_EQ(run(train("model", body() + " --threads 2")), 0) << said();
  const auto record = nlohmann::json::parse(text_of("stdout"));
  EXPECT_EQ(record["backbone"], "resnet18.safetensors");
  EXPECT_EQ(record["frozen"], true);
  EXPECT_NE(said().find("(4617 of 11181129 parameters)"), std::string::npos) << said();
  EXPECT_NE(said().find("starts from " + (root_ / "resnet18.safetensors").string()), std::string::npos) << said();
  const Model model = load_model_folder(root_ / "model");
  const Params expected = test::formula_params(model.spec);
  for (const ParamSlot& slot : model.params.layout.slots) {
    const auto ours = model.params.slot(slot), file = expected.slot(slot);
    EXPECT_NE(slot.name.rfind("fc.", 0) == 0, std::equal(ours.begin(), ours.end(), file.begin())) << slot.name;
  }
  const auto curve = text_of("model/curve.csv");
  EXPECT_EQ(std::count(curve.begin(), curve.end(), '\n'), 8);  // header, start, two candidates, four epochs

  ASSERT_EQ(run(train("again", body() + " --threads 1")), 0) << said();
  EXPECT_EQ(nlohmann::json::parse(text_of("stdout"))["weights_hash"], record["weights_hash"]);
  EXPECT_EQ(run(train("further", "--from " + (root_ / "model").string())), 1);
  EXPECT_NE(said().find("--from is one start"), std::string::npos) << said();
  ASSERT_EQ(run(train("further", "--from " + (root_ / "model").string(), "1")), 0) << said();
  ASSERT_EQ(run("evaluate --json --split validation --model " + (root_ / "model").string() + " --data " +
                (root_ / "sky").string()),
            0)
      << said();
}

TEST_F(FrozenCli, SaysWhatToDoWithoutABody) {
  EXPECT_EQ(run(train("none", "")), 1);
  EXPECT_NE(said().find("tools/torchvision_to_safetensors.py"), std::string::npos) << said();
  EXPECT_FALSE(fs::exists(root_ / "none"));
}

TEST_F(FrozenCli, RefusesViewsAndBodiesOfOthers) {
  EXPECT_EQ(run(train("turned", body() + " --rotate 90")), 1);
  EXPECT_NE(said().find("--rotate"), std::string::npos) << said();
  const std::string dense = "train --preset densenet121-frozen --size 64 --data " + (root_ / "sky").string() +
                            " --out " + (root_ / "dense").string();
  EXPECT_EQ(run(dense + body()), 1);
  EXPECT_NE(said().find("resnet18.safetensors': tensor 'features."), std::string::npos) << said();
}

TEST_F(FrozenCli, ABodyCanLearnOn) {
  write_body("resnet50", nets::resnet50(1000, Extent::image(64, 64, 3)));
  const std::string command = "train --preset resnet50 --size 32 --batch-size 8 --max-steps 1 --json --data " +
                              (root_ / "sky").string() + " --out " + (root_ / "whole").string() + " --backbone " +
                              (root_ / "resnet50.safetensors").string();
  ASSERT_EQ(run(command), 0) << said();
  const Model model = load_model_folder(root_ / "whole");
  const ParamSlot& first = *model.params.layout.find("conv1.weight");
  const Params expected = test::formula_params(model.spec);
  const auto ours = model.params.slot(first), file = expected.slot(first);
  EXPECT_FALSE(std::equal(ours.begin(), ours.end(), file.begin()));
  for (std::size_t i = 0; i < first.size; ++i) EXPECT_NEAR(ours[i], file[i], 2e-6);  // one step of 1e-6
  EXPECT_EQ(run(command + " --initialisations 3"), 1);
  EXPECT_NE(said().find("--initialisations 1"), std::string::npos) << said();
}

}  // namespace
}  // namespace pinwheel
