#include "nn/spec_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "nn/presets.h"
#include "support/errors.h"

namespace pinwheel {
namespace {

using nlohmann::json;

// One of every kind of layer, with values that differ from every default.
NetSpec every_kind() {
  NetBuilder b(Extent::image(16, 12, 4));
  const int conv = b.add("conv", Conv2d{8, {5, 3}, {2, 1}, {2, 1}, 2, false});
  b.add("norm", BatchNorm{1e-3, 0.2});
  b.add("relu", Relu{});
  b.add("silu", Silu{});
  b.add("tanh", Tanh{});
  const int left = b.add("sigmoid", Sigmoid{});
  b.add("sum", Add{}, {conv, left});
  b.add("max", MaxPool{{3, 2}, {2, 1}, {1, 1}});
  const int pooled = b.add("avg", AvgPool{{2, 3}, {1, 2}, {0, 1}});
  const int global = b.add("global", GlobalAvgPool{});
  const int flat = b.add("flat", Flatten{}, {pooled});
  b.add("join", Concat{}, {global, flat});
  b.add("drop", Dropout{0.25});
  b.add("fc", Dense{5, false});
  b.add("soft", Softmax{});
  return std::move(b).build();
}

TEST(SpecJson, EveryKindRoundTrips) {
  const NetSpec spec = every_kind();
  EXPECT_EQ(spec_from_json(spec_to_json(spec)), spec);
  EXPECT_EQ(spec_from_json(json::parse(spec_to_json(spec).dump())), spec);
}

TEST(SpecJson, PresetsRoundTrip) {
  for (const NetSpec& spec : {nets::two_layer(4761, 100, 5), nets::convnet(37, true), nets::small_cnn(37),
                              nets::densenet121(37, Extent::image(64, 64, 3))}) {
    EXPECT_EQ(spec_from_json(spec_to_json(spec)), spec);
  }
}

TEST(SpecJson, ReadsTheDocumentedForm) {
  const NetSpec spec = spec_from_json(json::parse(R"({"input":[64,64,3],"layers":[
      {"name":"conv1","kind":"conv2d","out_channels":16,"kernel":[3,3],"stride":[1,1],"padding":[0,0],"groups":1,"bias":true},
      {"name":"relu1","kind":"relu"},{"name":"sum","kind":"add","inputs":["conv1","relu1"]}]})"));
  EXPECT_EQ(spec.nodes[0].layer, Layer{Conv2d{16}});
  EXPECT_EQ(spec.nodes[2].inputs, (std::vector<int>{0, 1}));
}

std::string refusal(const std::string& text) {
  return test::message_of(ErrorCode::kBadFile, [&] { spec_from_json(json::parse(text)); });
}

std::string layer_refusal(const std::string& layer) { return refusal(R"({"input":[8,8,3],"layers":[)" + layer + "]}"); }

TEST(SpecJson, RefusalsNameLayerAndKey) {
  using test::contains;
  EXPECT_TRUE(contains(layer_refusal(R"({"name":"c","kind":"conv2d"})"), "layer 'c': 'out_channels' is missing"));
  EXPECT_TRUE(contains(layer_refusal(R"({"name":"c","kind":"conv3d"})"), "conv3d"));
  EXPECT_TRUE(contains(layer_refusal(R"({"name":"c","kind":"relu","slope":1})"), "'slope'"));
  EXPECT_TRUE(contains(layer_refusal(R"({"name":"c","kind":"dense","units":1.5})"), "whole number"));
  EXPECT_TRUE(contains(layer_refusal(R"({"name":"c","kind":"conv2d","out_channels":0})"), "'out_channels'"));
  EXPECT_TRUE(
      contains(layer_refusal(R"({"name":"c","kind":"conv2d","out_channels":18446744073709551615})"), "between"));
  EXPECT_TRUE(contains(layer_refusal(R"({"name":"c","kind":"max_pool","kernel":[2]})"), "[height, width]"));
  EXPECT_TRUE(contains(layer_refusal(R"({"name":"c","kind":"relu","inputs":["d"]})"), "'d'"));
  EXPECT_TRUE(contains(layer_refusal(R"({"name":"c","kind":"relu","inputs":[]})"), "exactly one"));
  EXPECT_TRUE(contains(layer_refusal(R"({"name":"c","kind":"dropout","p":"much"})"), "'p'"));
  EXPECT_TRUE(contains(layer_refusal(R"({"name":7,"kind":"relu"})"), "layer number 1"));
  EXPECT_TRUE(contains(layer_refusal("7"), "layer number 1"));
}

TEST(SpecJson, RefusesBrokenNetworks) {
  using test::contains;
  EXPECT_TRUE(contains(refusal("[]"), "object"));
  EXPECT_TRUE(contains(refusal(R"({"layers":[]})"), "'input'"));
  EXPECT_TRUE(contains(refusal(R"({"input":[1,2],"layers":[]})"), "'input'"));
  EXPECT_TRUE(contains(refusal(R"({"input":[8],"layers":{}})"), "'layers'"));
  EXPECT_TRUE(contains(refusal(R"({"input":[8],"layers":[]})"), "no layers"));
  EXPECT_TRUE(contains(refusal(R"({"input":[8],"layers":[],"more":1})"), "'more'"));
  EXPECT_TRUE(contains(layer_refusal(R"({"name":"c","kind":"dense","units":3})"), "flatten"));
  EXPECT_TRUE(contains(layer_refusal(R"({"name":"c","kind":"relu"},{"name":"c","kind":"relu"})"), "two layers"));
}

TEST(SpecJson, HugeNetworksAreRefusedBeforeAnyMemory) {
  test::message_of(ErrorCode::kTooLarge, [] {
    spec_from_json(
        json::parse(R"({"input":[2000000000,2000000000,2000000000],"layers":[{"name":"r","kind":"relu"}]})"));
  });
}

}  // namespace
}  // namespace pinwheel
