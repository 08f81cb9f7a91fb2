// One network, many ways to run it: lean or keeping everything, one thread or three, one batch size or another. The
// bits must be the same.
#include <gtest/gtest.h>

#include <vector>

#include "support/random_spec.h"
#include "train/executor.h"

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

Pass run(const NetSpec& spec, Activations activations, const ThreadPool& pool, std::int64_t max_batch) {
  constexpr std::int64_t kBatch = 5;
  Executor executor(spec, max_batch, pool, activations);
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
  const ThreadPool one(1), three(3);
  for (std::uint64_t seed = 16; seed < 22; ++seed) {
    const NetSpec spec = test::RandomSpec(seed).make();
    const Pass expected = run(spec, Activations::kKeepAll, one, 5);
    EXPECT_EQ(run(spec, Activations::kLean, one, 5), expected) << "lean, seed " << seed;
    EXPECT_EQ(run(spec, Activations::kLean, three, 5), expected) << "three threads, seed " << seed;
    EXPECT_EQ(run(spec, Activations::kLean, one, 9), expected) << "room for a larger batch, seed " << seed;
  }
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
