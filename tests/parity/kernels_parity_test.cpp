// Every kernel, in every instruction set that this machine can run, against its naive twin on random shapes: within
// 1e-5 of the largest value, every output written and nothing beyond, the same bits on 1, 2 and 5 threads, and the same
// bits in all instruction sets that multiply and add in one rounding.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "base/rng.h"
#include "kernels/dispatch.h"
#include "kernels/reference.h"

namespace pinwheel::kernels {
namespace {

constexpr float kUnwritten = 12345.0F;
constexpr std::size_t kGuard = 16;

using Values = std::vector<float>;

// Output buffers: full of a value that no kernel computes, with a guard behind that no kernel may touch.
class Outputs {
 public:
  float* add(std::int64_t size) {
    buffers_.emplace_back(static_cast<std::size_t>(size) + kGuard, kUnwritten);
    return buffers_.back().data();
  }
  float* add(const Values& start) {  // for what a kernel updates
    float* p = add(static_cast<std::int64_t>(start.size()));
    std::copy(start.begin(), start.end(), p);
    return p;
  }
  std::size_t count() const { return buffers_.size(); }
  const Values& operator[](std::size_t i) const { return buffers_[i]; }

 private:
  std::vector<Values> buffers_;
};

Values random_values(Rng& rng, std::int64_t size) {
  Values values(static_cast<std::size_t>(size));
  for (float& v : values) v = static_cast<float>(rng.normal());
  return values;
}

std::int64_t between(Rng& rng, std::int64_t low, std::int64_t high) {
  return low + rng.below(static_cast<std::uint32_t>(high - low + 1));
}

void expect_close(const Values& got, const Values& expected, const std::string& what) {
  float largest = 0;
  for (std::size_t i = 0; i + kGuard < expected.size(); ++i) largest = std::max(largest, std::fabs(expected[i]));
  for (std::size_t i = 0; i + kGuard < expected.size(); ++i) {
    ASSERT_LE(std::fabs(got[i] - expected[i]), 1e-5F * largest)
        << what << ", element " << i << " of " << expected.size() - kGuard << ": " << got[i] << " instead of "
        << expected[i];
  }
  for (std::size_t i = expected.size() - kGuard; i < expected.size(); ++i) {
    ASSERT_EQ(got[i], kUnwritten) << what << " wrote behind its output";
  }
}

const ThreadPool& pool_of(std::size_t index) {
  static const ThreadPool one(1), two(2), five(5);
  return index == 0 ? one : index == 1 ? two : five;
}

// run(outputs, table, context) and twin(outputs) fill the same list of outputs.
template <typename Run, typename Twin>
void expect_parity(const std::string& what, Run run, Twin twin) {
  Outputs expected;
  twin(expected);
  Outputs fused;
  for (const KernelTable* table : usable_tables()) {
    Context context(pool_of(0));
    Outputs got;
    run(got, *table, context);
    ASSERT_EQ(got.count(), expected.count());
    for (std::size_t i = 0; i < got.count(); ++i) {
      const std::string output = what + " [" + table->name + "] output " + std::to_string(i);
      expect_close(got[i], expected[i], output);
      if (::testing::Test::HasFatalFailure()) return;
      if (!table->fused || fused.count() == 0) continue;
      ASSERT_EQ(std::memcmp(got[i].data(), fused[i].data(), got[i].size() * sizeof(float)), 0)
          << output << " has other bits than the widest vectors'";
    }
    if (table->fused && fused.count() == 0) fused = std::move(got);
  }
}

// Work is cut by the same code for every instruction set, so one of them stands for all.
template <typename Run>
void expect_same_bits(const std::string& what, Run run) {
  Outputs on_one_thread;
  for (std::size_t pool = 0; pool < 3; ++pool) {
    Context context(pool_of(pool));
    Outputs got;
    run(got, *usable_tables().front(), context);
    for (std::size_t i = 0; i < on_one_thread.count(); ++i) {
      ASSERT_EQ(std::memcmp(got[i].data(), on_one_thread[i].data(), got[i].size() * sizeof(float)), 0)
          << what << " on " << pool_of(pool).threads() << " threads";
    }
    if (pool == 0) on_one_thread = std::move(got);
  }
}

std::string text(const ConvDims& d) {
  std::string s = "conv";
  for (const std::int64_t v : {d.n, d.h, d.w, d.c, d.o, d.kh, d.kw, d.sh, d.sw, d.ph, d.pw, d.groups}) {
    s += " " + std::to_string(v);
  }
  return s + " (n h w c o kh kw sh sw ph pw groups)";
}

ConvDims sized(ConvDims d) {
  d.oh = (d.h + 2 * d.ph - d.kh) / d.sh + 1;
  d.ow = (d.w + 2 * d.pw - d.kw) / d.sw + 1;
  return d;
}

void expect_conv_parity(const ConvDims& d, Rng rng) {
  const Values x = random_values(rng, d.n * d.h * d.w * d.c), dy = random_values(rng, d.n * d.oh * d.ow * d.o);
  const Values weight = random_values(rng, d.o * d.kh * d.kw * d.c / d.groups), bias = random_values(rng, d.o);
  const float* bias_or_null = rng.below(4) == 0 ? nullptr : bias.data();
  expect_parity(
      text(d) + " forward",
      [&](Outputs& out, const KernelTable& t, Context& ctx) {
        t.conv2d_forward(ctx, out.add(d.n * d.oh * d.ow * d.o), x.data(), weight.data(), bias_or_null, d);
      },
      [&](Outputs& out) {
        reference::conv2d_forward(out.add(d.n * d.oh * d.ow * d.o), x.data(), weight.data(), bias_or_null, d);
      });
  expect_parity(
      text(d) + " backward input",
      [&](Outputs& out, const KernelTable& t, Context& ctx) {
        t.conv2d_backward_input(ctx, out.add(d.n * d.h * d.w * d.c), dy.data(), weight.data(), d);
      },
      [&](Outputs& out) {
        reference::conv2d_backward_input(out.add(d.n * d.h * d.w * d.c), dy.data(), weight.data(), d);
      });
  const auto weights = static_cast<std::int64_t>(weight.size());
  expect_parity(
      text(d) + " backward weight",
      [&](Outputs& out, const KernelTable& t, Context& ctx) {
        float* dweight = out.add(weights);
        float* dbias = bias_or_null == nullptr ? nullptr : out.add(d.o);
        t.conv2d_backward_weight(ctx, dweight, dbias, dy.data(), x.data(), d);
      },
      [&](Outputs& out) {
        float* dweight = out.add(weights);
        float* dbias = bias_or_null == nullptr ? nullptr : out.add(d.o);
        reference::conv2d_backward_weight(dweight, dbias, dy.data(), x.data(), d);
      });
}

ConvDims random_conv(Rng& rng) {
  ConvDims d{};
  d.kh = between(rng, 1, 5);
  d.kw = between(rng, 1, 5);
  d.sh = between(rng, 1, 3);
  d.sw = between(rng, 1, 3);
  d.ph = between(rng, 0, d.kh - 1);
  d.pw = between(rng, 0, d.kw - 1);
  d.n = between(rng, 1, 3);
  d.h = between(rng, d.kh, 11);
  d.w = between(rng, d.kw, 11);
  constexpr std::int64_t kChannels[] = {1, 2, 3, 4, 7, 8, 16, 17, 20, 24, 33};
  constexpr std::int64_t kOutputs[] = {1, 2, 8, 10, 16, 20, 31, 37, 48};
  switch (rng.below(4)) {
    case 0:  // groups
      d.groups = between(rng, 2, 4);
      d.c = d.groups * between(rng, 1, 6);
      d.o = d.groups * between(rng, 1, 6);
      break;
    case 1:  // depthwise
      d.groups = d.c = d.o = between(rng, 1, 40);
      break;
    default:
      d.groups = 1;
      d.c = kChannels[rng.below(11)];
      d.o = kOutputs[rng.below(9)];
  }
  return sized(d);
}

TEST(KernelsParity, ConvolutionOnRandomShapes) {
  for (std::uint64_t seed = 0; seed < 60 && !HasFatalFailure(); ++seed) {
    Rng rng = Rng(101).child(seed);
    const ConvDims d = random_conv(rng);
    expect_conv_parity(d, rng.child(0));
  }
}

// Shapes of real networks and of the borders between blocks: deep reductions, more than one block of columns, sums cut
// into chunks, first layers, 1x1, kernels as large as the image, strides that skip pixels altogether (also where a
// pixel has more channels than a block of terms).
TEST(KernelsParity, ConvolutionOnChosenShapes) {
  const ConvDims chosen[] = {
      {2, 9, 9, 64, 0, 0, 20, 3, 3, 1, 1, 1, 1, 1},
      {1, 7, 7, 9, 0, 0, 150, 3, 3, 1, 1, 1, 1, 1},
      {3, 40, 40, 3, 0, 0, 8, 3, 3, 1, 1, 0, 0, 1},
      {1, 33, 31, 3, 0, 0, 24, 3, 3, 2, 2, 1, 1, 1},
      {2, 12, 12, 3, 0, 0, 64, 9, 9, 1, 1, 0, 0, 1},
      {2, 8, 8, 40, 0, 0, 36, 1, 1, 1, 1, 0, 0, 1},
      {2, 8, 8, 24, 0, 0, 48, 1, 1, 2, 2, 0, 0, 1},
      {3, 7, 5, 20, 0, 0, 37, 1, 1, 1, 1, 0, 0, 1},
      {3, 7, 5, 20, 0, 0, 37, 1, 1, 3, 1, 0, 0, 1},
      {2, 7, 6, 12, 0, 0, 18, 1, 1, 2, 2, 0, 0, 3},
      {2, 5, 5, 12, 0, 0, 40, 1, 1, 1, 1, 1, 1, 1},
      {4, 5, 5, 6, 0, 0, 37, 5, 5, 1, 1, 0, 0, 1},
      {1, 10, 10, 4, 0, 0, 5, 2, 2, 3, 3, 0, 0, 1},
      {1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 1},
      {1, 48, 48, 2, 0, 0, 4, 3, 3, 1, 1, 1, 1, 2},
      {1, 6, 6, 8, 0, 0, 16, 3, 3, 1, 1, 2, 2, 8},
      {1, 4, 40, 1, 0, 0, 10, 1, 7, 1, 2, 0, 3, 1},
      {2, 3, 3, 300, 0, 0, 13, 3, 3, 1, 1, 1, 1, 1},
      {1, 8, 8, 12, 0, 0, 300, 1, 1, 2, 2, 0, 0, 1},
      {1, 9, 9, 10, 0, 0, 300, 2, 2, 3, 3, 0, 0, 1},
      {1, 4, 4, 1024, 0, 0, 40, 1, 1, 1, 1, 0, 0, 1},
      {3, 70, 68, 3, 0, 0, 8, 3, 3, 2, 2, 0, 0, 1},
      {2, 40, 40, 1, 0, 0, 10, 4, 4, 1, 1, 0, 0, 1},
      {2, 16, 15, 10, 0, 0, 10, 4, 4, 1, 1, 0, 0, 1},
      {3, 14, 9, 9, 0, 0, 20, 3, 3, 1, 1, 1, 1, 1},
      {2, 21, 20, 5, 0, 0, 13, 3, 4, 2, 1, 0, 0, 1},
      {2, 12, 12, 11, 0, 0, 16, 2, 3, 1, 2, 0, 0, 1},
      // 3x3 with stride 1 and many channels: whole tiles, tiles over the border, every padding, several blocks
      {2, 12, 12, 16, 0, 0, 16, 3, 3, 1, 1, 1, 1, 1},
      {3, 13, 15, 37, 0, 0, 20, 3, 3, 1, 1, 1, 1, 1},
      {2, 16, 14, 20, 0, 0, 48, 3, 3, 1, 1, 0, 0, 1},
      {2, 12, 11, 18, 0, 0, 33, 3, 3, 1, 1, 2, 0, 1},
      {1, 40, 50, 128, 0, 0, 130, 3, 3, 1, 1, 0, 1, 1},
      {40, 2, 2, 24, 0, 0, 24, 3, 3, 1, 1, 1, 1, 1},
      // the same for 4x4 and 5x5
      {2, 15, 12, 10, 0, 0, 20, 4, 4, 1, 1, 0, 0, 1},
      {3, 13, 14, 20, 0, 0, 41, 4, 4, 1, 1, 2, 3, 1},
      {2, 12, 13, 64, 0, 0, 72, 5, 5, 1, 1, 2, 2, 1},
      {1, 29, 28, 19, 0, 0, 130, 5, 5, 1, 1, 1, 4, 1},
      // more filters than few tiles pay for: kept as taps
      {2, 9, 7, 301, 0, 0, 37, 3, 3, 1, 1, 1, 1, 1},
      {1, 8, 8, 70, 0, 0, 110, 5, 5, 1, 1, 2, 2, 1},
      {1, 8, 8, 200, 0, 0, 42, 3, 3, 1, 1, 1, 1, 1},  // the last thread has less than a vector of them
      {1, 8, 8, 60, 0, 0, 148, 3, 3, 1, 1, 1, 1, 1},  // two threads cut a block's 36 columns into 24 and 12
  };
  std::uint64_t seed = 0;
  for (const ConvDims& d : chosen) {
    if (HasFatalFailure()) return;
    expect_conv_parity(sized(d), Rng(102).child(seed++));
  }
}

// Filters that are made ready once meet one image or many, and each image has the same bits in any company.
TEST(KernelsParity, PreparedFilters) {
  const ConvDims chosen[] = {
      sized({5, 12, 11, 16, 0, 0, 24, 3, 3, 1, 1, 1, 1, 1}), sized({20, 4, 4, 33, 0, 0, 40, 3, 3, 1, 1, 1, 1, 1}),
      sized({20, 2, 2, 40, 0, 0, 33, 3, 3, 1, 1, 1, 1, 1}),  sized({6, 13, 13, 20, 0, 0, 40, 4, 4, 1, 1, 0, 0, 1}),
      sized({3, 9, 10, 64, 0, 0, 130, 5, 5, 1, 1, 2, 2, 1}), sized({5, 9, 9, 3, 0, 0, 20, 3, 3, 2, 2, 1, 1, 1}),
      sized({2, 8, 8, 12, 0, 0, 6, 3, 3, 1, 1, 1, 1, 3}),    sized({2, 8, 8, 12, 0, 0, 12, 3, 3, 1, 1, 1, 1, 12}),
      sized({3, 7, 7, 600, 0, 0, 150, 1, 1, 1, 1, 0, 0, 1}), sized({3, 9, 9, 96, 0, 0, 132, 3, 3, 1, 1, 1, 1, 1}),
      sized({2, 7, 7, 301, 0, 0, 37, 3, 3, 1, 1, 1, 1, 1}),  sized({2, 8, 8, 200, 0, 0, 42, 3, 3, 1, 1, 1, 1, 1})};
  Rng rng(114);
  for (const ConvDims& d : chosen) {
    const std::int64_t in = d.h * d.w * d.c, out = d.oh * d.ow * d.o;
    const Values x = random_values(rng, d.n * in), bias = random_values(rng, d.o);
    const Values weight = random_values(rng, d.o * d.kh * d.kw * d.c / d.groups);
    const auto run = [&](Outputs& outputs, const KernelTable& t, Context& ctx) {
      float* prepared = outputs.add(t.conv2d_prepared_floats(d));
      t.conv2d_prepare(ctx, prepared, weight.data(), d);
      t.conv2d_forward_prepared(ctx, outputs.add(d.n * out), x.data(), prepared, bias.data(), d, {}, {0, d.oh});
    };
    expect_same_bits(text(d) + " prepared", run);
    for (const KernelTable* table : usable_tables()) {
      Context context(pool_of(1));
      Outputs got, expected;
      run(got, *table, context);
      reference::conv2d_forward(expected.add(d.n * out), x.data(), weight.data(), bias.data(), d);
      expect_close(got[1], expected[0], text(d) + " prepared [" + table->name + "]");
      if (HasFatalFailure()) return;
      ConvDims one = d;
      one.n = 1;
      Values alone(static_cast<std::size_t>(out));
      for (std::int64_t i = 0; i < d.n; ++i) {
        table->conv2d_forward_prepared(context, alone.data(), x.data() + i * in, got[0].data(), bias.data(), one, {},
                                       {0, d.oh});
        ASSERT_EQ(std::memcmp(alone.data(), got[1].data() + i * out, alone.size() * sizeof(float)), 0)
            << text(d) << ", image " << i << " [" << table->name << "]";
      }
    }
  }
}

// Some lines of an image come out as they do with all the others; those are left alone.
TEST(KernelsParity, LinesOfAnImage) {
  const ConvDims chosen[] = {sized({1, 12, 11, 16, 0, 0, 24, 3, 3, 1, 1, 1, 1, 1}),  // tiles
                             sized({1, 13, 13, 20, 0, 0, 40, 4, 4, 1, 1, 0, 0, 1}),  // of three outputs
                             sized({1, 9, 9, 96, 0, 0, 132, 3, 3, 1, 1, 1, 1, 1}),   // filters kept as taps
                             sized({1, 11, 9, 3, 0, 0, 20, 5, 5, 2, 2, 2, 2, 1}),    // a stride
                             sized({1, 9, 9, 30, 0, 0, 20, 1, 1, 2, 2, 0, 0, 1}),    // that skips pixels
                             sized({1, 9, 7, 40, 0, 0, 20, 1, 1, 1, 1, 0, 0, 1}),    // lines without padding
                             sized({1, 8, 8, 12, 0, 0, 6, 3, 3, 1, 1, 1, 1, 3}),     // groups
                             sized({1, 8, 8, 12, 0, 0, 12, 3, 3, 1, 1, 1, 1, 12})};  // depthwise
  Rng rng(116);
  for (const ConvDims& d : chosen) {
    const std::int64_t line = d.ow * d.o, together = conv2d_lines_together(d);
    const Values x = random_values(rng, d.h * d.w * d.c), bias = random_values(rng, d.o);
    const Values weight = random_values(rng, d.o * d.kh * d.kw * d.c / d.groups);
    const Values added = random_values(rng, d.oh * line);
    for (const KernelTable* table : usable_tables()) {
      Context ctx(pool_of(1));
      Values prepared(static_cast<std::size_t>(table->conv2d_prepared_floats(d)));
      table->conv2d_prepare(ctx, prepared.data(), weight.data(), d);
      const ConvEnd end{added.data(), true};
      const auto run = [&](Values& y, const Values& from, const Lines& lines) {
        table->conv2d_forward_prepared(ctx, y.data(), from.data(), prepared.data(), bias.data(), d, end, lines);
      };
      Values whole(added.size());
      run(whole, x, {0, d.oh});
      for (std::int64_t begin = 0; begin < d.oh; begin += together) {
        for (std::int64_t last = begin; last < d.oh; last += together) {
          const std::int64_t stop = std::min(d.oh, last + together);
          const Lines seen = lines_seen({begin, stop}, d.h, d.kh, d.sh, d.ph).lines;
          Values unseen = x, y(whole.size(), 7), expected = y;
          std::fill_n(unseen.begin(), seen.begin * d.w * d.c, std::numeric_limits<float>::quiet_NaN());
          std::fill(unseen.begin() + seen.end * d.w * d.c, unseen.end(), std::numeric_limits<float>::quiet_NaN());
          run(y, unseen, {begin, stop});
          std::copy(whole.begin() + begin * line, whole.begin() + stop * line, expected.begin() + begin * line);
          ASSERT_EQ(y, expected) << text(d) << ", lines " << begin << " to " << stop << " [" << table->name << "]";
        }
      }
    }
  }
}

// What is added and rectified as the sums are written comes out as by the kernels that do only that.
TEST(KernelsParity, SumsAreAddedToAndRectifiedAsTheyAreWritten) {
  const ConvDims chosen[] = {sized({2, 9, 9, 6, 0, 0, 20, 3, 3, 2, 2, 1, 1, 1}),     // one product
                             sized({2, 5, 5, 300, 0, 0, 37, 1, 1, 1, 1, 0, 0, 1}),   // sums in steps
                             sized({1, 1, 1, 70, 0, 0, 150, 1, 1, 1, 1, 0, 0, 1}),   // one row
                             sized({1, 3, 3, 500, 0, 0, 9, 3, 3, 1, 1, 1, 1, 1}),    // sums in chunks
                             sized({1, 8, 8, 12, 0, 0, 6, 3, 3, 1, 1, 1, 1, 3}),     // groups
                             sized({2, 12, 11, 16, 0, 0, 24, 3, 3, 1, 1, 1, 1, 1}),  // tiles
                             sized({2, 7, 7, 301, 0, 0, 37, 3, 3, 1, 1, 1, 1, 1}),   // filters kept as taps
                             sized({2, 8, 8, 12, 0, 0, 12, 3, 3, 1, 1, 1, 1, 12})};  // depthwise
  Rng rng(115);
  for (const ConvDims& d : chosen) {
    const std::int64_t size = d.n * d.oh * d.ow * d.o;
    const Values x = random_values(rng, d.n * d.h * d.w * d.c), bias = random_values(rng, d.o);
    const Values weight = random_values(rng, d.o * d.kh * d.kw * d.c / d.groups), added = random_values(rng, size);
    for (const KernelTable* table : usable_tables()) {
      Context ctx(pool_of(1));
      Values prepared(static_cast<std::size_t>(table->conv2d_prepared_floats(d)));
      table->conv2d_prepare(ctx, prepared.data(), weight.data(), d);
      const auto run = [&](const ConvEnd& end) {
        Values y(added.size());
        table->conv2d_forward_prepared(ctx, y.data(), x.data(), prepared.data(), bias.data(), d, end, {0, d.oh});
        return y;
      };
      const Values plain = run({}), rectified = run({nullptr, true}), sum = run({added.data(), false}),
                   both = run({added.data(), true});
      Values expected(plain.size());
      table->add(ctx, expected.data(), plain.data(), added.data(), size);
      for (std::size_t i = 0; i < sum.size(); ++i) {
        ASSERT_NEAR(sum[i], expected[i], 1e-5F * (1 + std::abs(expected[i]))) << text(d) << " added [" << table->name;
      }
      table->relu_forward(ctx, expected.data(), plain.data(), size);
      EXPECT_EQ(rectified, expected) << text(d) << " rectified [" << table->name << "]";
      table->relu_forward(ctx, expected.data(), sum.data(), size);
      EXPECT_EQ(both, expected) << text(d) << " added and rectified [" << table->name << "]";
    }
  }
}

// What a max-pool leaves of a gradient: whole vectors of taps, parts of them, more positions than one list holds.
TEST(KernelsParity, GradientsOfMostlyZeros) {
  const ConvDims chosen[] = {sized({5, 30, 30, 10, 0, 0, 20, 4, 4, 1, 1, 0, 0, 1}),
                             sized({2, 13, 12, 20, 0, 0, 41, 4, 4, 1, 2, 0, 0, 1}),
                             sized({1, 70, 70, 7, 0, 0, 19, 2, 3, 1, 1, 0, 0, 1})};
  Rng rng(113);
  for (const ConvDims& d : chosen) {
    const Values x = random_values(rng, d.n * d.h * d.w * d.c);
    const Values weight = random_values(rng, d.o * d.kh * d.kw * d.c);
    Values dy = random_values(rng, d.n * d.oh * d.ow * d.o);
    for (float& v : dy) v = rng.uniform() < 0.8 ? 0.0F : v;
    std::fill(dy.begin(), dy.begin() + 3 * d.o, 0.0F);
    const auto run = [&](Outputs& out, const KernelTable& t, Context& ctx) {
      float* dweight = out.add(d.o * d.kh * d.kw * d.c);
      t.conv2d_backward_weight(ctx, dweight, nullptr, dy.data(), x.data(), d);
      t.conv2d_backward_input(ctx, out.add(d.n * d.h * d.w * d.c), dy.data(), weight.data(), d);
    };
    expect_parity(text(d) + " mostly zeros", run, [&](Outputs& out) {
      float* dweight = out.add(d.o * d.kh * d.kw * d.c);
      reference::conv2d_backward_weight(dweight, nullptr, dy.data(), x.data(), d);
      reference::conv2d_backward_input(out.add(d.n * d.h * d.w * d.c), dy.data(), weight.data(), d);
    });
    expect_same_bits(text(d) + " mostly zeros", run);
    if (HasFatalFailure()) return;
  }
}

void expect_dense_parity(std::int64_t n, std::int64_t in, std::int64_t out_size, Rng rng) {
  const Values x = random_values(rng, n * in), dy = random_values(rng, n * out_size);
  const Values weight = random_values(rng, in * out_size), bias = random_values(rng, out_size);
  const std::string what = "dense " + std::to_string(n) + " " + std::to_string(in) + " " + std::to_string(out_size);
  expect_parity(
      what,
      [&](Outputs& out, const KernelTable& t, Context& ctx) {
        t.dense_forward(ctx, out.add(n * out_size), x.data(), weight.data(), bias.data(), n, in, out_size);
        t.dense_forward(ctx, out.add(n * out_size), x.data(), weight.data(), nullptr, n, in, out_size);
        Values prepared(static_cast<std::size_t>(t.dense_prepared_floats(in, out_size)));
        t.dense_prepare(ctx, prepared.data(), weight.data(), in, out_size);
        float* all = out.add(n * out_size);
        t.dense_forward_prepared(ctx, all, x.data(), prepared.data(), bias.data(), n, in, out_size);
        float* alone = out.add(out_size);  // the last row, with the same bits
        t.dense_forward_prepared(ctx, alone, x.data() + (n - 1) * in, prepared.data(), bias.data(), 1, in, out_size);
        EXPECT_EQ(std::memcmp(alone, all + (n - 1) * out_size, static_cast<std::size_t>(out_size) * sizeof(float)), 0)
            << what << " prepared [" << t.name << "]";
        t.dense_backward_input(ctx, out.add(n * in), dy.data(), weight.data(), n, in, out_size);
        float* dweight = out.add(in * out_size);
        t.dense_backward_weight(ctx, dweight, out.add(out_size), dy.data(), x.data(), n, in, out_size);
        t.dense_backward_weight(ctx, out.add(in * out_size), nullptr, dy.data(), x.data(), n, in, out_size);
      },
      [&](Outputs& out) {
        reference::dense_forward(out.add(n * out_size), x.data(), weight.data(), bias.data(), n, in, out_size);
        reference::dense_forward(out.add(n * out_size), x.data(), weight.data(), nullptr, n, in, out_size);
        reference::dense_forward(out.add(n * out_size), x.data(), weight.data(), bias.data(), n, in, out_size);
        reference::dense_forward(out.add(out_size), x.data() + (n - 1) * in, weight.data(), bias.data(), 1, in,
                                 out_size);
        reference::dense_backward_input(out.add(n * in), dy.data(), weight.data(), n, in, out_size);
        float* dweight = out.add(in * out_size);
        reference::dense_backward_weight(dweight, out.add(out_size), dy.data(), x.data(), n, in, out_size);
        reference::dense_backward_weight(out.add(in * out_size), nullptr, dy.data(), x.data(), n, in, out_size);
      });
}

TEST(KernelsParity, Dense) {
  for (std::uint64_t seed = 0; seed < 20 && !HasFatalFailure(); ++seed) {
    Rng rng = Rng(103).child(seed);
    const std::int64_t n = between(rng, 1, 40), in = between(rng, 1, 70), out = between(rng, 1, 50);
    expect_dense_parity(n, in, out, rng.child(0));
  }
  for (std::int64_t few = 1; few <= 5; ++few) expect_dense_parity(few, 37, 21, Rng(107));
  expect_dense_parity(3, 5000, 130, Rng(108));
  expect_dense_parity(6, 5000, 10, Rng(104));   // a reduction cut into chunks
  expect_dense_parity(2100, 9, 5, Rng(105));    // the same for the weight gradient
  expect_dense_parity(130, 37, 270, Rng(106));  // several blocks of rows and columns
}

TEST(KernelsParity, BatchNorm) {
  struct Shape {
    std::int64_t rows, c;
  };
  for (const Shape s : {Shape{1, 3}, {2, 1}, {7, 5}, {64, 16}, {65, 24}, {1000, 37}, {300, 8}, {5000, 3}, {130, 300}}) {
    Rng rng = Rng(107).child(static_cast<std::uint64_t>(s.rows));
    const std::int64_t size = s.rows * s.c;
    Values x = random_values(rng, size);
    const Values dy = random_values(rng, size), gamma = random_values(rng, s.c), beta = random_values(rng, s.c);
    const Values mean = random_values(rng, s.c);
    Values variance = random_values(rng, s.c);
    for (float& v : variance) v = 0.5F + v * v;
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += 3.0F * mean[i % static_cast<std::size_t>(s.c)];
    const std::int64_t wide_row = s.c + 3;  // of rows whose first columns are normalised
    const Values wide = random_values(rng, s.rows * wide_row);
    constexpr float kEps = 1e-3F, kMomentum = 0.1F;
    expect_parity(
        "batch norm " + std::to_string(s.rows) + " " + std::to_string(s.c),
        [&](Outputs& out, const KernelTable& t, Context& ctx) {
          float *y = out.add(size), *saved_mean = out.add(s.c), *inv_std = out.add(s.c);
          float *running_mean = out.add(mean), *running_var = out.add(variance);
          t.batch_norm_forward_train(ctx, y, saved_mean, inv_std, running_mean, running_var, x.data(), gamma.data(),
                                     beta.data(), s.rows, s.c, kEps, kMomentum);
          float *normalised = out.add(size), *rectified = out.add(size), *scale = out.add(gamma);
          t.batch_norm_scale(scale, scale, variance.data(), s.c, kEps);
          t.batch_norm_forward_eval(ctx, normalised, x.data(), s.c, mean.data(), scale, beta.data(), s.rows, s.c,
                                    false);
          t.batch_norm_forward_eval(ctx, rectified, wide.data(), wide_row, mean.data(), scale, beta.data(), s.rows, s.c,
                                    true);
          float *dx = out.add(size), *dgamma = out.add(s.c), *dbeta = out.add(s.c);
          t.batch_norm_backward(ctx, dx, dgamma, dbeta, dy.data(), x.data(), gamma.data(), mean.data(), variance.data(),
                                s.rows, s.c);
        },
        [&](Outputs& out) {
          float *y = out.add(size), *saved_mean = out.add(s.c), *inv_std = out.add(s.c);
          float *running_mean = out.add(mean), *running_var = out.add(variance);
          reference::batch_norm_forward_train(y, saved_mean, inv_std, running_mean, running_var, x.data(), gamma.data(),
                                              beta.data(), s.rows, s.c, kEps, kMomentum);
          float *normalised = out.add(size), *rectified = out.add(size), *scale = out.add(gamma);
          reference::batch_norm_scale(scale, scale, variance.data(), s.c, kEps);
          reference::batch_norm_forward_eval(normalised, x.data(), s.c, mean.data(), scale, beta.data(), s.rows, s.c,
                                             false);
          reference::batch_norm_forward_eval(rectified, wide.data(), wide_row, mean.data(), scale, beta.data(), s.rows,
                                             s.c, true);
          float *dx = out.add(size), *dgamma = out.add(s.c), *dbeta = out.add(s.c);
          reference::batch_norm_backward(dx, dgamma, dbeta, dy.data(), x.data(), gamma.data(), mean.data(),
                                         variance.data(), s.rows, s.c);
        });
  }
}

// A mean a thousand times the deviation: squares minus the square of the mean would leave nothing of the variance.
TEST(KernelsParity, BatchNormFarFromZero) {
  constexpr std::int64_t kRows = 3000, kC = 5;
  Rng rng(108);
  Values x = random_values(rng, kRows * kC);
  for (float& v : x) v += 1000.0F;
  const Values ones(kC, 1.0F), zeros(kC, 0.0F);
  Values expected(kC), unused(kRows * kC), mean(kC), running_mean(kC), running_var(kC);
  reference::batch_norm_forward_train(unused.data(), mean.data(), expected.data(), running_mean.data(),
                                      running_var.data(), x.data(), ones.data(), zeros.data(), kRows, kC, 0, 0.1F);
  for (const KernelTable* table : usable_tables()) {
    Context ctx(pool_of(0));
    Values got(kC);
    table->batch_norm_forward_train(ctx, unused.data(), mean.data(), got.data(), running_mean.data(),
                                    running_var.data(), x.data(), ones.data(), zeros.data(), kRows, kC, 0, 0.1F);
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i] / expected[i], 1.0F, 1e-5F) << table->name;
  }
}

