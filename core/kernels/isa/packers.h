// Where the operands of a matrix product come from and where its rows go: plain matrices, a convolution's patches,
// flipped weights. A packer copies a block of its (often imaginary) matrix; gemm.h says how it is called.
#pragma once

#include "kernels/isa/tile.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

// Counts through the positions (n, y, x) of a grid of images.
struct Position {
  std::int64_t n, y, x;

  static Position of(std::int64_t row, std::int64_t height, std::int64_t width) {
    const auto r = static_cast<std::uint32_t>(row), w = static_cast<std::uint32_t>(width);
    const std::uint32_t line = r / w, h = static_cast<std::uint32_t>(height), n = line / h;
    return {n, line - n * h, r - line * w};
  }
  void advance(std::int64_t height, std::int64_t width) {
    if (++x < width) return;
    x = 0;
    if (++y < height) return;
    y = 0;
    ++n;
  }
};

// The rows of a result: a matrix, or every few pixels of an image.
struct OutputRows {
  float* base;
  std::int64_t height, width;           // grid of positions, row = (n * height + y) * width + x
  std::int64_t step_n, step_y, step_x;  // floats from one to the next

  static OutputRows matrix(float* base, std::int64_t stride) { return {base, 1, 0x7fffffff, 0, 0, stride}; }
  // Every sh-th line and every sw-th pixel of images [h,w,c] from `base` on, `height` and `width` of them.
  static OutputRows pixels(float* base, std::int64_t h, std::int64_t w, std::int64_t c, std::int64_t sh,
                           std::int64_t sw, std::int64_t height, std::int64_t width) {
    if (height == h && width == w) return matrix(base, c);
    return {base, height, width, h * w * c, sh * w * c, sw * c};
  }

  struct Line {
    std::int64_t offset;  // of its first row from the base
    std::int64_t rows;    // from there on so many are step_x apart
  };
  Line at(std::int64_t row) const {
    const Position at = Position::of(row, height, width);
    return {at.n * step_n + at.y * step_y + at.x * step_x, width - at.x};
  }

  // Columns [begin, end) of `count` rows from the first on: into rows of a buffer, from what lies as the result does
  // from `from` on, and from the buffer's rows to their places.
  void gather(float* to, std::int64_t to_stride, const float* from, std::int64_t first, std::int64_t count,
              std::int64_t begin, std::int64_t end) const {
    for_lines(first, count, [&](std::int64_t offset, std::int64_t i, std::int64_t rows) {
      copy_rows(to + i * to_stride, to_stride, from + offset + begin, step_x, rows, end - begin);
    });
  }
  void scatter(const float* from, std::int64_t stride, std::int64_t first, std::int64_t count, std::int64_t begin,
               std::int64_t end) const {
    for_lines(first, count, [&](std::int64_t offset, std::int64_t i, std::int64_t rows) {
      copy_rows(base + offset + begin, step_x, from + i * stride, stride, rows, end - begin);
    });
  }

 private:
  // body(offset, i, rows): rows [first + i, first + i + rows) of them lie side by side there.
  template <typename Body>
  void for_lines(std::int64_t first, std::int64_t count, Body body) const {
    for (std::int64_t i = 0, rows = 0; i < count; i += rows) {
      const Line line = at(first + i);
      rows = smaller(line.rows, count - i);
      body(line.offset, i, rows);
    }
  }
};

struct Matrix {
  const float* base;
  std::int64_t stride;  // floats from row to row

  struct Terms {
    std::int64_t begin, count;
  };
  std::int64_t grain() const { return 1; }
  Terms terms(std::int64_t begin, std::int64_t end) const { return {begin, end - begin}; }

  // By columns a wide matrix gives little of every cache line, so it is copied.
  template <Layout layout>
  SpanOfA span(float* buffer, std::int64_t m, std::int64_t left, std::int64_t tile_rows, const Terms& t) const {
    constexpr bool by_rows = layout == Layout::kRows;
    if (by_rows && !rows_collide(stride)) return {base + m * stride + t.begin, left, stride, t.count, 1, 0, 0};
    if (!by_rows && stride <= 4 * kLanes) return {base + t.begin * stride + m, left, stride, t.count, 1, 0, 0};
    if constexpr (by_rows) {
      const std::int64_t rows = tile_height(left, tile_rows);
      pack(buffer, kTileStride, m, rows, t.begin, t.begin + t.count);
      return {buffer, rows, kTileStride, t.count, 1, 0, 0};
    } else {
      const std::int64_t fitting = kBufferFloats / larger(1, t.count) / tile_rows * tile_rows;
      const std::int64_t rows = smaller(left, fitting);
      pack(buffer, rows, t.begin, t.count, m, m + rows);
      return {buffer, rows, rows, t.count, 1, 0, 0};
    }
  }

  void pack(float* to, std::int64_t to_stride, std::int64_t first, std::int64_t count, std::int64_t begin,
            std::int64_t end) const {
    copy_rows(to, to_stride, base + first * stride + begin, stride, count, end - begin);
  }
};

