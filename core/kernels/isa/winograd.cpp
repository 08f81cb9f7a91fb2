// With d a tile's 4x4 inputs and g a 3x3 filter, its 2x2 outputs are y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A, where
//        ⎡1  0 −1  0⎤        ⎡ 1   0   0 ⎤         ⎡1  0⎤
//   Bᵀ = ⎢0  1  1  0⎥    G = ⎢ ½   ½   ½ ⎥     A = ⎢1  1⎥
//        ⎢0 −1  1  0⎥        ⎢ ½  −½   ½ ⎥         ⎢1 −1⎥
//        ⎣0  1  0 −1⎦        ⎣ 0   0   1 ⎦         ⎣0 −1⎦
// Summed over the channels, ⊙ is a matrix product for each of the 16 points. The gradient by the filter follows by
// turning the chain around: dg = Gᵀ [Σ over tiles (A dy Aᵀ) ⊙ (Bᵀ d B)] G; that by the input is a convolution of dy
// with the flipped filters. Tiles go in blocks whose transforms stay in cache.
#include "kernels/isa/winograd.h"

#include "kernels/isa/gemm.h"

namespace pinwheel::kernels::PINWHEEL_ISA {
namespace {

constexpr int kTaps = 3, kIn = 4, kOut = 2, kPoints = kIn * kIn;
constexpr std::int64_t kLeastTiles = 64;                      // in a block: packing the filters must pay
constexpr std::int64_t kBlockFloats = std::int64_t{1} << 18;  // of transforms in a block, 1 MiB
constexpr std::int64_t kTilesToTask = 8;

// The tiles that cover grids of h x w outputs.
struct Tiles {
  std::int64_t n, h, w, down, across;

  Tiles(std::int64_t n_, std::int64_t h_, std::int64_t w_)
      : n(n_), h(h_), w(w_), down(divide_up(h_, kOut)), across(divide_up(w_, kOut)) {}
  std::int64_t count() const { return n * down * across; }
  // So many at a time, about evenly.
  std::int64_t block(std::int64_t channels) const {
    const std::int64_t most = larger(kLeastTiles, kBlockFloats / (kPoints * channels));
    return divide_up(count(), divide_up(count(), most));
  }
};

// Floats from a point's values to the next one's. A tile's 16 points are written side by side: not a multiple of a page
// apart, or they would fall into the same cache set.
std::int64_t plane_of(std::int64_t values) { return round_up(values, 1024) + kCacheLine; }

// Images whose pixels tiles see: the first tile's corner lies at (-above, -left).
struct Images {
  const float* base;
  std::int64_t h, w, c, above, left;
};

// Where kSide x kSide pixels of a tile lie; beyond the image a line of zeros stands for them.
template <int kSide>
struct Seen {
  const float* at[kSide][kSide];