PoolDims random_pool(Rng& rng) {
  PoolDims d{};
  d.kh = between(rng, 1, 4);
  d.kw = between(rng, 1, 4);
  d.sh = between(rng, 1, 3);
  d.sw = between(rng, 1, 3);
  d.ph = between(rng, 0, d.kh / 2);
  d.pw = between(rng, 0, d.kw / 2);
  d.n = between(rng, 1, 3);
  d.c = between(rng, 1, 40);
  d.h = between(rng, d.kh, 12);
  d.w = between(rng, d.kw, 12);
  d.oh = (d.h + 2 * d.ph - d.kh) / d.sh + 1;
  d.ow = (d.w + 2 * d.pw - d.kw) / d.sw + 1;
  return d;
}

TEST(KernelsParity, Pooling) {
  for (std::uint64_t seed = 0; seed < 40 && !HasFatalFailure(); ++seed) {
    Rng rng = Rng(109).child(seed);
    const PoolDims d = random_pool(rng);
    const std::int64_t in = d.n * d.h * d.w * d.c, out_size = d.n * d.oh * d.ow * d.c;
    Values x = random_values(rng, in);
    for (float& v : x) v = std::round(4 * v) / 4;  // ties
    const Values dy = random_values(rng, out_size), mean_dy = random_values(rng, d.n * d.c);
    std::vector<std::int32_t> winners(static_cast<std::size_t>(out_size));
    expect_parity(
        "pool " + std::to_string(seed),
        [&](Outputs& out, const KernelTable& t, Context& ctx) {
          std::vector<std::int32_t> argmax(winners.size(), -1);
          t.max_pool_forward(ctx, out.add(out_size), argmax.data(), x.data(), d);
          t.max_pool_forward(ctx, out.add(out_size), nullptr, x.data(), d);
          EXPECT_EQ(argmax, winners) << t.name << " pool " << seed;
          t.max_pool_backward(ctx, out.add(in), dy.data(), winners.data(), d);
          t.avg_pool_forward(ctx, out.add(out_size), x.data(), d);
          t.avg_pool_backward(ctx, out.add(in), dy.data(), d);
          t.global_avg_pool_forward(ctx, out.add(d.n * d.c), x.data(), d.n, d.h * d.w, d.c);
          t.global_avg_pool_backward(ctx, out.add(in), mean_dy.data(), d.n, d.h * d.w, d.c);
        },
        [&](Outputs& out) {
          reference::max_pool_forward(out.add(out_size), winners.data(), x.data(), d);
          reference::max_pool_forward(out.add(out_size), nullptr, x.data(), d);
          reference::max_pool_backward(out.add(in), dy.data(), winners.data(), d);
          reference::avg_pool_forward(out.add(out_size), x.data(), d);
          reference::avg_pool_backward(out.add(in), dy.data(), d);
          reference::global_avg_pool_forward(out.add(d.n * d.c), x.data(), d.n, d.h * d.w, d.c);
          reference::global_avg_pool_backward(out.add(in), mean_dy.data(), d.n, d.h * d.w, d.c);
        });
  }
}

