// The micro-kernels, one for each shape of tile, and how a product is cut into tasks.
#include "kernels/isa/gemm.h"

#include <cstddef>
#include <utility>

namespace pinwheel::kernels::PINWHEEL_ISA {
namespace {

constexpr int kGroup = 3;  // rows that one register addresses: 0, 1 and 2 strides from it

// The sums of a tile. kWhole: it has columns for all of its vectors. What varies is data, not code, so that the many
// sums stay in their registers.
template <bool kWhole, int kRows, int kVectors>
PINWHEEL_INLINE void write_tile(const Floats (&sums)[kRows][kVectors], const Writing& as, std::int64_t columns) {
  const Floats least = broadcast(as.least);
  const auto row = static_cast<std::ptrdiff_t>(as.row);
  PINWHEEL_UNROLL
  for (int v = 0; v < kVectors; ++v) {
    const std::int64_t left = columns - v * kLanes;
    const int lanes = kWhole || left >= kLanes ? kLanes : static_cast<int>(left);
    const Floats bias = load(as.bias + v * kLanes);
    if (as.to == nullptr) {
      PINWHEEL_UNROLL
      for (int m = 0; m < kRows; ++m) {
        float* c = as.c + m / kGroup * kGroup * row + v * kLanes;
        store_some(c + m % kGroup * row, max(least, bias + sums[m][v]), lanes);
      }
    } else {
      PINWHEEL_UNROLL
      for (int m = 0; m < kRows; ++m) {
        const float* to = as.to + m / kGroup * kGroup * row + v * kLanes;
        float* c = as.c + m / kGroup * kGroup * row + v * kLanes;
        const Floats sum = load_some(to + m % kGroup * row, lanes) + (bias + sums[m][v]);
        store_some(c + m % kGroup * row, max(least, sum), lanes);
      }
    }
  }
}

// Some tiles of kRows rows each, from row `first` of the span on. kWidth: vectors of a panel. kFromFar: asks for what
// lies behind the panel's terms, which is wanted next.
template <Layout layout, bool kFromFar, int kWidth, int kRows, int kVectors>
void multiply_tiles(const SpanOfA& span, std::int64_t first, std::int64_t tiles, const float* b, Writing as,
                    std::int64_t columns) {
  constexpr int kGroups = (kRows + kGroup - 1) / kGroup;
  const auto stride = static_cast<std::ptrdiff_t>(span.stride), row = layout == Layout::kRows ? stride : 1;
  const auto depth = static_cast<std::ptrdiff_t>(span.depth),
             piece_stride = static_cast<std::ptrdiff_t>(span.piece_stride);
  const float* base = span.base + static_cast<std::ptrdiff_t>(first) * row;
  as.skip_rows(first);
  b += span.skip * kWidth * kLanes;
  const std::ptrdiff_t ahead = depth * kWidth * kLanes;
  for (; tiles > 0; --tiles, base += kRows * row, as.skip_rows(kRows)) {
    Floats sum[kRows][kVectors] = {};
    const float* from = base;
    const float* panel = b;
    for (std::int64_t piece = 0; piece < span.pieces; ++piece, from += piece_stride) {
      const float* a[kGroups];
      PINWHEEL_UNROLL
      for (int g = 0; g < kGroups; ++g) a[g] = from + g * kGroup * row;
      PINWHEEL_UNROLL_SUM
      for (std::ptrdiff_t k = 0; k < depth; ++k, panel += kWidth * kLanes) {
        Floats right[kVectors];
        PINWHEEL_UNROLL
        for (int v = 0; v < kVectors; ++v) right[v] = load(panel + v * kLanes);
        PINWHEEL_UNROLL
        for (int f = 0; f < (kFromFar ? kVectors * kLanes : 0); f += kCacheLine)
          PINWHEEL_FETCH_NEARER(panel + ahead + f);
        PINWHEEL_UNROLL
        for (int m = 0; m < kRows; ++m) {
          const Floats left = broadcast(a[m / kGroup][m % kGroup * row]);
          PINWHEEL_UNROLL
          for (int v = 0; v < kVectors; ++v) sum[m][v] = fma(left, right[v], sum[m][v]);
        }
        PINWHEEL_UNROLL
        for (int g = 0; g < kGroups; ++g) a[g] += layout == Layout::kRows ? 1 : stride;
      }
    }
    if (columns >= kVectors * kLanes) {
      write_tile<true>(sum, as, columns);
    } else {
      write_tile<false>(sum, as, columns);
    }
  }
}
using MultiplyTiles = void (*)(const SpanOfA& span, std::int64_t first, std::int64_t tiles, const float* b, Writing as,
                               std::int64_t columns);

// kernels[vectors - 1][rows - 1]
struct TileKernels {
  MultiplyTiles of[2][kTileRows];
  MultiplyTiles wide[3];
};
template <Layout layout, bool kFromFar, int... kRow>
constexpr TileKernels tile_kernels(std::integer_sequence<int, kRow...>) {
  TileKernels kernels{
      {{multiply_tiles<layout, kFromFar, 2, kRow + 1, 1>...}, {multiply_tiles<layout, kFromFar, 2, kRow + 1, 2>...}},
      {}};
  if constexpr (kWideTiles) {
    kernels.wide[0] = multiply_tiles<layout, kFromFar, 3, 1, 3>;
    kernels.wide[1] = multiply_tiles<layout, kFromFar, 3, 2, 3>;
    kernels.wide[2] = multiply_tiles<layout, kFromFar, 3, 3, 3>;
  }
  return kernels;
}
constexpr auto kHeights = std::make_integer_sequence<int, kTileRows>{};
constexpr TileKernels kByRows = tile_kernels<Layout::kRows, false>(kHeights),
                      kByRowsFromFar = tile_kernels<Layout::kRows, kFetches>(kHeights),
                      kByColumns = tile_kernels<Layout::kColumns, false>(kHeights);

constexpr std::int64_t kTasks = 64;        // enough for 16 threads to finish at about the same time
constexpr std::int64_t kLeastRows = 64;    // of a block: packing B must pay
constexpr std::int64_t kLeastPacked = 24;  // where that is done, if there are as many products as are worth a task:
constexpr std::int64_t kLeastProducts = std::int64_t{1} << 16;
constexpr std::int64_t kLeastLines = 8;     // that threads may share line by line
constexpr std::int64_t kMostRows = 768;     // their part of C must stay in cache from step to step
constexpr std::int64_t kLeastChunk = 1536;  // terms of a sum worth a task of their own

}  // namespace

void multiply_span(Layout layout, const TileShape& shape, const SpanOfA& a, const SpanTiles& tiles, const float* b,
                   bool from_far, const Writing& as, std::int64_t columns) {
  const TileKernels& all = layout == Layout::kColumns ? kByColumns : from_far ? kByRowsFromFar : kByRows;
  const MultiplyTiles* kernels = shape.vectors == 3 ? all.wide : all.of[columns > kLanes];
  kernels[tiles.height - 1](a, 0, tiles.higher, b, as, columns);
  if (tiles.lower == 0) return;
  kernels[tiles.height - 2](a, tiles.higher * tiles.height, tiles.lower, b, as, columns);
}

void multiply_row(const SpanOfA& span, const float* b, std::int64_t panel, const Writing& as, std::int64_t columns) {
  constexpr int kPanels = static_cast<int>(smaller(4, kPackedColumns / kTileColumns)),
                kVectors = 2 * kPanels;  // at once
  b += span.skip * kTileColumns;
  for (std::int64_t n = 0; n < columns; n += kPanels * kTileColumns, b += kPanels * panel) {
    const float* from[kPanels];  // beyond the last panel the last one again
    for (std::int64_t p = 0; p < kPanels; ++p) {
      from[p] = b + smaller(p, divide_up(columns - n, kTileColumns) - 1) * panel;
    }
    Floats sum[kVectors] = {};
    for (std::int64_t k = 0; k < span.depth; ++k) {
      const Floats left = broadcast(span.base[k]);
      PINWHEEL_UNROLL
      for (int v = 0; v < kVectors; ++v) sum[v] = fma(left, load(from[v / 2] + v % 2 * kLanes), sum[v]);
      PINWHEEL_UNROLL
      for (int p = 0; p < kPanels; ++p) from[p] += kTileColumns;
    }
    PINWHEEL_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      const std::int64_t at = n + v * kLanes, left = columns - at;
      if (left <= 0) break;
      const int lanes = left < kLanes ? static_cast<int>(left) : kLanes;
      sum[v] = load_some(as.bias + at, lanes) + sum[v];
      if (as.to != nullptr) sum[v] = load_some(as.to + at, lanes) + sum[v];
      store_some(as.c + at, max(broadcast(as.least), sum[v]), lanes);
    }
  }
}

