// Our own kernels in XNNPACK's place, wherever this runs: against it, and alone against company.
#include "infer/own_part.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "infer/network.h"
#include "nn/presets.h"
#include "support/formula_weights.h"

namespace pinwheel {
namespace {

constexpr std::int64_t kRows = 5;

NetSpec chain() {
  NetBuilder b(Extent::image(5, 7, 3));
  b.add("flatten", Flatten{});
  b.add("fc1", Dense{37});
  b.add("silu", Silu{});
  b.add("drop", Dropout{0.5});
  b.add("fc2", Dense{.units = 18, .bias = false});
  b.add("tanh", Tanh{});
  b.add("fc3", Dense{16});
  b.add("sigmoid", Sigmoid{});
  b.add("fc4", Dense{6});
  b.add("relu", Relu{});
  b.add("softmax", Softmax{});
  return std::move(b).build();
}

std::vector<float> run(OwnPart& tail, std::span<const float> input, std::int64_t rows, std::size_t outputs) {
  std::vector<float> out(static_cast<std::size_t>(rows) * outputs);
  tail.run(input.data(), rows, out.data());
  return out;
}

TEST(OwnPart, AgreesWithXnnpack) {
  const NetSpec spec = chain();
  const Params params = test::formula_params(spec);
  const std::vector<float> input = test::formula_input(spec, kRows);
  const ThreadPool pool(2);
  ASSERT_EQ(OwnPart::tail_begin(spec), 0U);
  OwnPart tail(whole_net(spec), params, pool);
  XnnNetwork network(spec, params, pool, {1});  // watched: in XNNPACK as it is
  std::vector<float> expected(kRows * 6);
  network.run(input, kRows, expected);
  const std::vector<float> actual = run(tail, input, kRows, 6);
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 1e-5F);
}

TEST(OwnPart, CompanyAndThreadsDoNotChangeABit) {
  const NetSpec spec = chain();
  const Params params = test::formula_params(spec);
  const std::vector<float> input = test::formula_input(spec, kRows);
  const ThreadPool one(1), three(3);
  OwnPart tail(whole_net(spec), params, one), threads(whole_net(spec), params, three);
  const std::vector<float> together = run(tail, input, kRows, 6);
  EXPECT_EQ(run(threads, input, kRows, 6), together);
  const auto size = static_cast<std::size_t>(spec.input.size());
  for (std::size_t r = 0; r < kRows; ++r) {
    const std::vector<float> alone = run(tail, std::span(input).subspan(r * size, size), 1, 6);
    EXPECT_TRUE(std::equal(alone.begin(), alone.end(), together.begin() + static_cast<std::ptrdiff_t>(r * 6)));
  }
}

TEST(OwnPart, TheTailBeginsWhereOnlyRowsAreLeft) {
  const NetSpec lesson = nets::lesson(4);
  const std::size_t first = OwnPart::tail_begin(lesson);
  EXPECT_EQ(lesson.nodes[first].name, "flatten");  // not at the pool, nor at a ReLU over pictures
  NetBuilder b(Extent::image(8, 8, 3));
  b.add("conv", Conv2d{4});
  b.add("relu", Relu{});
  const NetSpec pictures = std::move(b).build();
  EXPECT_EQ(OwnPart::tail_begin(pictures), pictures.nodes.size());
}

TEST(OwnPart, ALayerThatSomebodyFurtherOnReadsIsNotTheEnd) {
  NetBuilder b(Extent::vector(6));
  const int first = b.add("first", Dense{5});
  b.add("second", Dense{5});
  b.add("sum", Add{}, {first, 1});
  b.add("out", Dense{2});
  EXPECT_EQ(OwnPart::tail_begin(std::move(b).build()), 3U);
}

}  // namespace
}  // namespace pinwheel