TEST(KernelsParity, Pointwise) {
  for (const std::int64_t size : {1, 5, 16, 33, 1000, 40000}) {
    Rng rng = Rng(110).child(static_cast<std::uint64_t>(size));
    const Values x = random_values(rng, size), z = random_values(rng, size);
    Values y = x;
    for (float& v : y) v = 1.0F / (1.0F + std::exp(-v));
    expect_parity(
        "pointwise " + std::to_string(size),
        [&](Outputs& out, const KernelTable& t, Context& ctx) {
          for (const auto forward : {t.relu_forward, t.silu_forward, t.tanh_forward, t.sigmoid_forward}) {
            forward(ctx, out.add(size), x.data(), size);
            float* in_place = out.add(x);
            forward(ctx, in_place, in_place, size);
          }
          for (const auto backward : {t.relu_backward, t.silu_backward, t.tanh_backward, t.sigmoid_backward}) {
            backward(ctx, out.add(size), z.data(), y.data(), size);
            float* in_place = out.add(z);
            backward(ctx, in_place, in_place, x.data(), size);
          }
          t.multiply(ctx, out.add(size), x.data(), z.data(), size);
          t.add(ctx, out.add(size), x.data(), z.data(), size);
          t.accumulate(ctx, out.add(x), z.data(), size);
        },
        [&](Outputs& out) {
          for (const auto forward : {reference::relu_forward, reference::silu_forward, reference::tanh_forward,
                                     reference::sigmoid_forward}) {
            forward(out.add(size), x.data(), size);
            forward(out.add(size), x.data(), size);
          }
          for (const auto backward : {reference::relu_backward, reference::silu_backward, reference::tanh_backward,
                                      reference::sigmoid_backward}) {
            backward(out.add(size), z.data(), y.data(), size);
            backward(out.add(size), z.data(), x.data(), size);
          }
          reference::multiply(out.add(size), x.data(), z.data(), size);
          reference::add(out.add(size), x.data(), z.data(), size);
          reference::accumulate(out.add(x), z.data(), size);
        });
  }
}

