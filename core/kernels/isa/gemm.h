// The one matrix product behind dense layers and convolutions: C[m,n] = bias[n] + sum_k A[m,k] * B[k,n]. Blocks of B
// are copied into small contiguous buffers by *packers* and A is read where it lies or copied likewise, so an operand
// may be a matrix, a convolution's patches or flipped weights that never exist in memory as a whole (Goto & van de
// Geijn 2008, with implicit im2col).
//
// B has pack(to, stride, first, count, begin, end): columns [begin, end) of rows [first, first + count) go to `to`, one
// row every `stride` floats. Its rows run over k. Or it is packed as a whole already (Panels). A gives spans of its
// rows over some terms of the sum, see tile.h: where they lie already, or a tile of them copied. grain() terms side by
// side are best not cut.
//
// A long reduction over few outputs is cut into chunks whose sums are added in order.
#pragma once

#include <array>

#include "kernels/isa/packers.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

// The block of B that a task holds (in L2), panel after panel: a tile streams through one panel. What is packed already
// need not pay for it, so that its blocks may be smaller: more tasks.
inline constexpr std::int64_t kBlockColumns = 128, kPackedColumns = 64;
// What is packed and met by fewer rows than these is wanted faster than a processor foresees.
inline constexpr std::int64_t kFewRows = 64;
// A product of fewer multiplications is done sooner than another thread has taken over its part.
inline constexpr std::int64_t kLeastShared = std::int64_t{1} << 14;

// Where and how sums are written: the bias goes to them, and what lies at `to` in rows as far apart as the result's,
// where that is not null; then what is less than `least` becomes that.
struct Writing {
  float* c;           // the first of the rows and columns
  std::int64_t row;   // floats from row to row
  const float* bias;  // from the first of the columns on, padded to whole vectors
  const float* to;
  float least;  // see ended()

  PINWHEEL_INLINE void skip_rows(std::int64_t n) { skip(n * row); }
  PINWHEEL_INLINE void skip_columns(std::int64_t n) {
    skip(n);
    bias += n;
  }

 private:
  PINWHEEL_INLINE void skip(std::int64_t floats) {
    c += floats;
    if (to != nullptr) to += floats;
  }
};
// The bias that changes nothing: x + -0 is x for every x, also -0.
inline constexpr auto kNoBias = [] {
  std::array<float, kBlockColumns> none{};
  for (float& x : none) x = -0.0F;
  return none;
}();

// Product for the rows of a span, written as is said. b is a panel of the shape, with at most as many columns as that
// has. from_far: what lies behind it is wanted next, and may not be in cache.
void multiply_span(Layout layout, const TileShape& shape, const SpanOfA& a, const SpanTiles& tiles, const float* b,
                   bool from_far, const Writing& as, std::int64_t columns);
// The same for a single row, by rows, over several panels of kTileColumns, `panel` floats apart: one of them would have
// every addition wait for the one before it.
void multiply_row(const SpanOfA& a, const float* b, std::int64_t panel, const Writing& as, std::int64_t columns);

struct GemmSizes {
  std::int64_t m, n, k;
  std::int64_t count;     // that many independent products of the same sizes (groups)
  std::int64_t line = 1;  // so many rows lie side by side in an image: best not cut
  // Threads should rather have the same rows in every such product than the same part of a sum: those of weights, which
  // one thread updates and the others would have to fetch from it.
  bool keeps_rows = false;
};

// How a product is cut. Sums are cut by nothing but the sizes; whether there are other threads decides on blocks of
// rows.
struct GemmPlan {
  std::int64_t row_blocks, column_blocks, chunks;
  std::int64_t rows, columns, depth;  // of a block
};
GemmPlan plan_gemm(const GemmSizes& sizes, std::int64_t most_columns, bool alone);

template <typename A, typename B>
struct Product {
  A a;
  B b;
  OutputRows out;
  const float* bias;             // [n] or null
  const float* added = nullptr;  // to the sums, in rows as far apart as the result's, or these themselves; or null
  bool rectify = false;
};

