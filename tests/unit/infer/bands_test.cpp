// Which steps threads take alone, over which lines of a picture, and that nobody sees it in the results.
#include "infer/bands.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "infer/own_part.h"
#include "nn/params.h"
#include "nn/presets.h"
#include "support/formula_weights.h"
#include "support/random_spec.h"

namespace pinwheel {
namespace {

Conv2d conv(std::int64_t channels, std::int64_t stride = 1) {
  return {.out_channels = channels, .kernel = {3, 3}, .stride = {stride, stride}, .padding = {1, 1}};
}

// Two residual blocks, of which the second halves the picture, and a dense block of two layers.
NetSpec branches() {
  NetBuilder b(Extent::image(24, 20, 3));
  int skip = b.add("stem", conv(16));
  b.add("a1", conv(16));
  b.add("a1_relu", Relu{});
  const int second = b.add("a2", conv(16));
  b.add("a_sum", Add{}, {second, skip});
  skip = b.add("a_relu", Relu{});
  b.add("b1", conv(16, 2));
  b.add("b1_relu", Relu{});
  const int fourth = b.add("b2", conv(16));
  const int shortcut = b.add("shortcut", conv(16, 2), {skip});
  b.add("b_sum", Add{}, {fourth, shortcut});
  int all = b.last();
  for (const char* i : {"1", "2"}) {
    b.add(std::string("norm") + i, BatchNorm{}, {all});
    b.add(std::string("relu") + i, Relu{});
    const int more = b.add(std::string("grow") + i, conv(8));
    all = b.add(std::string("join") + i, Concat{}, {all, more});
  }
  b.add("norm", BatchNorm{});
  b.add("pool", AvgPool{});
  b.add("flatten", Flatten{});
  b.add("end", Dense{5});
  return std::move(b).build();
}

std::vector<float> judge(const NetSpec& spec, const std::vector<float>& picture, std::size_t threads) {
  const ThreadPool pool(threads);
  std::vector<float> answers(static_cast<std::size_t>(infer_shapes(spec).back().size()));
  OwnPart(whole_net(spec), initialise(spec, {.kind = InitKind::kHe}, Rng(7)), pool)
      .run(picture.data(), 1, answers.data());
  return answers;
}

void expect_the_same_on_all_threads(const NetSpec& spec, const std::string& name) {
  const std::vector<float> picture = test::formula_input(spec, 1), alone = judge(spec, picture, 1);
  for (const std::size_t threads : {2U, 3U, 5U}) {
    EXPECT_EQ(judge(spec, picture, threads), alone) << name << " on " << threads << " threads";
  }
}

TEST(Bands, DoNotChangeABit) {
  expect_the_same_on_all_threads(nets::convnet(37, false), "convnet");
  expect_the_same_on_all_threads(nets::small_cnn(37), "small_cnn");
  expect_the_same_on_all_threads(branches(), "branches");
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    expect_the_same_on_all_threads(test::RandomSpec(seed).make(), "random network " + std::to_string(seed));
  }
}

// Together the groups are the network, and the bands of a group its last step's picture; a step makes no line that
// nobody wants, and whole tiles.
TEST(Bands, CoverThePicture) {
  for (const NetSpec& net : {nets::convnet(37, false), branches()}) {
    const std::vector<FusedStep> steps = fuse_steps(net);
    const std::vector<Extent> extents = infer_shapes(net);
    std::size_t at = 0, alone = 0;
    for (const StepGroup& group : plan_groups(net, steps, 2)) {
      EXPECT_EQ(group.begin, at);
      at = group.end;
      alone += group.bands.empty() ? 0 : group.end - group.begin - 1;
      if (group.bands.empty()) continue;
      ASSERT_EQ(group.bands.size(), 2U);
      std::int64_t line = 0;
      for (const StepGroup::Band& band : group.bands) {
        ASSERT_EQ(band.size(), group.end - group.begin);
        EXPECT_EQ(band.back().begin, line);
        line = band.back().end;
        for (std::size_t i = 0; i < band.size(); ++i) {
          EXPECT_GE(band[i].begin, 0);
          EXPECT_GT(band[i].count(), 0);
          EXPECT_LE(band[i].end, extents[steps[group.begin + i].first].height);
        }
      }
      EXPECT_EQ(line, extents[steps[group.end - 1].first].height);
    }
    EXPECT_EQ(at, steps.size());
    EXPECT_GE(alone, 3U);  // meetings saved
  }
}

// What a Concat grows in is read until the block's end, and a dense layer has no lines.
TEST(Bands, EndWithWhatIsReadLater) {
  const NetSpec net = branches();
  const std::vector<FusedStep> steps = fuse_steps(net);
  for (const StepGroup& group : plan_groups(net, steps, 2)) {
    for (std::size_t i = group.begin; i < group.end; ++i) {
      const Layer& layer = net.nodes[steps[i].first].layer;
      EXPECT_TRUE(!std::holds_alternative<Concat>(layer) || i + 1 == group.end);
      EXPECT_TRUE(!std::holds_alternative<Dense>(layer) || group.bands.empty());
    }
  }
}

// More threads than lines: they share each step as they did.
TEST(Bands, NeedALineForEveryThread) {
  const NetSpec net = nets::convnet(37, false);
  for (const StepGroup& group : plan_groups(net, fuse_steps(net), 100)) EXPECT_TRUE(group.bands.empty());
}

// Until a group has ended, nobody writes what another thread may still read.
TEST(Bands, LeaveAloneWhatOthersRead) {
  for (const NetSpec& net : {nets::convnet(37, false), branches()}) {
    const std::vector<FusedStep> steps = fuse_steps(net);
    const std::vector<StepGroup> groups = plan_groups(net, steps, 2);
    const StepPlan plan = plan_steps(net, steps, groups);
    for (const StepGroup& group : groups) {
      if (group.bands.empty()) continue;
      for (std::size_t i = group.begin; i < group.end; ++i) {
        for (const int buffer : plan.steps[i].from) {
          if (buffer == kNetInput || plan.buffers[static_cast<std::size_t>(buffer)].own) continue;
          for (std::size_t k = group.begin; k < group.end; ++k) {
            const bool other_columns = plan.steps[k].first_new > 0;
            EXPECT_TRUE(plan.steps[k].to != buffer || other_columns) << i << ' ' << k;
          }
        }
        const int to = plan.steps[i].to;
        if (to == kOutput) continue;
        EXPECT_EQ(plan.buffers[static_cast<std::size_t>(to)].own, i + 1 < group.end);
      }
    }
  }
}

}  // namespace
}  // namespace pinwheel