  Seen(const Images& images, const float* zeros, const Tiles& tiles, std::int64_t tile) {
    const Position place = Position::of(tile, tiles.down, tiles.across);
    const std::int64_t y = place.y * kOut - images.above, x = place.x * kOut - images.left;
    const float* corner = images.base + ((place.n * images.h + y) * images.w + x) * images.c;
    for (std::int64_t i = 0; i < kSide; ++i) {
      for (std::int64_t j = 0; j < kSide; ++j) {
        const bool inside = y + i >= 0 && y + i < images.h && x + j >= 0 && x + j < images.w;
        at[i][j] = inside ? corner + (i * images.w + j) * images.c : zeros;
      }
    }
  }
};

struct Four {
  Floats v[kIn];
};
// Bᵀ d, G g and A y, by the number of values.
PINWHEEL_INLINE Four spread(const Floats (&d)[kIn]) { return {{d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]}}; }
PINWHEEL_INLINE Four spread(const Floats (&g)[kTaps]) {
  const Floats half = broadcast(0.5F), even = (g[0] + g[2]) * half, odd = g[1] * half;
  return {{g[0], even + odd, even - odd, g[2]}};
}
PINWHEEL_INLINE Four spread(const Floats (&y)[kOut]) { return {{y[0], y[0] + y[1], y[0] - y[1], -y[1]}}; }

// to[point][length] from kSide x kSide lines of so many values, which lie at at(i, j): columns are spread, then rows.
template <int kSide, typename At>
PINWHEEL_INLINE void transform(float* to, std::int64_t plane, std::int64_t length, At at) {
  for_vectors(length, [&](std::int64_t c, int lanes) {
    Floats lines[kIn][kSide];
    PINWHEEL_UNROLL
    for (int j = 0; j < kSide; ++j) {
      Floats column[kSide];
      PINWHEEL_UNROLL
      for (int i = 0; i < kSide; ++i) column[i] = load_some(at(i, j) + c, lanes);
      const Four four = spread(column);
      PINWHEEL_UNROLL
      for (int i = 0; i < kIn; ++i) lines[i][j] = four.v[i];
    }
    PINWHEEL_UNROLL
    for (int i = 0; i < kIn; ++i) {
      const Four line = spread(lines[i]);
      PINWHEEL_UNROLL
      for (int j = 0; j < kIn; ++j) store_some(to + (i * kIn + j) * plane + c, line.v[j], lanes);
    }
  });
}

// to[point][tile][c] = Bᵀ d B (of 4x4 pixels) or A dy Aᵀ (of 2x2) of tiles [first, last), the block's first being
// `begin`; planes are `plane` floats apart.
template <int kSide>
void transform_tiles(float* to, std::int64_t plane, const Images& images, const float* zeros, const Tiles& tiles,
                     std::int64_t begin, std::int64_t first, std::int64_t last) {
  for (std::int64_t tile = first; tile < last; ++tile) {
    const Seen<kSide> seen(images, zeros, tiles, tile);
    transform<kSide>(to + (tile - begin) * images.c, plane, images.c, [&](int i, int j) { return seen.at[i][j]; });
  }
}

// y = Aᵀ m A + bias of tiles [first, last) from m[point][tile][c], the block's first tile being `begin`.
void transform_outputs(float* y, const float* bias, const float* m, std::int64_t plane, std::int64_t c,
                       const Tiles& tiles, std::int64_t begin, std::int64_t first, std::int64_t last) {
  for (std::int64_t tile = first; tile < last; ++tile) {
    const Position place = Position::of(tile, tiles.down, tiles.across);
    const std::int64_t top = place.y * kOut, left = place.x * kOut;
    const std::int64_t rows = smaller(kOut, tiles.h - top), columns = smaller(kOut, tiles.w - left);
    float* to = y + ((place.n * tiles.h + top) * tiles.w + left) * c;
    const float* from = m + (tile - begin) * c;
    for_vectors(c, [=](std::int64_t channel, int lanes) {
      Floats sums[kIn], differences[kIn];  // Aᵀ m
      PINWHEEL_UNROLL
      for (int j = 0; j < kIn; ++j) {
        const float* column = from + j * plane + channel;
        const Floats second = load_some(column + kIn * plane, lanes),
                     third = load_some(column + 2 * kIn * plane, lanes);
        sums[j] = load_some(column, lanes) + second + third;
        differences[j] = second - third - load_some(column + 3 * kIn * plane, lanes);
      }
      const Floats start = bias != nullptr ? load_some(bias + channel, lanes) : Floats{};
      const auto put = [&](float* line, const Floats* t) {
        store_some(line + channel, start + (t[0] + t[1] + t[2]), lanes);
        if (columns > 1) store_some(line + c + channel, start + (t[1] - t[2] - t[3]), lanes);
      };
      put(to, sums);
      if (rows > 1) put(to + tiles.w * c, differences);
    });
  }
}

// Filters as rows of `length` values for each tap.
struct Filters {
  const float* base;
  std::int64_t rows, length;
  std::int64_t row_stride, tap_stride;
  bool flipped;

