#include "nn/torch_layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "nn/presets.h"
#include "support/errors.h"

namespace pinwheel {
namespace {

Params counted(const NetSpec& spec) {
  Params params(layout_params(spec));
  std::iota(params.values.begin(), params.values.end(), 0.0F);
  return params;
}

const TorchTensor& named(const std::vector<TorchTensor>& tensors, const std::string& name) {
  return *std::find_if(tensors.begin(), tensors.end(), [&](const TorchTensor& t) { return t.name == name; });
}

NetSpec flattened() {
  NetBuilder b(Extent::image(4, 3, 2));
  b.add("conv", Conv2d{.out_channels = 3, .kernel = {3, 1}});  // → 2x3x3
  b.add("flatten", Flatten{});
  b.add("norm", BatchNorm{});
  b.add("relu", Relu{});
  b.add("fc1", Dense{2});
  b.add("fc2", Dense{2});
  return std::move(b).build();
}

TEST(TorchLayout, ConvolutionsBecomeOihw) {
  const NetSpec spec = flattened();
  const Params params = counted(spec);
  const auto tensors = to_torch(spec, params);
  const TorchTensor& weight = named(tensors, "conv.weight");
  EXPECT_EQ(weight.shape, (std::vector<std::int64_t>{3, 2, 3, 1}));
  // Ours [o][i][c] counts o*6 + i*2 + c; PyTorch's [o][c][i].
  EXPECT_EQ(std::vector<float>(weight.values.begin(), weight.values.begin() + 8),
            (std::vector<float>{0, 2, 4, 1, 3, 5, 6, 8}));
}

TEST(TorchLayout, ColumnsBehindAFlattenAreReordered) {
  const NetSpec spec = flattened();
  const Params params = counted(spec);
  const auto tensors = to_torch(spec, params);
  const auto base = static_cast<float>(params.layout.find("fc1.weight")->offset);
  const TorchTensor& fc = named(tensors, "fc1.weight");
  // PyTorch's columns are c*6 + place, ours place*3 + c.
  for (std::size_t row = 0; row < 2; ++row) {
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t place = 0; place < 6; ++place) {
        EXPECT_EQ(fc.values[row * 18 + c * 6 + place], base + static_cast<float>(row * 18 + place * 3 + c));
      }
    }
  }
  const auto mean = static_cast<float>(params.layout.find("norm.running_mean")->offset);
  EXPECT_EQ(named(tensors, "norm.running_mean").values[1], mean + 3);  // channel 0, second place
  const auto second = static_cast<float>(params.layout.find("fc2.weight")->offset);
  EXPECT_EQ(named(tensors, "fc2.weight").values, (std::vector<float>{second, second + 1, second + 2, second + 3}));
}

TEST(TorchLayout, ReordersThroughConcat) {
  NetBuilder b(Extent::image(2, 1, 2));
  const int flat = b.add("flat", Flatten{});
  const int pooled = b.add("pool", GlobalAvgPool{}, {kNetInput});
  b.add("join", Concat{}, {pooled, flat});
  b.add("fc", Dense{.units = 1, .bias = false});
  const NetSpec spec = std::move(b).build();
  EXPECT_EQ(to_torch(spec, counted(spec))[0].values, (std::vector<float>{0, 1, 2, 4, 3, 5}));
}

TEST(TorchLayout, RoundTrips) {
  for (const NetSpec& spec : {flattened(), nets::convnet(37, true), nets::small_cnn(37), nets::lesson(4)}) {
    Params params = initialise(spec, {}, Rng(1));
    const Params back = from_torch(spec, to_torch(spec, params));
    EXPECT_TRUE(std::equal(params.values.begin(), params.values.end(), back.values.begin()));
  }
}

TEST(TorchLayout, AddOfDifferentOrdersIsRefused) {
  NetBuilder b(Extent::image(2, 2, 2));
  const int flat = b.add("flat", Flatten{});
  const int fc = b.add("fc", Dense{8});
  b.add("sum", Add{}, {flat, fc});
  b.add("fc2", Dense{1});  // has a parameter per column of the sum
  const NetSpec spec = std::move(b).build();
  const std::string message = test::message_of(ErrorCode::kUnsupported, [&] { to_torch(spec, counted(spec)); });
  EXPECT_TRUE(test::contains(message, "'sum'")) << message;
}

TEST(TorchLayout, StrictAboutWhatIsThere) {
  const NetSpec spec = flattened();
  const auto whole = to_torch(spec, initialise(spec, {}, Rng(1)));
  const auto refusal = [&](auto change) {
    auto tensors = whole;
    change(tensors);
    return test::message_of(ErrorCode::kBadFile, [&] { from_torch(spec, tensors); });
  };
  using Tensors = std::vector<TorchTensor>;
  EXPECT_TRUE(test::contains(refusal([](Tensors& t) { t.erase(t.begin()); }), "'conv.weight' is missing"));
  EXPECT_TRUE(test::contains(refusal([](Tensors& t) { t.push_back({"extra", {1}, {1}}); }), "'extra'"));
  EXPECT_TRUE(test::contains(refusal([](Tensors& t) { t.push_back(t[0]); }), "twice"));
  EXPECT_TRUE(test::contains(refusal([](Tensors& t) { t[0].shape = {3, 3, 1, 2}; }), "[3,2,3,1]"));
  EXPECT_TRUE(test::contains(refusal([](Tensors& t) { t[0].values.pop_back(); }), "'conv.weight'"));
  EXPECT_TRUE(
      test::contains(refusal([](Tensors& t) { t[0].values[3] = std::numeric_limits<float>::quiet_NaN(); }), "finite"));
  EXPECT_TRUE(test::contains(refusal([](Tensors& t) { t.back().values[0] = -1; }), "negative variance"));
}

TEST(TorchLayout, IgnoresBatchCounters) {
  const NetSpec spec = flattened();
  auto tensors = to_torch(spec, initialise(spec, {}, Rng(1)));
  tensors.push_back({"norm.num_batches_tracked", {}, {7}});
  EXPECT_NO_THROW(from_torch(spec, tensors));
}

}  // namespace
}  // namespace pinwheel