TEST(KernelsParity, Updates) {
  const AdamStep adam{0.9F, 0.999F, 1e-8F, 0.02F, 3.0F, 0.99F, 0.01F};
  for (const std::int64_t size : {1, 5, 16, 33, 100}) {
    Rng rng = Rng(108).child(static_cast<std::uint64_t>(size));
    const Values w = random_values(rng, size), v = random_values(rng, size), dw = random_values(rng, size);
    Values square = random_values(rng, size);
    for (float& s : square) s *= s;
    expect_parity(
        "updates of " + std::to_string(size),
        [&](Outputs& out, const KernelTable& t, Context&) {
          t.sgd_update(out.add(w), dw.data(), 0.5F, size, 0.1F, 0.01F);
          for (const bool nesterov : {false, true}) {
            float *weights = out.add(w), *velocity = out.add(v);
            t.momentum_update(weights, velocity, dw.data(), 0.5F, size, 0.1F, 0.01F, 0.9F, nesterov);
          }
          float *weights = out.add(w), *first = out.add(v), *second = out.add(square);
          t.adam_update(weights, first, second, dw.data(), 0.5F, size, adam);
        },
        [&](Outputs& out) {
          reference::sgd_update(out.add(w), dw.data(), 0.5F, size, 0.1F, 0.01F);
          for (const bool nesterov : {false, true}) {
            float *weights = out.add(w), *velocity = out.add(v);
            reference::momentum_update(weights, velocity, dw.data(), 0.5F, size, 0.1F, 0.01F, 0.9F, nesterov);
          }
          float *weights = out.add(w), *first = out.add(v), *second = out.add(square);
          reference::adam_update(weights, first, second, dw.data(), 0.5F, size, adam);
        });
  }
}

