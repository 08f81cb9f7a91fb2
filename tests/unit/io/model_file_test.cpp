#include "io/model_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "galaxy/decision_tree.h"
#include "io/safetensors.h"
#include "nn/presets.h"
#include "support/errors.h"

namespace pinwheel {
namespace {

using nlohmann::json;

Model lesson_model() {
  Model model;
  model.name = "lesson";
  model.description = "four classes";
  model.spec = nets::lesson(4);
  model.params = initialise(model.spec, {}, Rng(1));
  model.head = Head::kSoftmax;
  model.preprocess.steps = {CentreCrop{256}, Resize{128, 128, Resampler::kArea}};
  model.outputs = {"normal", "ringed", "merger", "other"};
  model.training_json = R"({"seed":7})";
  return model;
}

void expect_equal(const Model& a, const Model& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.description, b.description);
  EXPECT_EQ(a.spec, b.spec);
  EXPECT_EQ(a.head, b.head);
  EXPECT_EQ(a.preprocess, b.preprocess);
  EXPECT_EQ(a.outputs, b.outputs);
  EXPECT_EQ(a.views, b.views);
  EXPECT_EQ(json::parse(a.training_json), json::parse(b.training_json));
  EXPECT_TRUE(
      std::equal(a.params.values.begin(), a.params.values.end(), b.params.values.begin(), b.params.values.end()));
}

TEST(ModelFile, RoundTripsAsBytes) {
  const Model model = lesson_model();
  expect_equal(load_model(config_json(model), weights_bytes(model), "lesson"), model);
}

TEST(ModelFile, RoundTripsAsFolder) {
  Model model = lesson_model();
  model.views = 8;
  const auto folder = std::filesystem::path(testing::TempDir()) / "pinwheel_model_file_test" / "deep";
  save_model_folder(model, folder);
  save_model_folder(model, folder);  // over the old one
  expect_equal(load_model_folder(folder), model);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++files;
  EXPECT_EQ(files, 2U);  // nothing half-written stays behind
  std::filesystem::remove_all(folder.parent_path());
}

TEST(ModelFile, AMissingFolderSaysWhichFile) {
  const std::string message =
      test::message_of(ErrorCode::kNotFound, [] { load_model_folder("no-such-folder-of-pinwheel"); });
  EXPECT_TRUE(test::contains(message, "config.json")) << message;
}

TEST(ModelFile, KnowsTheDecisionTree) {
  Model model = lesson_model();
  EXPECT_FALSE(model.is_decision_tree());
  model.outputs = galaxy::columns();
  EXPECT_TRUE(model.is_decision_tree());
  std::swap(model.outputs[0], model.outputs[1]);
  EXPECT_FALSE(model.is_decision_tree());
}

template <typename Change>
std::string refusal(Change change, ErrorCode code = ErrorCode::kBadFile) {
  const Model model = lesson_model();
  json config = json::parse(config_json(model));
  change(config);
  const std::string message = test::message_of(code, [&] { load_model(config.dump(), weights_bytes(model), "mine"); });
  EXPECT_TRUE(test::contains(message, "'mine' config.json")) << message;
  return message;
}

TEST(ModelFile, ConfigRefusalsNameTheKey) {
  using test::contains;
  EXPECT_TRUE(contains(refusal([](json& c) { c["format"] = "other"; }), "'format'"));
  EXPECT_TRUE(contains(refusal([](json& c) { c["version"] = 2; }, ErrorCode::kUnsupported), "newer"));
  EXPECT_TRUE(contains(refusal([](json& c) { c["colour"] = 1; }), "'colour'"));
  EXPECT_TRUE(contains(refusal([](json& c) { c["head"] = "soft"; }), "soft"));
  EXPECT_TRUE(contains(refusal([](json& c) { c["head"] = "votes"; }), "37 columns"));
  EXPECT_TRUE(contains(refusal([](json& c) { c["outputs"].push_back("more"); }), "names 5 outputs"));
  EXPECT_TRUE(contains(refusal([](json& c) { c["outputs"][1] = "normal"; }), "'outputs'"));
  EXPECT_TRUE(contains(refusal([](json& c) { c["training"] = 3; }), "'training'"));
  EXPECT_TRUE(contains(refusal([](json& c) { c["views"] = 3; }), "'views'"));
  EXPECT_TRUE(contains(refusal([](json& c) { c["network"]["layers"][0]["kernel"] = 3; }), "layer 'conv1'"));
  EXPECT_TRUE(contains(refusal([](json& c) { c["preprocess"]["blur"] = 3; }), "blur"));
  for (const char* key :
       {"format", "version", "name", "description", "network", "head", "preprocess", "outputs", "training"}) {
    EXPECT_TRUE(contains(refusal([&](json& c) { c.erase(key); }), std::string("'") + key + "' is missing"));
  }
}

TEST(ModelFile, ConfigMustBeJson) {
  const Model model = lesson_model();
  for (const std::string& text : {std::string(), std::string("{"), std::string("\xFF"), std::string(1 << 20, '[')}) {
    test::message_of(ErrorCode::kBadFile, [&] { load_model(text, weights_bytes(model), "mine"); });
  }
}

TEST(ModelFile, WeightsMustBeThisNetworks) {
  const Model model = lesson_model();
  const auto weights_refusal = [&](auto change) {
    TensorFile file = read_safetensors(weights_bytes(model), "f");
    change(file.tensors);
    const std::string message =
        test::message_of(ErrorCode::kBadFile, [&] { load_model(config_json(model), write_safetensors(file), "mine"); });
    EXPECT_TRUE(test::contains(message, "'mine' model.safetensors")) << message;
    return message;
  };
  using Tensors = std::vector<NamedTensor>;
  EXPECT_TRUE(test::contains(weights_refusal([](Tensors& t) { t.pop_back(); }), "is missing"));
  EXPECT_TRUE(test::contains(weights_refusal([](Tensors& t) { t[0].name = "conv9.weight"; }), "conv1.weight"));
  EXPECT_TRUE(test::contains(
      weights_refusal([](Tensors& t) { t[0].values[0] = std::numeric_limits<float>::infinity(); }), "finite"));
  auto cut = weights_bytes(model);
  cut.pop_back();
  test::message_of(ErrorCode::kBadFile, [&] { load_model(config_json(model), cut, "mine"); });
}

TEST(ModelFile, AnyBytesMayBeAName) {
  Model model = lesson_model();
  model.name = "\xFF\xFE";
  const json parsed = json::parse(config_json(model));  // throws on bytes that are not UTF-8
  EXPECT_TRUE(parsed.is_object());
}

}  // namespace
}  // namespace pinwheel
