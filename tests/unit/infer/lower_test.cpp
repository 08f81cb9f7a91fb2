// What the parity tests do not ask: batches that change, networks with unusual ends, and what is refused.
#include "infer/lower.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "nn/presets.h"
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

TEST(Lower, ADropoutAloneIsTheIdentity) {
  NetBuilder b(Extent::vector(3));
  b.add("drop", Dropout{0.5});
  EXPECT_EQ(run(std::move(b).build(), {1, -2, 3}, 3), (std::vector<float>{1, -2, 3}));
}

TEST(Lower, ReluIsFusedOnlyWhenNobodyElseReads) {
  NetBuilder b(Extent::vector(2));
  const int sum = b.add("sum", Add{}, {kNetInput, kNetInput});
  const int relu = b.add("relu", Relu{}, {sum});
  b.add("join", Concat{}, {sum, relu});
  EXPECT_EQ(run(std::move(b).build(), {1, -2}, 4), (std::vector<float>{2, -4, 2, 0}));
}

TEST(Lower, PaddedAveragesCountZeros) {
  NetBuilder b(Extent::image(2, 2, 1));
  b.add("avg", AvgPool{{2, 2}, {2, 2}, {1, 1}});
  EXPECT_EQ(run(std::move(b).build(), {4, 8, 12, 16}, 4), (std::vector<float>{1, 2, 3, 4}));
}

TEST(Lower, WindowsThatStepFurtherThanTheyReach) {
  NetBuilder b(Extent::image(4, 4, 1));
  b.add("max", MaxPool{{2, 1}, {3, 2}, {0, 0}});
  const std::vector<float> image{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  EXPECT_EQ(run(std::move(b).build(), image, 2), (std::vector<float>{4, 6}));
  NetBuilder one(Extent::image(4, 4, 1));
  one.add("max", MaxPool{{1, 1}, {2, 2}, {0, 0}});
  EXPECT_EQ(run(std::move(one).build(), image, 4), (std::vector<float>{0, 2, 8, 10}));
}

TEST(Lower, BatchesMayGrowAndShrink) {
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

TEST(Lower, RefusesBuffersOfTheWrongSize) {
  const NetSpec spec = nets::lesson(4);
  const ThreadPool pool(1);
  XnnNetwork network(spec, test::formula_params(spec), pool);
  std::vector<float> out(4);
  test::message_of(ErrorCode::kInternal, [&] { network.run(std::vector<float>(10), 1, out); });
  test::message_of(ErrorCode::kInternal, [&] { network.run({}, 0, {}); });
}

}  // namespace
}  // namespace pinwheel
