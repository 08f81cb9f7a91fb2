#include "image/preprocess_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "unit/image/pictures.h"

namespace pinwheel {
namespace {

Preprocess everything() {
  return {{CentreCrop{256}, CropFraction{0.6}, RegionOfInterest{12, 0.25}, Resize{69, 64, Resampler::kLanczos},
           Grey{0.5, 0.25, 0.25}},
          true,
          256.0,
          {0.1, 0.2, 0.3},
          {1, 2, 3}};
}

TEST(PreprocessJson, RoundTrips) {
  EXPECT_EQ(preprocess_from_json(preprocess_to_json(everything())), everything());
  EXPECT_EQ(preprocess_from_json(preprocess_to_json(Preprocess{})), Preprocess{});
}

TEST(PreprocessJson, ReadsTheDocumentedForm) {
  const auto json = nlohmann::json::parse(
      R"({"steps":[{"op":"centre_crop","size":256},
                   {"op":"resize","height":64,"width":64,"resampler":"bilinear_antialias"}],
          "bgr":false,"divide_by":255,"mean":[],"std":[]})");
  const Preprocess p = preprocess_from_json(json);
  EXPECT_EQ(p.steps, (std::vector<ImageStep>{CentreCrop{256}, Resize{64, 64, Resampler::kBilinearAntialias}}));
  EXPECT_EQ(p.divide_by, 255.0);
}

void expect_refused(const char* text, const char* part) {
  SCOPED_TRACE(text);
  expect_error(ErrorCode::kBadFile, part, [&] { preprocess_from_json(nlohmann::json::parse(text)); });
}

TEST(PreprocessJson, NamesTheKeyThatIsWrong) {
  expect_refused("[]", "preprocess must be an object");
  expect_refused(R"({"divide_by":255})", "preprocess.steps is missing");
  expect_refused(R"({"steps":[]})", "preprocess.divide_by is missing");
  expect_refused(R"({"steps":[],"divide_by":0})", "preprocess.divide_by must lie between");
  expect_refused(R"({"steps":[],"divide_by":255,"color":1})", "unknown key 'color'");
  expect_refused(R"({"steps":[],"divide_by":255,"bgr":1})", "preprocess.bgr must be true or false");
  expect_refused(R"({"steps":[],"divide_by":255,"mean":[1,2,3,4]})", "preprocess.mean must be a list");
  expect_refused(R"({"steps":[],"divide_by":255,"std":[0]})", "preprocess.std must lie between");
  expect_refused(R"({"steps":[7],"divide_by":255})", "preprocess.steps[0] must be an object with an \"op\"");
  expect_refused(R"({"steps":[{"op":"blur"}],"divide_by":255})", "unknown op 'blur'");
  expect_refused(R"({"steps":[{"op":"centre_crop","size":2.5}],"divide_by":255})",
                 "steps[0].size must be a whole number");
  expect_refused(R"({"steps":[{"op":"centre_crop","size":1e18}],"divide_by":255})", "must be a whole number");
  expect_refused(R"({"steps":[{"op":"centre_crop","size":99999}],"divide_by":255})", "must lie between");
  expect_refused(R"({"steps":[{"op":"resize","height":4,"width":4,"resampler":"cubic"}],"divide_by":255})", "'cubic'");
  expect_refused(R"({"steps":[{"op":"grey","red":1,"green":0,"blue":0,"alpha":0}],"divide_by":255})", "'alpha'");
}

}  // namespace
}  // namespace pinwheel