// Row (n, y, x) holds what a filter sees there: taps_h x taps_w pixels of `run` channels, zeros outside the image.
struct Patches {
  const float* base;                // first channel of the group
  std::int64_t h, w, pixel, run;    // image; floats per pixel; channels of the group
  std::int64_t grid_h, grid_w;      // positions of the filter
  std::int64_t step_h, step_w;      // pixels from one position to the next
  std::int64_t origin_h, origin_w;  // pixel under the first tap at position (0, 0); negative with padding
  std::int64_t taps_h, taps_w;

  // Filters of one tap that meet every pixel of n images know no lines: the pixels become a single one, so that tiles
  // need not stop where lines end.
  Patches in_one_line(std::int64_t n) const {
    const bool same = grid_h == h && grid_w == w && origin_h == 0 && origin_w == 0;
    if (taps_h * taps_w * step_h * step_w != 1 || !same) return *this;
    Patches line = *this;
    line.h = line.grid_h = 1;
    line.w = line.grid_w = n * h * w;
    return line;
  }

  // Terms [begin, end) of the sum: of the lines of taps [top, bottom), all of them or, of one alone, a part.
  struct Terms {
    std::int64_t begin, end, top, bottom;
    bool by_lines;
  };
  // One line of taps lies side by side in the image.
  std::int64_t grain() const { return larger(1, taps_w * run); }
  Terms terms(std::int64_t begin, std::int64_t end) const {
    const std::int64_t line = grain(), top = begin / line, bottom = divide_up(end, line);
    return {begin, end, top, bottom, bottom - top <= 1 || (top * line == begin && bottom * line == end)};
  }

  // Positions of one line at a time, so that lines of taps above and below the image are left out; those that see
  // nothing beyond its sides are read where they lie. Where the lines are short, positions are copied across them.
  template <Layout layout>
  SpanOfA span(float* buffer, std::int64_t m, std::int64_t left, std::int64_t tile_rows, const Terms& t) const {
    static_assert(layout == Layout::kRows);
    const Position at = Position::of(m, grid_h, grid_w);
    if (!t.by_lines || grid_w < kTileRows / 2) {
      const std::int64_t rows = tile_height(left, tile_rows);
      pack(buffer, kTileStride, m, rows, t.begin, t.end);
      return {buffer, rows, kTileStride, t.end - t.begin, 1, 0, 0};
    }
    const std::int64_t line = grain(), y = at.y * step_h + origin_h, x = at.x * step_w + origin_w;
    const std::int64_t top = smaller(t.bottom, larger(t.top, -y)), bottom = larger(top, smaller(t.bottom, h - y));
    const std::int64_t begin = larger(t.begin, top * line), end = larger(begin, smaller(t.end, bottom * line));
    const std::int64_t skip = begin - t.begin, rest = smaller(left, grid_w - at.x), inside = count_inside(x, rest);
    const std::int64_t height = tile_height(rest, tile_rows);
    if (height <= inside) {
      const std::int64_t rows = inside == rest ? rest : inside / height * height;
      const bool has_lines_below = h > taps_h;
      if (t.begin == 0 && has_lines_below) fetch_below(at.n * h + y + taps_h, x, rows);
      const std::int64_t from = begin - top * line;
      return {base + ((at.n * h + y + top) * w + x) * pixel + from,
              rows,
              step_w * pixel,
              smaller(line, end - begin),
              bottom - top,
              w * pixel,
              skip};
    }
    pack_span(buffer, kTileStride, at, height, begin, end);
    return {buffer, height, kTileStride, end - begin, 1, 0, skip};
  }

  void pack(float* to, std::int64_t to_stride, std::int64_t first, std::int64_t count, std::int64_t begin,
            std::int64_t end) const {
    Position at = Position::of(first, grid_h, grid_w);
    while (count > 0) {  // one line of positions at a time
      const std::int64_t span = smaller(count, grid_w - at.x);
      pack_span(to, to_stride, at, span, begin, end);
      to += span * to_stride;
      count -= span;
      at.x += span - 1;
      at.advance(grid_h, grid_w);
    }
  }

 private:
  // Asks for the lines from `line` on that `rows` positions one line below are the first to see. Images are read once
  // and come from far; the processor does not foresee that several lines are read at once, a little of each.
  void fetch_below(std::int64_t line, std::int64_t x, std::int64_t rows) const {
    for (std::int64_t i = 0; i < step_h; ++i) {
      const float* from = base + ((line + i) * w + x) * pixel;
      for (std::int64_t f = 0; f < rows * step_w * pixel; f += kCacheLine) PINWHEEL_FETCH(from + f);
    }
  }

