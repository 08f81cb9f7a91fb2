// A tile is some outputs by one or two vectors of a filter's taps. Its sums stay in registers over a few lines of
// positions, and are added up in memory from there on.
#include "kernels/isa/few_outputs.h"

#include <utility>

#include "kernels/isa/gemm.h"
#include "kernels/isa/tap_vectors.h"

namespace pinwheel::kernels::PINWHEEL_ISA {
namespace {

constexpr std::int64_t kMostOutputs = 16;
constexpr std::int64_t kVectorsAtOnce = 2;
constexpr std::int64_t kBlockPositions = 256;   // whose sums stay in registers
constexpr std::int64_t kChunkPositions = 2048;  // worth a task of their own
constexpr std::int64_t kMostChunks = 32;

// Some lines of positions of one image.
struct Block {
  const float *x, *dy;  // at the first position
  std::int64_t lines, width;
  std::int64_t x_line, x_step, dy_line, dy_step;  // floats from one to the next
  std::int64_t vector[kVectorsAtOnce];            // floats from a position to what it sees
  std::int64_t lanes;
  std::int64_t ahead;  // floats to what is worth asking for meanwhile
};

// sums[row][vector] += sum over the positions of dy[row] * x[vector]
template <int kRows, int kVectors>
void add_block(float* sums, const Block& b) {
  Floats sum[kRows][kVectors] = {};
  for (std::int64_t line = 0; line < b.lines; ++line) {
    const float *x = b.x + line * b.x_line, *dy = b.dy + line * b.dy_line;
    PINWHEEL_UNROLL_SUM
    for (std::int64_t p = 0; p < b.width; ++p, x += b.x_step, dy += b.dy_step) {
      PINWHEEL_FETCH(x + b.ahead);
      Floats seen[kVectors];
      PINWHEEL_UNROLL
      for (int v = 0; v < kVectors; ++v) seen[v] = load_taps(x + b.vector[v], b.lanes);
      PINWHEEL_UNROLL
      for (int m = 0; m < kRows; ++m) {
        const Floats left = broadcast(dy[m]);
        PINWHEEL_UNROLL
        for (int v = 0; v < kVectors; ++v) sum[m][v] = fma(left, seen[v], sum[m][v]);
      }
    }
  }
  PINWHEEL_UNROLL
  for (int m = 0; m < kRows; ++m) {
    PINWHEEL_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      float* to = sums + (m * kVectorsAtOnce + v) * kLanes;
      store(to, load(to) + sum[m][v]);
    }
  }
}

using AddBlock = void (*)(float* sums, const Block& b);
struct AddBlocks {
  AddBlock of[kVectorsAtOnce][kTileRows];
};
template <int... kRow>
constexpr AddBlocks add_blocks(std::integer_sequence<int, kRow...>) {
  return {{{add_block<kRow + 1, 1>...}, {add_block<kRow + 1, 2>...}}};
}
constexpr AddBlocks kAddBlocks = add_blocks(std::make_integer_sequence<int, kTileRows>{});

// Images [first, last), `vectors` vectors of taps from the one on: to[o][kh * kw * c] = their share of the gradient.
void gradient_of_vectors(float* to, const float* dy, const float* x, const ConvDims& d, const TapVectors& taps,
                         std::int64_t vector, std::int64_t vectors, std::int64_t first, std::int64_t last) {
  alignas(64) float sums[kMostOutputs * kVectorsAtOnce * kLanes] = {};
  Block b{};
  b.width = d.ow;
  b.x_line = d.sh * d.w * d.c;
  b.x_step = d.sw * d.c;
  b.dy_line = d.ow * d.o;
  b.dy_step = d.o;
  b.lanes = taps.lanes();
  for (std::int64_t v = 0; v < vectors; ++v) {
    b.vector[v] = taps.row(vector + v) * d.w * d.c + taps.column(vector + v);
  }
  b.ahead = 2 * b.x_line;
  const std::int64_t lines = larger(1, kBlockPositions / d.ow);
  for (std::int64_t n = first; n < last; ++n) {
    for (std::int64_t oh = 0; oh < d.oh; oh += lines) {
      b.lines = smaller(lines, d.oh - oh);
      b.x = x + n * d.h * d.w * d.c + oh * b.x_line;
      b.dy = dy + (n * d.oh + oh) * b.dy_line;
      for (std::int64_t o = 0, rows = 0; o < d.o; o += rows, b.dy += rows) {
        rows = tile_height(d.o - o, kTileRows);
        kAddBlocks.of[vectors - 1][rows - 1](sums + o * kVectorsAtOnce * kLanes, b);
      }
    }
  }
  for (std::int64_t o = 0; o < d.o; ++o) {
    for (std::int64_t v = 0; v < vectors; ++v) {
      float* line = to + (o * d.kh + taps.row(vector + v)) * taps.line;
      store_some(line + taps.column(vector + v), load(sums + (o * kVectorsAtOnce + v) * kLanes),
                 static_cast<int>(b.lanes));
    }
  }
}

}  // namespace

bool has_few_outputs(const ConvDims& d) {
  return d.groups == 1 && d.o <= kMostOutputs && d.ph == 0 && d.pw == 0 && d.kw * d.c >= kLeastLine;
}

void few_outputs_backward_weight(Context& ctx, float* dweight, const float* dy, const float* x, const ConvDims& d) {
  const TapVectors taps(d);
  const std::int64_t size = d.o * d.kh * taps.line, wanted = d.n * d.oh * d.ow / kChunkPositions;
  const std::int64_t chunks = larger(1, smaller(smaller(d.n, kMostChunks), wanted));
  const std::int64_t parts = divide_up(taps.count, kVectorsAtOnce);
  float* partial = chunks == 1 ? dweight : ctx.scratch(0, static_cast<std::size_t>(chunks * size));
  ctx.pool().for_each(static_cast<std::size_t>(chunks * parts), [&](std::size_t task) {
    const std::int64_t chunk = static_cast<std::int64_t>(task) / parts;
    const std::int64_t vector = static_cast<std::int64_t>(task) % parts * kVectorsAtOnce;
    gradient_of_vectors(partial + chunk * size, dy, x, d, taps, vector, smaller(kVectorsAtOnce, taps.count - vector),
                        chunk * d.n / chunks, (chunk + 1) * d.n / chunks);
  });
  if (chunks > 1) add_chunks(ctx, OutputRows::matrix(dweight, size), nullptr, nullptr, false, partial, chunks, 1, size);
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