TEST(KernelsParity, SoftmaxAndColumns) {
  for (std::uint64_t seed = 0; seed < 20 && !HasFatalFailure(); ++seed) {
    Rng rng = Rng(111).child(seed);
    const std::int64_t rows = between(rng, 1, 50), c = between(rng, 1, 40);
    const std::int64_t offset = between(rng, 0, 9), total = c + offset + between(rng, 0, 9);
    const Values x = random_values(rng, rows * c), dy = random_values(rng, rows * c),
                 wide = random_values(rng, rows * total);
    Values y(x.size());
    reference::softmax_forward(y.data(), x.data(), rows, c);
    expect_parity(
        "softmax, columns " + std::to_string(rows) + " " + std::to_string(c),
        [&](Outputs& out, const KernelTable& t, Context& ctx) {
          t.softmax_forward(ctx, out.add(rows * c), x.data(), rows, c);
          t.softmax_backward(ctx, out.add(rows * c), dy.data(), y.data(), rows, c);
          t.copy_columns_in(ctx, out.add(wide), x.data(), rows, c, offset, total);
          t.copy_columns_out(ctx, out.add(rows * c), wide.data(), rows, c, offset, total);
        },
        [&](Outputs& out) {
          reference::softmax_forward(out.add(rows * c), x.data(), rows, c);
          reference::softmax_backward(out.add(rows * c), dy.data(), y.data(), rows, c);
          reference::copy_columns_in(out.add(wide), x.data(), rows, c, offset, total);
          reference::copy_columns_out(out.add(rows * c), wide.data(), rows, c, offset, total);
        });
  }
}

