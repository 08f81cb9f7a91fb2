// The one matrix product behind dense layers and convolutions: C[m,n] = bias[n] + sum_k A[m,k] * B[k,n]. Blocks of A
// and B are copied into small contiguous buffers by *packers*, so an operand may be a matrix, a convolution's patches
// or flipped weights that never exist in memory as a whole (Goto & van de Geijn 2008, with implicit im2col).
//
// A packer has pack(to, stride, first, count, begin, end): columns [begin, end) of rows [first, first + count) go to
// `to`, one row every `stride` floats. B's rows run over k. A's rows run over m (Layout::kRows) or, for a product with
// a transposed matrix, over k (Layout::kColumns).
//
// Work is cut by the sizes alone. A long reduction over few outputs is cut into chunks whose sums are added in order.
#pragma once

#include "kernels/isa/packers.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

// The micro-kernel's tile, in registers: kTileRows broadcasts of A against two vectors of B.
#if defined(__AVX512F__)
inline constexpr int kTileRows = 12;
#elif defined(__AVX2__)
inline constexpr int kTileRows = 6;
#else
inline constexpr int kTileRows = 4;
#endif
inline constexpr int kTileColumns = 2 * kLanes;

// The block of B that a task holds (in L2; a tile's part of it streams through L1). The padding of a row keeps rows
// from falling into the same cache set.
inline constexpr std::int64_t kBlockDepth = 256;
inline constexpr std::int64_t kBlockColumns = 128;
inline constexpr std::int64_t kBlockStride = kBlockColumns + 16;

enum class Layout { kRows, kColumns };

// How a tile of A lies in its buffer: element (m, k) at m * kRow + k * kDepth.
template <Layout layout>
struct TileOfA {
  static constexpr std::int64_t kRow = kBlockDepth + 16, kDepth = 1;
  static constexpr std::int64_t kFloats = kTileRows * kRow;
};
template <>
struct TileOfA<Layout::kColumns> {
  static constexpr std::int64_t kRow = 1, kDepth = 16;
  static constexpr std::int64_t kFloats = kBlockDepth * kDepth;
};

// c[row][0..columns) = bias + product, or += product where bias is null. At most kTileColumns columns.
using MicroKernel = void (*)(std::int64_t depth, const float* a, const float* b, float* const* c, const float* bias,
                             std::int64_t columns);
// The micro-kernel for a tile of `rows` rows (1 … kTileRows) and `columns` columns.
MicroKernel micro_kernel(Layout layout, std::int64_t rows, std::int64_t columns);

struct GemmSizes {
  std::int64_t m, n, k;
  std::int64_t count;  // that many independent products of the same sizes (groups)
};

// How a product is cut. Depends on nothing but the sizes.
struct GemmPlan {
  std::int64_t row_blocks, column_blocks, chunks;
  std::int64_t rows, columns, depth;  // of a block
};
GemmPlan plan_gemm(const GemmSizes& sizes);

template <typename A, typename B>
struct Product {
  A a;
  B b;
  OutputRows out;
  const float* bias;  // [n] or null
};

