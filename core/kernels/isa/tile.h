// What the micro-kernel multiplies: a span of rows of A, tile after tile, kTileRows broadcasts of which meet two
// vectors of B, all in registers.
#pragma once

#include "kernels/isa/kernel_set.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

#if defined(__AVX512F__)
inline constexpr int kTileRows = 12;
#elif defined(__AVX2__) || defined(__wasm_relaxed_simd__)
inline constexpr int kTileRows = 6;
#else
inline constexpr int kTileRows = 4;  // a product needs a register before it is added
#endif
inline constexpr int kTileColumns = 2 * kLanes;

// The rows and the vectors of columns that a tile has at most; panels of B are as wide. kWideTiles: with short vectors,
// three of them would leave a second tile half empty, and are better taken at once, by fewer rows.
struct TileShape {
  std::int64_t rows, vectors;
  PINWHEEL_INLINE std::int64_t columns() const { return vectors * kLanes; }
};
inline constexpr bool kWideTiles = kLanes == 4;
PINWHEEL_INLINE TileShape tile_shape(std::int64_t columns) {
  return kWideTiles && divide_up(columns, kLanes) == 3 ? TileShape{3, 3} : TileShape{kTileRows, 2};
}

inline constexpr std::int64_t kBlockDepth = 256;  // terms of a sum that a tile takes at once, at most

// kRows: a row of A lies side by side. kColumns: for a product with a transposed matrix, its columns do.
enum class Layout { kRows, kColumns };

// `rows` rows in `pieces` runs of `depth` terms each, where they lie: element (m, k) of a piece is at m * stride + k
// (Layout::kRows) or at m + k * stride (Layout::kColumns). The first `skip` terms of B's block meet nothing but zeros.
struct SpanOfA {
  const float* base;
  std::int64_t rows, stride, depth, pieces, piece_stride, skip;
};

// Rows of a span at most. Short sums take many at once, so that finding them costs less than the sums, but no more than
// the processor has addresses of pages at hand; long ones no more than stay in the first-level cache while every panel
// of B passes.
inline constexpr std::int64_t kSpanRows = 72, kSpanFloats = 4096;
PINWHEEL_INLINE std::int64_t span_rows(std::int64_t terms, std::int64_t tile_rows) {
  const std::int64_t fitting = kSpanFloats / larger(1, terms) / tile_rows * tile_rows;
  return smaller(kSpanRows, larger(tile_rows, fitting));
}

// A row of the buffer for rows that are copied, a tile at a time. Not a multiple of a page: rows would fall into the
// same sets of the cache.
inline constexpr std::int64_t kTileStride = kBlockDepth + 16, kBufferFloats = kTileRows * kTileStride;
// Rows so many floats apart do that. Of a tile with more rows than a set has places for, they are better copied.
inline constexpr int kPlaces = 8;
PINWHEEL_INLINE bool rows_collide(std::int64_t stride) { return kTileRows > kPlaces && stride % 1024 == 0; }

// How high the highest tile of `rows` rows is, `most` at most. Tiles are about the same height: in one of a row or two
// every addition would wait for the one before it.
PINWHEEL_INLINE std::int64_t tile_height(std::int64_t rows, std::int64_t most) {
  return rows <= most ? rows : divide_up(rows, divide_up(rows, most));
}
// The tiles of a span: so many of that height, then others that have a row less.
struct SpanTiles {
  std::int64_t height, higher, lower;
  PINWHEEL_INLINE SpanTiles(std::int64_t rows, std::int64_t most)
      : height(tile_height(rows, most)), higher(1), lower(0) {
    if (rows == height) return;
    const std::int64_t count = divide_up(rows, height);
    lower = count * height - rows;
    higher = count - lower;
  }
};

}  // namespace pinwheel::kernels::PINWHEEL_ISA