// Cuts a sum over [k0, k1) into steps of at most kBlockDepth terms and about the same length. Steps begin and end with
// a run of `grain` terms that lie side by side in A, or inside one, so that A can be read where it lies.
struct Steps {
  Steps(std::int64_t k0, std::int64_t k1, std::int64_t grain) : first_(k0), unit_(grain), parts_(1) {
    if (k0 % grain != 0 || k1 % grain != 0 || k0 == k1) unit_ = 1;  // no terms: one empty step, which writes the bias
    if (unit_ > kBlockDepth) parts_ = divide_up(unit_, kBlockDepth);
    units_ = (k1 - k0) / unit_;
    count_ = parts_ > 1 ? units_ * parts_ : larger(1, divide_up(units_, kBlockDepth / unit_));
  }
  std::int64_t count() const { return count_; }
  // Where step i begins; step count() is the end.
  std::int64_t begin(std::int64_t i) const {
    if (parts_ == 1) return first_ + i * units_ / count_ * unit_;
    return first_ + i / parts_ * unit_ + i % parts_ * unit_ / parts_;
  }

 private:
  std::int64_t first_, unit_, parts_, units_, count_;
};

// B [k,n] packed: panel after panel of all its terms, the last panel filled up with zeros.
struct Panels {
  const float* base;
  std::int64_t k;

  // From term `begin` on, the panel with columns [n0, n0 + width); then the next ones, k * width floats apart.
  const float* at(std::int64_t begin, std::int64_t n0, std::int64_t width) const {
    return base + n0 * k + begin * width;
  }
};
// Where the columns of each panel begin and how many fit into it.
struct PanelColumns {
  explicit PanelColumns(std::int64_t n) : block(plan_gemm({1, n, 1, 1}, kPackedColumns, true).columns), all(n) {}
  std::int64_t width_at(std::int64_t n0) const {
    return tile_shape(smaller(block, all - n0 / block * block)).columns();
  }
  // Calls body(n0, width) for every panel.
  template <typename Body>
  void for_each(Body body) const {
    for (std::int64_t n0 = 0, width = 0; n0 < all; n0 += width) body(n0, width = width_at(n0));
  }
  std::int64_t padded() const {
    std::int64_t end = 0;
    for_each([&](std::int64_t n0, std::int64_t width) { end = n0 + width; });
    return end;
  }
  std::int64_t block, all;
};

// Where the i-th share of [begin, end) begins, `length` to a share, and the one before it ends. What would be narrower
// than a vector, or than layers at their narrowest, stays with the share before it.
inline constexpr std::int64_t kNarrowestShare = smaller(kLanes, kLeastTiledChannels);
PINWHEEL_INLINE std::int64_t share_begin(std::int64_t begin, std::int64_t end, std::int64_t length, std::int64_t i) {
  const std::int64_t at = begin + i * length;
  return i > 0 && end - at < kNarrowestShare ? end : at;
}

// Columns that tasks share: blocks of them, and where these are fewer than wanted, runs of whole panels of a block.
class ColumnTasks {
 public:
  struct Columns {
    std::int64_t n0, n1;  // none where they meet
    TileShape shape;      // of the block's panels
  };
  ColumnTasks(std::int64_t n, std::int64_t block, std::int64_t wanted) : all_(n), block_(block) {
    const std::int64_t pieces = larger(1, divide_up(wanted, divide_up(n, block)));
    run_ = round_up(divide_up(block, pieces), tile_shape(smaller(n, block)).columns());
    in_block_ = divide_up(block, run_);
  }
  std::int64_t count() const { return divide_up(all_, block_) * in_block_; }
  std::int64_t most() const { return smaller(run_ + kNarrowestShare - 1, all_); }  // of a task, at most
  Columns at(std::int64_t task) const {
    const std::int64_t begin = task / in_block_ * block_, end = smaller(all_, begin + block_);
    const std::int64_t run = task % in_block_;
    return {share_begin(begin, end, run_, run), share_begin(begin, end, run_, run + 1), tile_shape(end - begin)};
  }

 private:
  std::int64_t all_, block_, run_, in_block_;
};

template <typename B>
void pack_all(Context& ctx, float* to, const B& b, std::int64_t k, std::int64_t n) {
  constexpr std::int64_t kTerms = 1024;  // to a task
  const PanelColumns columns(n);
  const std::int64_t parts = divide_up(k, kTerms);
  ctx.pool().for_each(static_cast<std::size_t>(divide_up(n, columns.block) * parts), [=, &b](std::size_t index) {
    const auto task = static_cast<std::int64_t>(index);
    const std::int64_t first = task / parts * columns.block, begin = task % parts * kTerms;
    const std::int64_t end = smaller(n, first + columns.block), width = columns.width_at(first);
    const std::int64_t terms = smaller(kTerms, k - begin);
    for (std::int64_t n0 = first; n0 < end; n0 += width) {
      const std::int64_t count = smaller(width, end - n0);
      float* panel = to + n0 * k + begin * width;
      if (count < width) fill_zero(panel, width * terms);
      b.pack(panel, width, begin, terms, n0, n0 + count);
    }
  });
}

