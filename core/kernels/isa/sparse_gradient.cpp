// By the weights: for each output a list of the positions with a gradient, which is gone through once for a few vectors
// of taps at a time. By the input: for each position a list of the outputs. Sums stay in registers while a list lasts.
#include "kernels/isa/sparse_gradient.h"

#include "kernels/isa/tap_vectors.h"

namespace pinwheel::kernels::PINWHEEL_ISA {
namespace {

constexpr std::int64_t kMostPositions = 1024;   // of a list
constexpr std::int64_t kMostOutputs = 512;      // likewise
constexpr std::int64_t kLookedAt = 32768;       // values that stand for all
constexpr std::int64_t kLeastZeros = 2;         // for every other value
constexpr std::int64_t kVectorsAtOnce = 5;      // in two sets of sums, so that additions need not wait
constexpr std::int64_t kOutputsAtOnce = 8;      // to a task
constexpr std::int64_t kChunkPositions = 2048;  // worth a task of their own
constexpr std::int64_t kMostChunks = 16;

// Positions of one output whose gradient is not zero: the floats from the image's first to what they see.
struct Gathered {
  std::int32_t place[kMostPositions + 1];
  float value[kMostPositions + 1];
  std::int64_t count;

  // Lines [begin, end) of positions of one image.
  void gather(const float* dy, const ConvDims& d, std::int64_t begin, std::int64_t end) {
    count = 0;
    for (std::int64_t oh = begin; oh < end; ++oh) {
      const float* from = dy + oh * d.ow * d.o;
      auto at = static_cast<std::int32_t>(oh * d.sh * d.w * d.c);
      for (std::int64_t ow = 0; ow < d.ow; ++ow, from += d.o, at += static_cast<std::int32_t>(d.sw * d.c)) {
        place[count] = at;
        value[count] = *from;
        count += *from != 0.0F;
      }
    }
    place[count] = count > 0 ? place[count - 1] : 0;  // pairs are multiplied
    value[count] = 0;
  }
};

// sums[vector] += sum over the positions of value * x[vector]; the last vector begins at `last`. kShort: the
// line of taps does not fill the one vector, but `lanes` of it.
template <int kVectors, bool kShort = false>
void add_gathered(float* sums, const float* x, const Gathered& gathered, std::int64_t last, std::int64_t lanes) {
  Floats even[kVectors] = {}, odd[kVectors] = {};
  for (std::int64_t i = 0; i < gathered.count; i += 2) {
    const float *first = x + gathered.place[i], *second = x + gathered.place[i + 1];
    const Floats one = broadcast(gathered.value[i]), other = broadcast(gathered.value[i + 1]);
    PINWHEEL_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      const std::int64_t at = v == kVectors - 1 ? last : v * kLanes;
      even[v] = fma(one, kShort ? load_taps(first + at, lanes) : load(first + at), even[v]);
      odd[v] = fma(other, kShort ? load_taps(second + at, lanes) : load(second + at), odd[v]);
    }
  }
  PINWHEEL_UNROLL
  for (int v = 0; v < kVectors; ++v) store(sums + v * kLanes, load(sums + v * kLanes) + (even[v] + odd[v]));
}

using AddGathered = void (*)(float* sums, const float* x, const Gathered& gathered, std::int64_t last,
                             std::int64_t lanes);
constexpr AddGathered kAddGathered[kVectorsAtOnce] = {add_gathered<1>, add_gathered<2>, add_gathered<3>,
                                                      add_gathered<4>, add_gathered<5>};

// All vectors of taps for one list.
void add_taps(float* sums, const float* x, const Gathered& gathered, const ConvDims& d, const TapVectors& taps) {
  for (std::int64_t vector = 0, count = 0; vector < taps.count; vector += count) {
    const std::int64_t in_line = vector % taps.of_line, left = taps.of_line - in_line;
    count = divide_up(left, divide_up(left, kVectorsAtOnce));
    const std::int64_t column = taps.column(vector), last = taps.column(vector + count - 1) - column;
    const AddGathered add = taps.lanes() < kLanes ? add_gathered<1, true> : kAddGathered[count - 1];
    add(sums + vector * kLanes, x + taps.row(vector) * d.w * d.c + column, gathered, last, taps.lanes());
  }
}

// Images [n0, n1) and outputs [o0, o1): sums[o][vector] is their share of the gradient.
void sum_gathered(float* sums, const float* dy, const float* x, const ConvDims& d, const TapVectors& taps,
                  std::int64_t n0, std::int64_t n1, std::int64_t o0, std::int64_t o1) {
  const std::int64_t lines = kMostPositions / d.ow, size = taps.count * kLanes;
  Gathered gathered;
  fill_zero(sums + o0 * size, (o1 - o0) * size);
  for (std::int64_t n = n0; n < n1; ++n) {
    for (std::int64_t o = o0; o < o1; ++o) {
      for (std::int64_t oh = 0; oh < d.oh; oh += lines) {
        gathered.gather(dy + n * d.oh * d.ow * d.o + o, d, oh, smaller(d.oh, oh + lines));
        add_taps(sums + o * size, x + n * d.h * d.w * d.c, gathered, d, taps);
      }
    }
  }
}

// Outputs of one position whose gradient is not zero.
struct Filters {
  const float* weight[kMostOutputs];
  float value[kMostOutputs];
  std::int64_t count;