GemmPlan plan_gemm(const GemmSizes& s, std::int64_t most_columns, bool alone) {
  GemmPlan plan{};
  plan.column_blocks = divide_up(s.n, most_columns);
  plan.columns = round_up(divide_up(s.n, plan.column_blocks), kTileColumns);
  if (kWideTiles && divide_up(s.n, kLanes) == 5) plan.columns = 3 * kLanes;  // a wide tile and another
  plan.column_blocks = divide_up(s.n, plan.columns);

  // A long sum is cut before the rows are: every block of rows would pack the same B again.
  // Where it is cut decides on the bits of the sum, so the width of vectors has no say in it.
  plan.chunks = larger(1, smaller(divide_up(kTasks, s.count * divide_up(s.n, kBlockColumns)), s.k / kLeastChunk));
  plan.depth = divide_up(s.k, plan.chunks);

  // Nobody to share the work with: as few blocks as can be.
  const std::int64_t tasks = s.count * plan.column_blocks * plan.chunks;
  const std::int64_t wanted = alone ? divide_up(s.m, kMostRows) : divide_up(kTasks, tasks);
  std::int64_t least = kLeastRows;
  if (most_columns == kPackedColumns) {
    least = smaller(least, larger(kLeastPacked, kLeastProducts / larger(1, plan.columns * plan.depth)));
  }
  plan.row_blocks = larger(1, smaller(wanted, s.m / least));
  const bool by_lines = s.line >= kTileRows && s.m >= kLeastLines * s.line;
  plan.rows = round_up(divide_up(s.m, plan.row_blocks), by_lines ? s.line : kTileRows);
  plan.row_blocks = divide_up(s.m, plan.rows);
  return plan;
}