// Terms [begin, end) of columns [n0, n1) of B as panels `width` columns wide.
template <typename B>
void pack_panels(float* block, std::int64_t width, const B& b, std::int64_t begin, std::int64_t end, std::int64_t n0,
                 std::int64_t n1) {
  if (begin == end) return;  // a filter may have no tap here
  for (std::int64_t n = n0; n < n1; n += width, block += kBlockDepth * width) {
    const std::int64_t columns = smaller(n1 - n, width);
    if (columns % kLanes != 0) {  // lanes past the last column are computed and thrown away: let them be zeros
      for (std::int64_t k = 0; k < end - begin; ++k) {
        store(block + k * width + columns / kLanes * kLanes, Floats{});
      }
    }
    b.pack(block, width, begin, end - begin, n, n + columns);
  }
}

template <typename B>
inline constexpr bool kIsPacked = false;
template <>
inline constexpr bool kIsPacked<Panels> = true;

// The block [m0, m1) x [n0, n1) of `product`, summed over [k0, k1), tile by tile of a shape: where B is packed, the one
// that its panels were made for.
template <Layout layout, typename A, typename B>
void gemm_block(const Product<A, B>& product, const TileShape& shape, std::int64_t m0, std::int64_t m1, std::int64_t n0,
                std::int64_t n1, std::int64_t k0, std::int64_t k1) {
  const auto& [a, b, out, bias, added, rectify] = product;
  constexpr bool packed = kIsPacked<B>;
  alignas(64) float block[packed ? 1 : kBlockDepth * kBlockColumns];
  alignas(64) float buffer[kBufferFloats];
  alignas(64) float padded_bias[kBlockColumns];
  alignas(64) float lines[kTileRows * kBlockColumns];  // for rows that do not lie equally far apart
  if (bias != nullptr) {
    copy(padded_bias, bias + n0, n1 - n0);
    fill_zero(padded_bias + (n1 - n0), round_up(n1 - n0, kLanes) - (n1 - n0));
  }

  const std::int64_t width = shape.columns();
  const bool from_far = packed && m1 - m0 < kFewRows;
  const Steps steps(k0, k1, a.grain());
  for (std::int64_t step = 0; step < steps.count(); ++step) {
    const std::int64_t begin = steps.begin(step), end = steps.begin(step + 1);
    const float* first = block;
    std::int64_t apart = kBlockDepth * width;
    if constexpr (packed) {
      first = b.at(begin, n0, width);
      apart = b.k * width;
    } else {
      pack_panels(block, width, b, begin, end, n0, n1);
    }
    const auto terms = a.terms(begin, end);
    const std::int64_t most = span_rows(end - begin, shape.rows);
    for (std::int64_t m = m0, rows = 0; m < m1; m += rows) {
      SpanOfA span = a.template span<layout>(buffer, m, smaller(m1 - m, most), shape.rows, terms);
      const auto [offset, side_by_side] = out.at(m);
      rows = span.rows = smaller(span.rows, larger(side_by_side, kTileRows));
#ifdef PINWHEEL_BREAK_KERNEL
      span.depth -=
          span.depth % 4 != 0;  // THE DELIBERATE FAULT: forgets the last term of a sum. The tests must notice.
#endif
      const bool whole_lines = rows <= side_by_side;
      const float* before = step == 0 ? added : out.base;
      Writing as{};
      as.bias = step == 0 && bias != nullptr ? padded_bias : kNoBias.data();
      if (whole_lines) {
        as.c = out.base + offset + n0;
        as.row = out.step_x;
        as.to = before == nullptr ? nullptr : before + offset + n0;
      } else {
        as.c = lines;
        as.row = kBlockColumns;
        as.to = before == nullptr ? nullptr : lines;
        if (before != nullptr) out.gather(lines, kBlockColumns, before, m, rows, n0, n1);
      }
      as.least = least_of(rectify && step + 1 == steps.count());
      if (packed && rows == 1 && span.pieces == 1 && shape.vectors == 2) {
        multiply_row(span, first, apart, as, n1 - n0);
        continue;
      }
      const SpanTiles tiles(rows, shape.rows);
      const float* panel = first;
      for (std::int64_t n = 0; n < n1 - n0; n += width, panel += apart) {
        multiply_span(layout, shape, span, tiles, panel, from_far, as, smaller(n1 - n0 - n, width));
        as.skip_columns(width);
      }
      if (!whole_lines) out.scatter(lines, kBlockColumns, m, rows, n0, n1);
    }
  }
}

