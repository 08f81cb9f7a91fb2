// What the parity tests do not ask: batches that change, networks with unusual ends, and what is refused.
#include "infer/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "infer/parts.h"
#include "nn/presets.h"
#include "nn/shape_inference.h"
#include "support/errors.h"
#include "support/formula_weights.h"

namespace pinwheel {
namespace {

std::vector<float> run(const NetSpec& spec, const std::vector<float>& input, std::size_t outputs) {
  const ThreadPool pool(1);
  XnnNetwork network(spec, initialise(spec, {}, Rng(1)), pool);
  std::vector<float> out(outputs);
  network.run(input, 1, out);
  return out;
}

TEST(Network, ADropoutAloneIsTheIdentity) {
  NetBuilder b(Extent::vector(3));
  b.add("drop", Dropout{0.5});
  EXPECT_EQ(run(std::move(b).build(), {1, -2, 3}, 3), (std::vector<float>{1, -2, 3}));
}

TEST(Network, ReluIsFusedOnlyWhenNobodyElseReads) {
  NetBuilder b(Extent::vector(2));
  const int sum = b.add("sum", Add{}, {kNetInput, kNetInput});
  const int relu = b.add("relu", Relu{}, {sum});
  b.add("join", Concat{}, {sum, relu});
  EXPECT_EQ(run(std::move(b).build(), {1, -2}, 4), (std::vector<float>{2, -4, 2, 0}));
}

TEST(Network, PaddedAveragesCountZeros) {
  NetBuilder b(Extent::image(2, 2, 1));
  b.add("avg", AvgPool{{2, 2}, {2, 2}, {1, 1}});
  EXPECT_EQ(run(std::move(b).build(), {4, 8, 12, 16}, 4), (std::vector<float>{1, 2, 3, 4}));
}

TEST(Network, WindowsThatStepFurtherThanTheyReach) {
  NetBuilder b(Extent::image(4, 4, 1));
  b.add("max", MaxPool{{2, 1}, {3, 2}, {0, 0}});
  const std::vector<float> image{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  EXPECT_EQ(run(std::move(b).build(), image, 2), (std::vector<float>{4, 6}));
  NetBuilder one(Extent::image(4, 4, 1));
  one.add("max", MaxPool{{1, 1}, {2, 2}, {0, 0}});
  EXPECT_EQ(run(std::move(one).build(), image, 4), (std::vector<float>{0, 2, 8, 10}));
}

TEST(Network, BatchesMayGrowAndShrink) {
  const NetSpec spec = nets::lesson(4);
  const ThreadPool pool(1);
  XnnNetwork network(spec, test::formula_params(spec), pool);
  const std::vector<float> input = test::formula_input(spec, 5);
  std::vector<float> all(20);
  network.run(input, 5, all);
  for (const std::size_t count : {1U, 4U, 2U, 5U}) {
    std::vector<float> some(4 * count);
    network.run(std::span(input).first(count * static_cast<std::size_t>(spec.input.size())),
                static_cast<std::int64_t>(count), some);
    for (std::size_t i = 0; i < some.size(); ++i) EXPECT_NEAR(some[i], all[i], 1e-6F) << count;
  }
}

// Pieces in slices that do not divide the batch, pieces on all of it, and every number of threads.
TEST(Network, SlicesAndThreadsDoNotChangeABit) {
  for (const NetSpec& spec : {nets::lesson(4), nets::small_cnn(5), nets::convnet(37, true),
                              nets::galaxy_resnet(5, Extent::image(64, 64, 3), 16, 4, 1, 0.1)}) {
    const Params params = test::formula_params(spec);
    const auto size = static_cast<std::size_t>(spec.input.size()),
               outputs = static_cast<std::size_t>(infer_shapes(spec).back().size());
    constexpr std::size_t kMost = 37;
    const std::vector<float> input = test::formula_input(spec, kMost);
    const ThreadPool one(1), two(2), five(5);
    XnnNetwork networks[] = {{spec, params, one}, {spec, params, two}, {spec, params, five}};
    std::vector<float> alone(outputs);
    for (const std::size_t count : {2U, 7U, 37U, 9U}) {
      std::vector<float> expected(count * outputs);
      networks[0].run(std::span(input).first(count * size), static_cast<std::int64_t>(count), expected);
      for (XnnNetwork& network : networks) {
        std::vector<float> actual(count * outputs);
        network.run(std::span(input).first(count * size), static_cast<std::int64_t>(count), actual);
        EXPECT_EQ(actual, expected) << count;
      }
      const std::size_t last = count - 1;
      networks[0].run(std::span(input).subspan(last * size, size), 1, alone);
      const float largest = std::abs(
          *std::max_element(alone.begin(), alone.end(), [](float a, float b) { return std::abs(a) < std::abs(b); }));
      for (std::size_t k = 0; k < outputs; ++k) {
        EXPECT_NEAR(alone[k], expected[last * outputs + k], 1e-6F * largest) << count;
      }
    }
  }
}

// A cut right behind a layer that stands for another's value, and a network that ends in a fused ReLU.
TEST(Network, TheEndOfAPartMayBeAFusedLayer) {
  NetBuilder b(Extent::image(64, 64, 16));
  b.add("conv", Conv2d{32, {3, 3}, {1, 1}, {1, 1}});
  b.add("relu", Relu{});
  b.add("pool", MaxPool{{16, 16}, {16, 16}, {0, 0}});
  b.add("drop", Dropout{0.5});
  b.add("heavy", Conv2d{512, {4, 4}});
  b.add("relu_heavy", Relu{});
  const NetSpec spec = std::move(b).build();
  ASSERT_EQ(cut_net(spec).at(1).part.first, 4);
  const Params params = test::formula_params(spec);
  const std::vector<float> input = test::formula_input(spec, 3);
  const ThreadPool pool(2);
  XnnNetwork network(spec, params, pool);
  std::vector<float> together(3 * 512), alone(512);
  network.run(input, 3, together);
  EXPECT_GT(*std::max_element(together.begin(), together.end()), 0);
  EXPECT_EQ(*std::min_element(together.begin(), together.end()), 0);
  const auto size = static_cast<std::size_t>(spec.input.size());
  for (std::size_t i = 0; i < 3; ++i) {
    network.run(std::span(input).subspan(i * size, size), 1, alone);
    for (std::size_t k = 0; k < 512; ++k) EXPECT_NEAR(alone[k], together[i * 512 + k], 1e-5F);
  }
}

TEST(Network, RefusesBuffersOfTheWrongSize) {
  const NetSpec spec = nets::lesson(4);
  const ThreadPool pool(1);
  XnnNetwork network(spec, test::formula_params(spec), pool);
  std::vector<float> out(4);
  test::message_of(ErrorCode::kInternal, [&] { network.run(std::vector<float>(10), 1, out); });
  test::message_of(ErrorCode::kInternal, [&] { network.run({}, 0, {}); });
}

}  // namespace
}  // namespace pinwheel