void add_chunks(Context& ctx, const OutputRows& out, const float* bias, const float* added, bool rectify,
                const float* partial, std::int64_t chunks, std::int64_t m, std::int64_t n) {
  ctx.pool().for_each(static_cast<std::size_t>(m), [=](std::size_t index) {
    const auto row = static_cast<std::int64_t>(index);
    const std::int64_t offset = out.at(row).offset;
    float* to = out.base + offset;
    const float* from = added == nullptr ? nullptr : added + offset;
    for_vectors(n, [=](std::int64_t i, int lanes) {
      Floats sum = bias != nullptr ? load_some(bias + i, lanes) : Floats{};
      if (from != nullptr) sum += load_some(from + i, lanes);
      for (std::int64_t chunk = 0; chunk < chunks; ++chunk)
        sum += load_some(partial + (chunk * m + row) * n + i, lanes);
      store_some(to + i, rectify ? rectified(sum) : sum, lanes);
    });
  });
}

void transpose(Context& ctx, float* to, const float* from, std::int64_t rows, std::int64_t columns) {
  constexpr std::int64_t kBlock = 16;
  ctx.pool().for_ranges(static_cast<std::size_t>(divide_up(rows, kBlock)), 1, [=](std::size_t block, std::size_t) {
    const std::int64_t first = static_cast<std::int64_t>(block) * kBlock, last = smaller(rows, first + kBlock);
    for (std::int64_t c = 0; c < columns; ++c) {
      for (std::int64_t r = first; r < last; ++r) to[c * rows + r] = from[r * columns + c];
    }
  });
}

void sum_columns(Context& ctx, float* sums, const float* x, std::int64_t rows, std::int64_t c) {
  constexpr std::int64_t kRows = 512;
  const std::int64_t blocks = divide_up(rows, kRows);
  float* partial = ctx.scratch(2, static_cast<std::size_t>(blocks * c));
  ctx.pool().for_each(static_cast<std::size_t>(blocks), [=](std::size_t index) {
    const auto block = static_cast<std::int64_t>(index);
    const std::int64_t first = block * kRows, last = smaller(rows, first + kRows);
    for_vectors(c, [=](std::int64_t i, int lanes) {
      Floats sum{};
      for (std::int64_t r = first; r < last; ++r) sum += load_some(x + r * c + i, lanes);
      store_some(partial + block * c + i, sum, lanes);
    });
  });
  for (std::int64_t i = 0; i < c; ++i) {
    double sum = 0;
    for (std::int64_t block = 0; block < blocks; ++block) sum += static_cast<double>(partial[block * c + i]);
    sums[i] = static_cast<float>(sum);
  }
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