TEST(KernelsParity, SameBitsOnAnyNumberOfThreads) {
  Rng rng(112);
  const ConvDims convs[] = {sized({3, 40, 40, 3, 0, 0, 24, 3, 3, 1, 1, 1, 1, 1}),   // the weight gradient in chunks
                            sized({5, 40, 40, 3, 0, 0, 10, 3, 3, 1, 1, 0, 0, 1}),   // few outputs
                            sized({2, 9, 9, 64, 0, 0, 140, 3, 3, 2, 2, 1, 1, 1}),   // several blocks of columns
                            sized({2, 40, 40, 16, 0, 0, 32, 3, 3, 1, 1, 1, 1, 1}),  // tiles, a piece to a thread
                            sized({1, 23, 23, 10, 0, 0, 20, 5, 5, 1, 1, 0, 0, 1}),  // few of them
                            sized({1, 9, 9, 64, 0, 0, 96, 3, 3, 1, 1, 1, 1, 1}),    // tiles, shared point by point
                            sized({3, 9, 9, 96, 0, 0, 132, 3, 3, 1, 1, 1, 1, 1}),   // tiles, filters kept as taps
                            sized({1, 8, 8, 200, 0, 0, 42, 3, 3, 1, 1, 1, 1, 1}),   // the same, the last ones alone
                            sized({2, 9, 9, 12, 0, 0, 12, 3, 3, 1, 1, 1, 1, 12}),   // depthwise
                            sized({2, 20, 20, 6, 0, 0, 10, 3, 3, 1, 1, 1, 1, 2})};  // groups
  for (const ConvDims& d : convs) {
    const Values x = random_values(rng, d.n * d.h * d.w * d.c), dy = random_values(rng, d.n * d.oh * d.ow * d.o);
    const Values weight = random_values(rng, d.o * d.kh * d.kw * d.c / d.groups), bias = random_values(rng, d.o);
    expect_same_bits(text(d), [&](Outputs& out, const KernelTable& t, Context& ctx) {
      t.conv2d_forward(ctx, out.add(static_cast<std::int64_t>(dy.size())), x.data(), weight.data(), bias.data(), d);
      t.conv2d_backward_input(ctx, out.add(static_cast<std::int64_t>(x.size())), dy.data(), weight.data(), d);
      float* dweight = out.add(static_cast<std::int64_t>(weight.size()));
      t.conv2d_backward_weight(ctx, dweight, out.add(d.o), dy.data(), x.data(), d);
    });
  }
  constexpr std::int64_t kRows = 3000, kC = 24;
  const Values x = random_values(rng, kRows * kC), dy = random_values(rng, kRows * kC),
               per_channel = random_values(rng, kC);
  expect_same_bits("the rest", [&](Outputs& out, const KernelTable& t, Context& ctx) {
    t.dense_forward(ctx, out.add(40 * 10), x.data(), dy.data(), nullptr, 40, 1700, 10);
    float* dweight = out.add(kC * kC);
    t.dense_backward_weight(ctx, dweight, out.add(kC), dy.data(), x.data(), kRows, kC, kC);
    float *y = out.add(kRows * kC), *mean = out.add(kC), *inv_std = out.add(kC);
    float *running_mean = out.add(per_channel), *running_var = out.add(per_channel);
    t.batch_norm_forward_train(ctx, y, mean, inv_std, running_mean, running_var, x.data(), per_channel.data(),
                               per_channel.data(), kRows, kC, 1e-3F, 0.1F);
    float *dx = out.add(kRows * kC), *dgamma = out.add(kC), *dbeta = out.add(kC);
    t.batch_norm_backward(ctx, dx, dgamma, dbeta, dy.data(), x.data(), per_channel.data(), mean, inv_std, kRows, kC);
    t.silu_forward(ctx, out.add(kRows * kC), x.data(), kRows * kC);
    t.softmax_forward(ctx, out.add(kRows * kC), x.data(), kRows, kC);
    const PoolDims pool{3, 25, 40, kC, 12, 20, 3, 2, 2, 2, 0, 0};
    t.avg_pool_forward(ctx, out.add(3 * 12 * 20 * kC), x.data(), pool);
    t.avg_pool_backward(ctx, out.add(kRows * kC), dy.data(), pool);
    t.global_avg_pool_forward(ctx, out.add(3 * kC), x.data(), 3, 1000, kC);
  });
}

