// One network, many ways to run it: lean or keeping everything, one thread or three, one batch size or another. The
// bits must be the same.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "nn/shape_inference.h"
#include "support/random_spec.h"
#include "train/executor.h"
#include "train/reorder.h"

namespace pinwheel {
namespace {

struct Pass {
  std::vector<float> logits, dparams, dinput, statistics;
  bool operator==(const Pass&) const = default;
};

std::vector<float> random_values(std::size_t count, Rng rng) {
  std::vector<float> values(count);
  for (float& v : values) v = static_cast<float>(rng.normal());
  return values;
}

constexpr std::int64_t kBatch = 7;

Pass run(const NetSpec& spec, Activations activations, const ThreadPool& pool, std::int64_t max_batch,
         std::int64_t slice_floats = kSliceFloats) {
  Executor executor(spec, max_batch, pool, activations, slice_floats);
  Params params = initialise(spec, Init{InitKind::kHe, 0.1, 0.0}, Rng(3));
  const auto input = random_values(static_cast<std::size_t>(kBatch * spec.input.size()), Rng(4));
  Rng dropout(6);
  Pass pass;
  for (int round = 0; round < 2; ++round) {  // the second round finds the first one's leftovers in every buffer
    const auto y = executor.forward_train(params, input, kBatch, dropout);
    pass.logits.assign(y.begin(), y.end());
    pass.dparams.assign(params.layout.trainable, -7.0F);
    pass.dinput.assign(input.size(), -7.0F);
    executor.backward(params, random_values(y.size(), Rng(5)), pass.dparams, pass.dinput);
  }
  pass.statistics.assign(params.values.begin() + params.layout.trainable, params.values.end());
  return pass;
}

TEST(TrainParity, TheSameBitsHoweverItRuns) {
  const ThreadPool one(1), two(2), five(5);  // five: fewer slices than it takes to give every thread its own
  for (std::uint64_t seed = 16; seed < 22; ++seed) {
    const NetSpec spec = test::RandomSpec(seed).make();
    for (const std::int64_t slice : {kSliceFloats, std::int64_t{1}}) {
      const Pass expected = run(spec, Activations::kKeepAll, one, kBatch, slice);
      const std::string what = ", seed " + std::to_string(seed) + (slice == 1 ? ", small slices" : "");
      EXPECT_EQ(run(spec, Activations::kLean, one, kBatch, slice), expected) << "lean" << what;
      EXPECT_EQ(run(spec, Activations::kLean, two, kBatch, slice), expected) << "two threads" << what;
      EXPECT_EQ(run(spec, Activations::kLean, five, kBatch, slice), expected) << "five threads" << what;
      EXPECT_EQ(run(spec, Activations::kLean, one, 9, slice), expected) << "room for a larger batch" << what;
    }
  }
}

// Convolutions of as many positions as a slice needs, so that seven examples are seven slices.
TEST(TrainParity, SlicesChangeNothingButTheOrderOfSums) {
  NetBuilder b(Extent::image(50, 49, 3));
  Conv2d conv;
  conv.out_channels = 4;
  conv.padding = {1, 1};
  b.add("stem", conv);
  b.add("pool", MaxPool{});
  b.add("silu", Silu{});
  b.add("conv", conv);
  const int left = b.add("relu", Relu{});
  const int right = b.add("right", conv, {left});
  b.add("sum", Add{}, {left, right});
  b.add("mean", GlobalAvgPool{});
  b.add("fc", Dense{3});
  const NetSpec spec = std::move(b).build();
  const ThreadPool one(1), two(2), five(5);
  const auto runs = plan_runs(spec, infer_shapes(spec), 1);
  ASSERT_EQ(runs.front().examples, 1) << "the test would not test slices";
  const Pass whole = run(spec, Activations::kLean, one, kBatch), sliced = run(spec, Activations::kLean, one, kBatch, 1);
  EXPECT_EQ(sliced.logits, whole.logits);
  EXPECT_EQ(sliced.dinput, whole.dinput);
  for (std::size_t i = 0; i < whole.dparams.size(); ++i) {
    ASSERT_NEAR(sliced.dparams[i], whole.dparams[i], 1e-3F * (1 + std::abs(whole.dparams[i])));
  }
  EXPECT_EQ(run(spec, Activations::kLean, two, kBatch, 1), sliced);
  EXPECT_EQ(run(spec, Activations::kLean, five, kBatch, 1), sliced);
  EXPECT_EQ(run(spec, Activations::kKeepAll, two, kBatch, 1), sliced);
}

TEST(TrainParity, RectifiersGoBehindPoolingUnnoticed) {
  NetBuilder b(Extent::image(19, 18, 3));
  Conv2d conv;
  conv.out_channels = 5;
  b.add("conv1", conv);
  b.add("relu1", Relu{});
  b.add("pool1", MaxPool{});
  b.add("norm", BatchNorm{});
  const int shared = b.add("relu2", Relu{});
  b.add("pool2", MaxPool{{3, 3}, {1, 1}, {1, 1}}, {shared});
  b.add("sum", Add{}, {b.last(), shared});
  b.add("relu3", Relu{});
  b.add("pool3", MaxPool{{3, 2}, {2, 1}, {1, 0}});
  b.add("mean", GlobalAvgPool{});
  b.add("fc", Dense{3});
  const NetSpec spec = std::move(b).build(), moved = rectify_after_pooling(spec);
  EXPECT_EQ(moved.nodes[1].name, "pool1");
  EXPECT_EQ(moved.nodes[4], spec.nodes[4]) << "another layer reads it too";
  EXPECT_EQ(moved.nodes[8].name, "relu3");
  EXPECT_EQ(infer_shapes(moved).back(), infer_shapes(spec).back());
  const ThreadPool one(1);
  EXPECT_EQ(run(spec, Activations::kLean, one, kBatch), run(spec, Activations::kKeepAll, one, kBatch));
}

TEST(TrainParity, ProductsMultiplyOutToTheGradient) {
  const ThreadPool pool(1);
  NetBuilder b(Extent::vector(40));
  b.add("fc1", Dense{9});
  b.add("relu", Relu{});
  b.add("fc2", Dense{5});
  const NetSpec spec = std::move(b).build();
  Executor executor(spec, 2, pool, Activations::kLean);
  Params params = initialise(spec, Init{InitKind::kHe, 0.1, 0.0}, Rng(3));
  Rng dropout(6);
  const auto input = random_values(40, Rng(4)), doutput = random_values(5, Rng(5));
  executor.forward_train(params, input, 1, dropout);
  std::vector<float> expected(params.layout.trainable), got(params.layout.trainable, -7.0F);
  executor.backward(params, doutput, expected);
  executor.backward(params, doutput, got, {}, WeightGradients::kProducts);
  ASSERT_EQ(executor.products().size(), 2U);
  EXPECT_LT(executor.products()[0].offset, executor.products()[1].offset);
  for (const RankOneGradient& product : executor.products()) {
    for (std::size_t i = product.offset; i < product.end(); ++i) {
      EXPECT_EQ(got[i], -7.0F) << "written out after all";
      const std::size_t k = i - product.offset;
      got[i] = product.dy[k / product.x.size()] * product.x[k % product.x.size()];
    }
  }
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-6F);
}

TEST(TrainParity, LeanNeedsLessMemory) {
  const ThreadPool pool(1);
  NetBuilder b(Extent::image(16, 16, 8));
  Conv2d conv;
  conv.out_channels = 8;
  conv.padding = {1, 1};
  int last = b.add("stem", conv);
  for (int i = 0; i < 3; ++i) {
    const std::string name = "block" + std::to_string(i);
    b.add(name + ".conv", conv);
    const int norm = b.add(name + ".norm", BatchNorm{});
    b.add(name + ".sum", Add{}, {norm, last});
    last = b.add(name + ".relu", Relu{});
  }
  const NetSpec spec = std::move(b).build();
  const Executor lean(spec, 4, pool, Activations::kLean), all(spec, 4, pool);
  EXPECT_LT(lean.memory_bytes(), all.memory_bytes() * 7 / 10);
}

}  // namespace
}  // namespace pinwheel
