// For each output a list of the positions with a gradient, which is gone through once for a few vectors of taps at a
// time. Their sums stay in registers.
#include "kernels/isa/sparse_gradient.h"

#include "kernels/isa/tap_vectors.h"

namespace pinwheel::kernels::PINWHEEL_ISA {
namespace {

constexpr std::int64_t kMostPositions = 1024;   // of a list
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

// sums[vector] += sum over the positions of value * x[vector]; the last vector begins at `last`.
template <int kVectors>
void add_gathered(float* sums, const float* x, const Gathered& gathered, std::int64_t last) {
  Floats even[kVectors] = {}, odd[kVectors] = {};
  for (std::int64_t i = 0; i < gathered.count; i += 2) {
    const float *first = x + gathered.place[i], *second = x + gathered.place[i + 1];
    const Floats one = broadcast(gathered.value[i]), other = broadcast(gathered.value[i + 1]);
    PINWHEEL_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      const std::int64_t at = v == kVectors - 1 ? last : v * kLanes;
      even[v] = fma(one, load(first + at), even[v]);
      odd[v] = fma(other, load(second + at), odd[v]);
    }
  }
  PINWHEEL_UNROLL
  for (int v = 0; v < kVectors; ++v) store(sums + v * kLanes, load(sums + v * kLanes) + (even[v] + odd[v]));
}

using AddGathered = void (*)(float* sums, const float* x, const Gathered& gathered, std::int64_t last);
constexpr AddGathered kAddGathered[kVectorsAtOnce] = {add_gathered<1>, add_gathered<2>, add_gathered<3>,
                                                      add_gathered<4>, add_gathered<5>};

// All vectors of taps for one list.
void add_taps(float* sums, const float* x, const Gathered& gathered, const ConvDims& d, const TapVectors& taps) {
  for (std::int64_t vector = 0, count = 0; vector < taps.count; vector += count) {
    const std::int64_t in_line = vector % taps.of_line, left = taps.of_line - in_line;
    count = divide_up(left, divide_up(left, kVectorsAtOnce));
    const std::int64_t column = taps.column(vector), last = taps.column(vector + count - 1) - column;
    kAddGathered[count - 1](sums + vector * kLanes, x + taps.row(vector) * d.w * d.c + column, gathered, last);
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

}  // namespace

bool is_sparse(const float* dy, const ConvDims& d) {
  if (d.groups != 1 || d.ph != 0 || d.pw != 0 || d.kw * d.c < kLanes || d.ow > kMostPositions) return false;
  const std::int64_t size = smaller(kLookedAt, d.n * d.oh * d.ow * d.o);
  std::int64_t zeros = 0;
  for (std::int64_t i = 0; i < size; ++i) zeros += dy[i] == 0.0F;
  return zeros >= kLeastZeros * (size - zeros);
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
      store(dweight + (o * d.kh + taps.row(vector)) * taps.line + taps.column(vector), sum);
    }
  }
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