  const float* at(std::int64_t row, int i, int j) const {
    const int tap = i * kTaps + j;
    return base + row * row_stride + (flipped ? kTaps * kTaps - 1 - tap : tap) * tap_stride;
  }
};

// to[point][row][length] = G g Gᵀ
void transform_filters(Context& ctx, float* to, const Filters& filters) {
  const std::int64_t plane = plane_of(filters.rows * filters.length);
  ctx.pool().for_each(static_cast<std::size_t>(filters.rows), [=](std::size_t index) {
    const auto row = static_cast<std::int64_t>(index);
    transform<kTaps>(to + row * filters.length, plane, filters.length,
                     [&](int i, int j) { return filters.at(row, i, j); });
  });
}

// dweight[row][tap][c] = Gᵀ s G from s[point][row][c]
void transform_sums(Context& ctx, float* dweight, const float* s, std::int64_t rows, std::int64_t length) {
  const std::int64_t plane = plane_of(rows * length);
  ctx.pool().for_each(static_cast<std::size_t>(rows), [=](std::size_t index) {
    const auto row = static_cast<std::int64_t>(index);
    float* out = dweight + row * kTaps * kTaps * length;
    for_vectors(length, [=](std::int64_t c, int lanes) {
      const Floats half = broadcast(0.5F);
      Floats taps[kTaps][kIn];  // Gᵀ s
      PINWHEEL_UNROLL
      for (int j = 0; j < kIn; ++j) {
        const float* column = s + j * plane + row * length + c;
        const Floats second = load_some(column + kIn * plane, lanes),
                     third = load_some(column + 2 * kIn * plane, lanes);
        const Floats even = (second + third) * half;
        taps[0][j] = load_some(column, lanes) + even;
        taps[1][j] = (second - third) * half;
        taps[2][j] = even + load_some(column + 3 * kIn * plane, lanes);
      }
      PINWHEEL_UNROLL
      for (int i = 0; i < kTaps; ++i) {
        const Floats* t = taps[i];
        const Floats even = (t[1] + t[2]) * half;
        float* to = out + i * kTaps * length + c;
        store_some(to, t[0] + even, lanes);
        store_some(to + length, (t[1] - t[2]) * half, lanes);
        store_some(to + 2 * length, even + t[3], lanes);
      }
    });
  });
}

// Calls body(first, last) for pieces of tiles [begin, end) on all threads.
template <typename Body>
void for_tiles(Context& ctx, std::int64_t begin, std::int64_t end, Body body) {
  ctx.pool().for_ranges(static_cast<std::size_t>(end - begin), static_cast<std::size_t>(kTilesToTask),
                        [=](std::size_t first, std::size_t last) {
                          body(begin + static_cast<std::int64_t>(first), begin + static_cast<std::int64_t>(last));
                        });
}

const float* line_of_zeros(Context& ctx, std::int64_t length) {
  float* zeros = ctx.scratch(3, static_cast<std::size_t>(length));
  fill_zero(zeros, length);
  return zeros;
}

// y[tiles] = bias + images * filters; u are the transformed filters, [point][images.c][outputs].
void convolve(Context& ctx, float* y, const Images& images, const float* u, const float* bias, const Tiles& tiles,
              std::int64_t outputs) {
  const std::int64_t c = images.c, block = tiles.block(c + outputs);
  const std::int64_t in_plane = plane_of(block * c), out_plane = plane_of(block * outputs),
                     filter_plane = plane_of(c * outputs);
  const float* zeros = line_of_zeros(ctx, c);
  float* v = ctx.scratch(2, static_cast<std::size_t>(kPoints * (in_plane + out_plane)));
  float* m = v + kPoints * in_plane;
  for (std::int64_t begin = 0; begin < tiles.count(); begin += block) {
    const std::int64_t end = smaller(tiles.count(), begin + block);
    for_tiles(ctx, begin, end, [=, &images, &tiles](std::int64_t first, std::int64_t last) {
      transform_tiles<kIn>(v, in_plane, images, zeros, tiles, begin, first, last);
    });
    gemm<Layout::kRows>(ctx, {end - begin, outputs, c, kPoints}, [=](std::int64_t point) {
      return Product<Matrix, Matrix>{{v + point * in_plane, c},
                                     {u + point * filter_plane, outputs},
                                     OutputRows::matrix(m + point * out_plane, outputs),
                                     nullptr};
    });
    for_tiles(ctx, begin, end, [=, &tiles](std::int64_t first, std::int64_t last) {
      transform_outputs(y, bias, m, out_plane, outputs, tiles, begin, first, last);
    });
  }
}

}  // namespace