// A limit that counted work which it does not do would flatter nobody but itself.
TEST(KernelsParity, ThePeakDoesTheMultiplyAddsThatItCounts) {
  for (const KernelTable* table : usable_tables()) {
    for (const std::int64_t rounds : {1, 7, 50}) {
      float got = 0, expected = 0;
      const double flop = table->multiply_add_peak(&got, rounds);
      const double values = flop / static_cast<double>((table->fused ? 2 : 1) * kPeakSteps * rounds);
      reference::multiply_add_peak(&expected, static_cast<std::int64_t>(values), rounds, table->fused);
      EXPECT_NEAR(got, expected, 1e-4F * expected) << table->name << ", " << rounds << " rounds of " << values;
    }
  }
}

// Value by value, not against the largest: a sweep over everything from denormal to far past saturation.
TEST(KernelsParity, SmoothFunctionsAreAccurateEverywhere) {
  Values x;
  for (double v = 1e-30; v < 1e30; v *= 1.0137) {
    x.push_back(static_cast<float>(v));
    x.push_back(static_cast<float>(-v));
  }
  const auto size = static_cast<std::int64_t>(x.size());
  Values got(x.size());
  Context ctx(pool_of(0));
  for (const KernelTable* table : usable_tables()) {
    const auto sweep = [&](auto forward, auto truth, const char* name) {
      forward(ctx, got.data(), x.data(), size);
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double expected = truth(static_cast<double>(x[i]));
        ASSERT_NEAR(static_cast<double>(got[i]), expected, 5e-7 * std::fabs(expected) + 1e-36)
            << table->name << " " << name << "(" << x[i] << ")";
      }
    };
    sweep(
        table->sigmoid_forward, [](double v) { return 1 / (1 + std::exp(-v)); }, "sigmoid");
    sweep(
        table->tanh_forward, [](double v) { return std::tanh(v); }, "tanh");
  }
}