// The block [m0, m1) x [n0, n1) of `out`, summed over [k0, k1).
template <Layout layout, typename A, typename B>
void gemm_block(const A& a, const B& b, const OutputRows& out, const float* bias, std::int64_t m0, std::int64_t m1,
                std::int64_t n0, std::int64_t n1, std::int64_t k0, std::int64_t k1) {
  using Tile = TileOfA<layout>;
  alignas(64) float block[kBlockDepth * kBlockStride];
  alignas(64) float tile[Tile::kFloats];
  alignas(64) float padded_bias[kBlockColumns] = {};
  if (bias != nullptr) copy(padded_bias, bias + n0, n1 - n0);

  const std::int64_t steps = larger(divide_up(k1 - k0, kBlockDepth), 1);
  for (std::int64_t step = 0; step < steps; ++step) {
    const std::int64_t begin = k0 + (k1 - k0) * step / steps, end = k0 + (k1 - k0) * (step + 1) / steps;
    if ((n1 - n0) % kLanes != 0) {  // lanes past the last column are computed and thrown away: let them be zeros
      for (std::int64_t k = 0; k < end - begin; ++k) {
        store(block + k * kBlockStride + (n1 - n0) / kLanes * kLanes, Floats{});
      }
    }
    if (begin < end) b.pack(block, kBlockStride, begin, end - begin, n0, n1);  // a filter may have no tap here
    std::int64_t depth = end - begin;
#ifdef PINWHEEL_BREAK_KERNEL
    depth -= depth % 4 != 0;  // THE DELIBERATE FAULT: forgets the last term of a sum. The tests must notice.
#endif
    std::int64_t tiles = divide_up(m1 - m0, kTileRows);
    for (std::int64_t m = m0; m < m1; --tiles) {
      const std::int64_t rows = divide_up(m1 - m, tiles);
      if constexpr (layout == Layout::kRows) {
        a.pack(tile, Tile::kRow, m, rows, begin, end);
      } else {
        a.pack(tile, Tile::kDepth, begin, end - begin, m, m + rows);
      }
      float* c[kTileRows];
      out.locate(c, m, rows);
      for (std::int64_t i = 0; i < rows; ++i) c[i] += n0;
      for (std::int64_t n = 0; n < n1 - n0; n += kTileColumns) {
        const std::int64_t columns = smaller(n1 - n0 - n, kTileColumns);
        micro_kernel(layout, rows, columns)(depth, tile, block + n, c, step == 0 ? padded_bias + n : nullptr, columns);
        for (std::int64_t i = 0; i < rows; ++i) c[i] += columns;
      }
      m += rows;
    }
  }
}

// Sums the chunks [chunks][m][n] in order into the output rows.
void add_chunks(Context& ctx, const OutputRows& out, const float* bias, const float* partial, std::int64_t chunks,
                std::int64_t m, std::int64_t n);

// product_of(i) gives the i-th of sizes.count products. Uses scratch slot 0.
template <Layout layout, typename ProductOf>
void gemm(Context& ctx, const GemmSizes& sizes, const ProductOf& product_of) {
  const GemmPlan plan = plan_gemm(sizes);
  const std::int64_t m = sizes.m, n = sizes.n, k = sizes.k, chunks = plan.chunks, floats = m * n;
  float* partial = chunks == 1 ? nullptr : ctx.scratch(0, static_cast<std::size_t>(sizes.count * chunks * floats));

  const std::int64_t tasks = sizes.count * chunks * plan.row_blocks * plan.column_blocks;
  ctx.pool().for_each(static_cast<std::size_t>(tasks), [&](std::size_t task) {
    std::int64_t rest = static_cast<std::int64_t>(task);
    const std::int64_t m0 = rest % plan.row_blocks * plan.rows;
    rest /= plan.row_blocks;
    const std::int64_t n0 = rest % plan.column_blocks * plan.columns;
    rest /= plan.column_blocks;
    const std::int64_t chunk = rest % chunks, item = rest / chunks;
    const auto product = product_of(item);
    const std::int64_t m1 = smaller(m, m0 + plan.rows), n1 = smaller(n, n0 + plan.columns);
    const std::int64_t k0 = smaller(k, chunk * plan.depth), k1 = smaller(k, k0 + plan.depth);
    const bool whole = chunks == 1;
    gemm_block<layout>(product.a, product.b,
                       whole ? product.out : OutputRows::matrix(partial + (item * chunks + chunk) * floats, n),
                       whole ? product.bias : nullptr, m0, m1, n0, n1, k0, k1);
  });
  for (std::int64_t item = 0; chunks > 1 && item < sizes.count; ++item) {
    const auto product = product_of(item);
    add_chunks(ctx, product.out, product.bias, partial + item * chunks * floats, chunks, m, n);
  }
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