void winograd_forward(Context& ctx, float* y, const float* x, const float* weight, const float* bias,
                      const ConvDims& d) {
  float* weight_t = ctx.scratch(3, static_cast<std::size_t>(kTaps * kTaps * d.c * d.o));  // [3,3,C,O]
  transpose(ctx, weight_t, weight, d.o, kTaps * kTaps * d.c);
  float* u = ctx.scratch(1, static_cast<std::size_t>(kPoints * plane_of(d.c * d.o)));
  transform_filters(ctx, u, {weight_t, d.c, d.o, d.o, d.c * d.o, false});
  convolve(ctx, y, {x, d.h, d.w, d.c, d.ph, d.pw}, u, bias, Tiles(d.n, d.oh, d.ow), d.o);
}

void winograd_backward_input(Context& ctx, float* dx, const float* dy, const float* weight, const ConvDims& d) {
  float* u = ctx.scratch(1, static_cast<std::size_t>(kPoints * plane_of(d.c * d.o)));
  transform_filters(ctx, u, {weight, d.o, d.c, kTaps * kTaps * d.c, d.c, true});
  convolve(ctx, dx, {dy, d.oh, d.ow, d.o, kTaps - 1 - d.ph, kTaps - 1 - d.pw}, u, nullptr, Tiles(d.n, d.h, d.w), d.c);
}

void winograd_backward_weight(Context& ctx, float* dweight, const float* dy, const float* x, const ConvDims& d) {
  const Tiles tiles(d.n, d.oh, d.ow);
  const Images inputs{x, d.h, d.w, d.c, d.ph, d.pw}, gradients{dy, d.oh, d.ow, d.o, 0, 0};
  const std::int64_t c = d.c, o = d.o, block = tiles.block(c + o);
  const std::int64_t in_plane = plane_of(block * c), gradient_plane = plane_of(block * o), sum_plane = plane_of(c * o);
  const float* zeros = line_of_zeros(ctx, larger(c, o));
  float* sums = ctx.scratch(1, static_cast<std::size_t>(kPoints * sum_plane));  // [point,O,C]
  float* v = ctx.scratch(2, static_cast<std::size_t>(kPoints * (in_plane + gradient_plane)));
  float* e = v + kPoints * in_plane;
  for (std::int64_t begin = 0; begin < tiles.count(); begin += block) {
    const std::int64_t end = smaller(tiles.count(), begin + block);
    for_tiles(ctx, begin, end, [=, &inputs, &gradients, &tiles](std::int64_t first, std::int64_t last) {
      transform_tiles<kIn>(v, in_plane, inputs, zeros, tiles, begin, first, last);
      transform_tiles<kOut>(e, gradient_plane, gradients, zeros, tiles, begin, first, last);
    });
    gemm<Layout::kColumns>(ctx, {o, c, end - begin, kPoints}, [=](std::int64_t point) {
      return Product<Matrix, Matrix>{{e + point * gradient_plane, o},
                                     {v + point * in_plane, c},
                                     OutputRows::matrix(sums + point * sum_plane, c),
                                     nullptr,
                                     begin > 0};
    });
  }
  transform_sums(ctx, dweight, sums, o, c);
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