TEST(KernelsParity, SmoothFunctionsSaturateAndPassNotANumberOn) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const Values x{0.0F, 1000.0F, -1000.0F, kInfinity, -kInfinity, std::numeric_limits<float>::quiet_NaN()};
  Values y(x.size());
  Context ctx(pool_of(0));
  const auto size = static_cast<std::int64_t>(x.size());
  for (const KernelTable* table : usable_tables()) {
    table->sigmoid_forward(ctx, y.data(), x.data(), size);
    EXPECT_EQ(y[0], 0.5F);
    EXPECT_EQ(y[1], 1.0F);
    EXPECT_NEAR(y[2], 0.0F, 1e-37F);
    EXPECT_EQ(y[3], 1.0F);
    EXPECT_NEAR(y[4], 0.0F, 1e-37F);
    EXPECT_TRUE(std::isnan(y[5])) << table->name;
    table->tanh_forward(ctx, y.data(), x.data(), size);
    EXPECT_EQ(y[0], 0.0F);
    EXPECT_EQ(y[3], 1.0F);
    EXPECT_EQ(y[4], -1.0F);
    EXPECT_TRUE(std::isnan(y[5])) << table->name;
    table->silu_forward(ctx, y.data(), x.data(), size);
    EXPECT_EQ(y[1], 1000.0F);
    EXPECT_NEAR(y[2], 0.0F, 1e-30F);
    EXPECT_TRUE(std::isnan(y[5])) << table->name;
    const Values large{1e30F, 1e30F, -1e30F};
    table->softmax_forward(ctx, y.data(), large.data(), 1, 3);
    EXPECT_EQ(y[0], 0.5F);
    EXPECT_EQ(y[1], 0.5F);
    EXPECT_NEAR(y[2], 0.0F, 1e-37F);
  }
}

}  // namespace
}  // namespace pinwheel::kernels