  void gather(const float* dy, const float* weights, std::int64_t outputs, std::int64_t size) {
    count = 0;
    for (std::int64_t o = 0; o < outputs; ++o) {
      weight[count] = weights + o * size;
      value[count] = dy[o];
      count += dy[o] != 0.0F;
    }
  }
};

// to[vector] += sum over the filters of value * weight[offset + vector]; the last vector has `lanes` lanes.
template <int kVectors>
void add_filters(float* to, const Filters& filters, std::int64_t offset, int lanes) {
  Floats sum[kVectors];
  PINWHEEL_UNROLL
  for (int v = 0; v < kVectors; ++v) sum[v] = load_some(to + v * kLanes, v == kVectors - 1 ? lanes : kLanes);
  for (std::int64_t i = 0; i < filters.count; ++i) {
    const float* from = filters.weight[i] + offset;
    const Floats value = broadcast(filters.value[i]);
    PINWHEEL_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      sum[v] = fma(value, load_some(from + v * kLanes, v == kVectors - 1 ? lanes : kLanes), sum[v]);
    }
  }
  PINWHEEL_UNROLL
  for (int v = 0; v < kVectors; ++v) store_some(to + v * kLanes, sum[v], v == kVectors - 1 ? lanes : kLanes);
}

using AddFilters = void (*)(float* to, const Filters& filters, std::int64_t offset, int lanes);
constexpr AddFilters kAddFilters[kVectorsAtOnce] = {add_filters<1>, add_filters<2>, add_filters<3>, add_filters<4>,
                                                    add_filters<5>};

// What the filters' lines of taps add to the pixels from `dx` on.
void add_lines(float* dx, const Filters& filters, const ConvDims& d) {
  const std::int64_t line = d.kw * d.c, vectors = divide_up(line, kLanes);
  for (std::int64_t i = 0; i < d.kh; ++i) {
    for (std::int64_t vector = 0, count = 0; vector < vectors; vector += count) {
      const std::int64_t left = vectors - vector, column = vector * kLanes;
      count = divide_up(left, divide_up(left, kVectorsAtOnce));
      const std::int64_t lanes = smaller(kLanes, line - column - (count - 1) * kLanes);
      kAddFilters[count - 1](dx + i * d.w * d.c + column, filters, i * line + column, static_cast<int>(lanes));
    }
  }
}

}  // namespace

bool is_sparse(const float* dy, const ConvDims& d) {
  if (d.groups != 1 || d.ph != 0 || d.pw != 0 || d.kw * d.c < kLeastLine || d.ow > kMostPositions ||
      d.o > kMostOutputs) {
    return false;
  }
  const std::int64_t size = smaller(kLookedAt, d.n * d.oh * d.ow * d.o);
  std::int64_t zeros = 0;
  for (std::int64_t i = 0; i < size; ++i) zeros += dy[i] == 0.0F;
  return zeros >= kLeastZeros * (size - zeros);
}

void sparse_backward_input(Context& ctx, float* dx, const float* dy, const float* weight, const ConvDims& d) {
  const std::int64_t pixels = d.h * d.w * d.c, positions = d.oh * d.ow;
  ctx.pool().for_each(static_cast<std::size_t>(d.n), [&](std::size_t image) {
    const auto n = static_cast<std::int64_t>(image);
    Filters filters;
    fill_zero(dx + n * pixels, pixels);
    for (std::int64_t p = 0; p < positions; ++p) {
      filters.gather(dy + (n * positions + p) * d.o, weight, d.o, d.kh * d.kw * d.c);
      if (filters.count == 0) continue;
      const std::int64_t y = p / d.ow * d.sh, x = p % d.ow * d.sw;
      add_lines(dx + n * pixels + (y * d.w + x) * d.c, filters, d);
    }
  });
}

void sparse_backward_weight(Context& ctx, float* dweight, const float* dy, const float* x, const ConvDims& d) {
  const TapVectors taps(d);
  const std::int64_t size = taps.count * kLanes, wanted = d.n * d.oh * d.ow / kChunkPositions;
  const std::int64_t chunks = larger(1, smaller(smaller(d.n, kMostChunks), wanted));
  const std::int64_t parts = divide_up(d.o, kOutputsAtOnce);
  float* partial = ctx.scratch(0, static_cast<std::size_t>(chunks * d.o * size));
  ctx.pool().for_each(static_cast<std::size_t>(chunks * parts), [&](std::size_t task) {
    const std::int64_t chunk = static_cast<std::int64_t>(task) / parts;
    const std::int64_t o = static_cast<std::int64_t>(task) % parts * kOutputsAtOnce;
    sum_gathered(partial + chunk * d.o * size, dy, x, d, taps, chunk * d.n / chunks, (chunk + 1) * d.n / chunks, o,
                 smaller(d.o, o + kOutputsAtOnce));
  });
  for (std::int64_t o = 0; o < d.o; ++o) {
    for (std::int64_t vector = 0; vector < taps.count; ++vector) {
      Floats sum{};
      for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
        sum += load(partial + (chunk * d.o + o) * size + vector * kLanes);
      }
      store_some(dweight + (o * d.kh + taps.row(vector)) * taps.line + taps.column(vector), sum,
                 static_cast<int>(taps.lanes()));
    }
  }
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
