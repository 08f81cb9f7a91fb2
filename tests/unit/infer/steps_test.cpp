// Which nodes are done together, and where what they give lies meanwhile.
#include "infer/steps.h"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "infer/own_part.h"
#include "nn/presets.h"
#include "support/formula_weights.h"
#include "train/executor.h"

namespace pinwheel {
namespace {

Conv2d conv(std::int64_t channels) { return {.out_channels = channels, .kernel = {3, 3}, .padding = {1, 1}}; }

std::vector<std::string> names(const NetSpec& spec, const std::vector<FusedStep>& steps) {
  std::vector<std::string> names;
  for (const FusedStep& step : steps) names.push_back(spec.nodes[step.first].name);
  return names;
}

// Three layers that each read all before them, as in a dense block; "late" reads the second when the third is there.
NetSpec dense_block(bool with_late_reader) {
  NetBuilder b(Extent::image(6, 6, 3));
  const int stem = b.add("stem", conv(5));
  int all = b.add("join0", Concat{}, {stem, b.add("c0", conv(4), {stem})});
  int late = all;
  for (const char* i : {"1", "2"}) {
    late = all;
    b.add(std::string("norm") + i, BatchNorm{}, {all});
    b.add(std::string("relu") + i, Relu{});
    const int more = b.add(std::string("conv") + i, conv(4));
    all = b.add(std::string("join") + i, Concat{}, {all, more});
  }
  b.add("norm", BatchNorm{}, {all});
  const int end = b.add("end", conv(3));
  if (!with_late_reader) return std::move(b).build();
  b.add("late", BatchNorm{}, {late});
  b.add("late_conv", conv(3));
  b.add("sum", Add{}, {end, b.last()});
  return std::move(b).build();
}

void expect_parity(const NetSpec& spec) {
  constexpr std::int64_t kBatch = 3;
  const Params params = test::formula_params(spec);
  const std::vector<float> input = test::formula_input(spec, kBatch);
  const ThreadPool pool(2);
  Executor executor(spec, kBatch, pool);
  const std::span<const float> expected = executor.forward_eval(params, input, kBatch);
  std::vector<float> actual(expected.size());
  OwnPart(whole_net(spec), params, pool).run(input.data(), kBatch, actual.data());
  for (std::size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 1e-5F) << i;
}

TEST(Steps, TakeAReluWithWhatItFollows) {
  const NetSpec net = nets::convnet(37, false);
  const std::vector<FusedStep> steps = fuse_steps(net);
  const std::vector<std::string> expected{"conv1", "pool1", "conv2", "pool2", "conv3", "pool3", "fc1", "relu4", "fc2"};
  EXPECT_EQ(names(net, steps), expected);
  EXPECT_TRUE(steps[0].rectifies);
  EXPECT_EQ(net.nodes[steps[1].last].name, "relu1");  // the pool's output is the ReLU's
  expect_parity(net);
}

TEST(Steps, AReluThatIsNotTheOnlyReaderStands) {
  NetBuilder b(Extent::image(6, 6, 2));
  const int first = b.add("conv", conv(8));
  b.add("pool", MaxPool{});
  const int pool = b.last();
  b.add("relu", Relu{});
  b.add("sum", Add{}, {b.last(), pool});
  b.add("flatten", Flatten{});
  b.add("norm", BatchNorm{});
  b.add("drop", Dropout{0.5});
  const NetSpec net = std::move(b).build();
  const std::vector<FusedStep> steps = fuse_steps(net);
  EXPECT_EQ(names(net, steps), (std::vector<std::string>{"conv", "pool", "relu", "sum", "norm", "drop"}));
  EXPECT_FALSE(steps[static_cast<std::size_t>(first)].rectifies);
  EXPECT_EQ(plan_steps(net, steps).steps[4].x_row, 3 * 3 * 8);  // as the flattened rows are, not the pixels
  expect_parity(net);
}

TEST(Steps, ConcatsOfADenseBlockGrowInPlace) {
  const NetSpec net = dense_block(false);
  const std::vector<FusedStep> steps = fuse_steps(net);
  const StepPlan plan = plan_steps(net, steps);
  int buffer = kNetInput;
  std::int64_t joins = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!std::holds_alternative<Concat>(net.nodes[steps[i].first].layer)) continue;
    const PlannedStep& step = plan.steps[i];
    if (joins++ == 0) buffer = step.to;
    EXPECT_EQ(step.to, buffer);
    EXPECT_EQ(step.y_row, 5 + 3 * 4);
    EXPECT_EQ(step.first_new, joins == 1 ? 0U : 1U);
  }
  EXPECT_EQ(joins, 3);
  expect_parity(net);
}

TEST(Steps, AConcatThatLiesInAWiderOneOutlivesIt) {
  const NetSpec net = dense_block(true);
  expect_parity(net);
}

TEST(Steps, AConcatThatAConvolutionReadsDoesNotGrow) {
  NetBuilder b(Extent::image(6, 6, 3));
  const int stem = b.add("stem", conv(5)), other = b.add("other", conv(4), {stem});
  const int narrow = b.add("narrow", Concat{}, {stem, other});
  const int more = b.add("more", conv(4), {narrow});
  b.add("wide", Concat{}, {narrow, more});
  b.add("norm", BatchNorm{});
  b.add("end", conv(2));
  const NetSpec net = std::move(b).build();
  for (const PlannedStep& step : plan_steps(net, fuse_steps(net)).steps) EXPECT_EQ(step.first_new, 0U);
  expect_parity(net);
}

}  // namespace
}  // namespace pinwheel