  // Of `count` positions, the first of which sees pixel x first: how many can be read where they lie.
  std::int64_t count_inside(std::int64_t x, std::int64_t count) const {
    if (x < 0 || x + taps_w > w || (run != pixel && taps_w > 1) || rows_collide(step_w * pixel)) return 0;
    if (step_w == 1) return smaller(count, w - taps_w - x + 1);
    return smaller(count, static_cast<std::uint32_t>(w - taps_w - x) / static_cast<std::uint32_t>(step_w) + 1);
  }

  // `count` positions side by side, one line of taps after the other.
  void pack_span(float* to, std::int64_t to_stride, const Position& at, std::int64_t count, std::int64_t begin,
                 std::int64_t end) const {
    const std::int64_t line = taps_w * run, x = at.x * step_w + origin_w;
    // Positions [low, high) of the span see only columns inside the image.
    const std::int64_t low = x >= 0 ? 0 : smaller(count, divide_up(-x, step_w));
    const std::int64_t high = w - taps_w < x ? low : larger(low, smaller(count, (w - taps_w - x) / step_w + 1));
    for (std::int64_t tap = line == 0 ? 0 : begin / line; begin < end; ++tap) {
      const std::int64_t from = begin - tap * line, size = smaller(line - from, end - begin);
      const std::int64_t y = at.y * step_h + origin_h + tap;
      if (y < 0 || y >= h) {
        for (std::int64_t r = 0; r < count; ++r) fill_zero(to + r * to_stride, size);
      } else {
        const float* row = base + (at.n * h + y) * w * pixel;
        for (std::int64_t r = 0; r < low; ++r) pack_line(to + r * to_stride, row, x + r * step_w, from, from + size);
        if (run == pixel) {
          copy_rows(to + low * to_stride, to_stride, row + (x + low * step_w) * pixel + from, step_w * pixel,
                    high - low, size);
        } else {
          for (std::int64_t r = low; r < high; ++r)
            pack_line(to + r * to_stride, row, x + r * step_w, from, from + size);
        }
        for (std::int64_t r = high; r < count; ++r)
          pack_line(to + r * to_stride, row, x + r * step_w, from, from + size);
      }
      to += size;
      begin += size;
    }
  }

  // Elements [from, to) of one line of taps starting at pixel x, tap by tap.
  void pack_line(float* out, const float* row, std::int64_t x, std::int64_t from, std::int64_t to) const {
    std::int64_t tap = from / run, channel = from - tap * run;
    for (; from < to; ++tap, channel = 0) {
      const std::int64_t size = smaller(run - channel, to - from);
      if (x + tap < 0 || x + tap >= w) {
        fill_zero(out, size);
      } else {
        copy(out, row + (x + tap) * pixel + channel, size);
      }
      out += size;
      from += size;
    }
  }
};

// Rows of weights or examples, [O,depth], as the matrix [depth,O].
struct Turned {
  const float* base;
  std::int64_t depth;

  void pack(float* to, std::int64_t to_stride, std::int64_t first, std::int64_t count, std::int64_t begin,
            std::int64_t end) const {
    constexpr std::int64_t kRows = 16;  // at once: more than a processor reads ahead
    for (std::int64_t o = begin; o < end; o += kRows) {
      const std::int64_t rows = smaller(kRows, end - o);
      const float* from = base + o * depth + first;
      float* at = to + (o - begin);
      for (std::int64_t k = 0; k < count; ++k, at += to_stride) {
        for (std::int64_t r = 0; r < rows; ++r) at[r] = from[r * depth + k];
      }
    }
  }
};

// For the input gradient: row (i, j, o) is weight[o, i', j', :] with taps in reverse order and, for a stride, only
// every stride-th of them.
struct FlippedWeights {
  const float* base;              // weight [o,kh,kw,run] of the group
  std::int64_t kw, run, filter;   // floats per filter = kh * kw * run
  std::int64_t outputs;           // filters
  std::int64_t taps_h, taps_w;    // that take part
  std::int64_t first_h, first_w;  // the smallest tap that takes part
  std::int64_t step_h, step_w;    // the stride

  void pack(float* to, std::int64_t to_stride, std::int64_t first, std::int64_t count, std::int64_t begin,
            std::int64_t end) const {
    Position at = Position::of(first, taps_w, outputs);  // (i, j, o)
    for (std::int64_t r = 0; r < count; ++r, at.advance(taps_w, outputs)) {
      const std::int64_t i = first_h + (taps_h - 1 - at.n) * step_h, j = first_w + (taps_w - 1 - at.y) * step_w;
      copy(to + r * to_stride, base + at.x * filter + (i * kw + j) * run + begin, end - begin);
    }
  }
};

// to[columns][rows] = from[rows][columns] transposed.
void transpose(Context& ctx, float* to, const float* from, std::int64_t rows, std::int64_t columns);
// sums[c] = sum over rows of x[rows, c]: block sums in float, blocks added in order in double. Uses scratch slot 2.
void sum_columns(Context& ctx, float* sums, const float* x, std::int64_t rows, std::int64_t c);

}  // namespace pinwheel::kernels::PINWHEEL_ISA