// Sums the chunks [chunks][m][n] in order into the output rows.
void add_chunks(Context& ctx, const OutputRows& out, const float* bias, const float* added, bool rectify,
                const float* partial, std::int64_t chunks, std::int64_t m, std::int64_t n);

// How many tasks should share the columns of packed panels, which are to be had in `blocks`, where each comes `others`
// times: more where the threads would not come out even, if there is work enough to hand over.
inline std::int64_t even_columns(const Context& ctx, std::int64_t others, std::int64_t blocks, std::int64_t products) {
  const auto threads = static_cast<std::int64_t>(ctx.pool().threads());
  const std::int64_t tasks = others * blocks, even = 4 * threads;
  if (tasks >= even || tasks % threads == 0 || products < kLeastShared) return blocks;
  return divide_up(even, others);
}

// product_of(i) gives the i-th of sizes.count products. Uses scratch slot 0.
template <Layout layout, typename ProductOf>
void gemm(Context& ctx, const GemmSizes& sizes, const ProductOf& product_of) {
  using Right = decltype(product_of(0).b);
  const bool alone = ctx.pool().threads() == 1;
  const GemmPlan plan = plan_gemm(sizes, kIsPacked<Right> ? kPackedColumns : kBlockColumns, alone);
  const std::int64_t m = sizes.m, n = sizes.n, k = sizes.k, chunks = plan.chunks, floats = m * n;
  float* partial = chunks == 1 ? nullptr : ctx.scratch(0, static_cast<std::size_t>(sizes.count * chunks * floats));

  // Threads begin with tasks side by side: each is to read mostly the rows of A that it wrote. What another thread
  // wrote takes longer to fetch than what nobody writes, so that B is shared wherever there are rows enough.
  const bool by_rows = !alone && (m > n || plan.row_blocks >= static_cast<std::int64_t>(ctx.pool().threads()));
  const bool rows_first = by_rows && sizes.keeps_rows;
  const std::int64_t others = sizes.count * chunks * plan.row_blocks;
  const ColumnTasks columns(
      n, plan.columns, kIsPacked<Right> ? even_columns(ctx, others, plan.column_blocks, m * n * k * sizes.count) : 1);
  const std::int64_t column_tasks = columns.count(), tasks = others * column_tasks;
  ctx.pool().for_each(static_cast<std::size_t>(tasks), [&](std::size_t task) {
    std::int64_t rest = static_cast<std::int64_t>(task);
    const auto next = [&rest](std::int64_t count) {
      const std::int64_t index = rest % count;
      rest /= count;
      return index;
    };
    std::int64_t row = 0;
    if (!by_rows) row = next(plan.row_blocks);
    const auto [n0, n1, shape] = columns.at(next(column_tasks));
    if (by_rows && !rows_first) row = next(plan.row_blocks);
    const std::int64_t chunk = next(chunks);
    if (rows_first) row = next(plan.row_blocks);
    const std::int64_t item = rest, m0 = row * plan.rows;
    if (n0 == n1) return;
    auto product = product_of(item);
    const std::int64_t m1 = smaller(m, m0 + plan.rows);
    const std::int64_t k0 = smaller(k, chunk * plan.depth), k1 = smaller(k, k0 + plan.depth);
    if (chunks > 1) {
      product.out = OutputRows::matrix(partial + (item * chunks + chunk) * floats, n);
      product.bias = nullptr;
      product.added = nullptr;
      product.rectify = false;
    }
    gemm_block<layout>(product, shape, m0, m1, n0, n1, k0, k1);
  });
  for (std::int64_t item = 0; chunks > 1 && item < sizes.count; ++item) {
    const auto product = product_of(item);
    add_chunks(ctx, product.out, product.bias, product.added, product.rectify, partial + item * chunks * floats, chunks,
               m, n);
  }
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
