// With d a tile's inputs and g a filter, its outputs are y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A, with the matrices of
// winograd_points.h once for the columns and once for the rows. Summed over the channels, ⊙ is a matrix product for
// each of the points. The gradient by the filter follows by turning the chain around: dg = Gᵀ [Σ over tiles (A dy Aᵀ) ⊙
// (Bᵀ d B)] G; that by the input is a convolution of dy with the flipped filters. Tiles go in blocks whose transforms
// stay in cache. Filters that would not, and that few tiles meet, are kept as their taps, a quarter of the
// points of 3x3 filters, and transformed where they are multiplied: fetching points takes longer than making them.
#include "kernels/isa/winograd.h"

#include <utility>

#include "kernels/isa/gemm.h"
#include "kernels/isa/winograd_points.h"

namespace pinwheel::kernels::PINWHEEL_ISA {
namespace {

constexpr std::int64_t kLeastTiles = 64;                      // in a block: packing the filters must pay
constexpr std::int64_t kBlockFloats = std::int64_t{1} << 18;  // of transforms in a block, 1 MiB
constexpr std::int64_t kTilesToTask = 8, kChannelsToTask = 16;
constexpr std::int64_t kMostPoints = std::int64_t{1} << 18;  // of filters that stay in cache, 1 MiB
constexpr std::int64_t kFewTiles = 32;                       // of an image
constexpr std::int64_t kOwnTiles = 48, kLeastOwnTiles = 4;   // that one thread takes through all three steps

// Floats from a point's values to the next one's: an odd number of cache lines. A tile's points are written side by
// side, and would fall into a few of the cache's sets otherwise.
std::int64_t plane_of(std::int64_t values) { return (divide_up(values, kCacheLine) | 1) * kCacheLine; }

std::int64_t filter_plane(std::int64_t rows, std::int64_t length) {
  return plane_of(rows * PanelColumns(length).padded());
}

// Images whose pixels tiles see: the first tile's corner lies at (-above, -left).
struct Images {
  const float* base;
  std::int64_t h, w, c, above, left;
};

// The lanes of a whole vector and what holds of a whole tile, as types: what is compiled for them does not ask at every
// load and store.
struct AllLanes {
  PINWHEEL_INLINE constexpr operator int() const { return kLanes; }
};
struct Always {
  PINWHEEL_INLINE constexpr operator bool() const { return true; }
};

// Calls body(channel, lanes) for vectors that cover channels [begin, end), kNarrowestShare at least, and no others:
// these may be another thread's. They may overlap, so that few are partial.
template <typename Body>
PINWHEEL_INLINE void for_covering_vectors(std::int64_t begin, std::int64_t end, Body body) {
  if constexpr (kNarrowestShare < kLanes) {
    if (end - begin < kLanes) return body(begin, static_cast<int>(end - begin));
  }
  for (std::int64_t i = begin; i < end; i += kLanes) body(smaller(i, end - kLanes), AllLanes{});
}

// Tiles [first, last) in channels [from, to).
struct Share {
  std::int64_t first, last, from, to;
};

// Tiles of kIn x kIn inputs and kOut x kOut outputs.
template <int kIn, int kTaps>
struct Filtering {
  static constexpr int kOut = kIn - kTaps + 1, kPoints = kIn * kIn;

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

  static Tiles outputs_of(const ConvDims& d) { return Tiles(d.n, d.oh, d.ow); }

  // From kFrom x kFrom vectors, which lie at at(i, j), to kTo x kTo: along(…) goes over the columns, then the rows.
  template <int kFrom, int kTo, typename Lanes, typename At, typename Along, typename Put>
  static PINWHEEL_INLINE void transform(Lanes lanes, At at, Along along, Put put) {
    Floats lines[kTo][kFrom];
    PINWHEEL_UNROLL
    for (int j = 0; j < kFrom; ++j) {
      Floats column[kFrom];
      PINWHEEL_UNROLL
      for (int i = 0; i < kFrom; ++i) column[i] = load_some(at(i, j), lanes);
      const Several<kTo> values = along(column);
      PINWHEEL_UNROLL
      for (int i = 0; i < kTo; ++i) lines[i][j] = values.v[i];
    }
    PINWHEEL_UNROLL
    for (int i = 0; i < kTo; ++i) {
      const Several<kTo> values = along(lines[i]);
      PINWHEEL_UNROLL
      for (int j = 0; j < kTo; ++j) put(i, j, values.v[j]);
    }
  }
  // to[point][c] from lines of c values, some of these.
  template <int kSide, typename At, typename Spread>
  static PINWHEEL_INLINE void transform_lines(float* to, std::int64_t plane, const Share& share, At at, Spread spread) {
    for_covering_vectors(share.from, share.to, [&](std::int64_t channel, auto lanes) {
      transform<kSide, kIn>(
          lanes, [&](int i, int j) { return at(i, j) + channel; }, spread,
          [=](int i, int j, Floats value) { store_some(to + (i * kIn + j) * plane + channel, value, lanes); });
    });
  }

  // to[point][tile][c] from kSide x kSide pixels of a share of the tiles, the block's first being `begin`; planes are
  // `plane` floats apart. Beyond the image a line of zeros stands for its pixels.
  template <int kSide, typename Spread>
  static void transform_tiles(float* to, std::int64_t plane, const Images& images, const float* zeros,
                              const Tiles& tiles, std::int64_t begin, const Share& share, Spread spread) {
    const std::int64_t h = images.h, w = images.w, c = images.c;
    Position place = Position::of(share.first, tiles.down, tiles.across);
    for (std::int64_t tile = share.first; tile < share.last; ++tile, place.advance(tiles.down, tiles.across)) {
      const std::int64_t y = place.y * kOut - images.above, x = place.x * kOut - images.left;
      const float* corner = images.base + ((place.n * h + y) * w + x) * c;
      float* out = to + (tile - begin) * c;
      if (y >= 0 && y + kSide <= h && x >= 0 && x + kSide <= w) {
        transform_lines<kSide>(
            out, plane, share, [=](int i, int j) { return corner + (i * w + j) * c; }, spread);
        continue;
      }
      const float* at[kSide][kSide];
      for (std::int64_t i = 0; i < kSide; ++i) {
        for (std::int64_t j = 0; j < kSide; ++j) {
          const bool inside = y + i >= 0 && y + i < h && x + j >= 0 && x + j < w;
          at[i][j] = inside ? corner + (i * w + j) * c : zeros;
        }
      }
      transform_lines<kSide>(
          out, plane, share, [&](int i, int j) { return at[i][j]; }, spread);
    }
  }
  // Bᵀ d B
  static void transform_inputs(float* to, std::int64_t plane, const Images& images, const float* zeros,
                               const Tiles& tiles, std::int64_t begin, const Share& share) {
    transform_tiles<kIn>(to, plane, images, zeros, tiles, begin, share,
                         [](const Floats(&d)[kIn]) { return Points<kIn>::spread(d); });
  }
  // A dy Aᵀ
  static void transform_gradients(float* to, std::int64_t plane, const Images& images, const float* zeros,
                                  const Tiles& tiles, std::int64_t begin, const Share& share) {
    transform_tiles<kOut>(to, plane, images, zeros, tiles, begin, share,
                          [](const Floats(&y)[kOut]) { return evaluate<kIn>(y); });
  }

  // m[point][tile][channel] of a share: where it begins, and floats from point to point and from tile to tile.
  struct Sums {
    const float* m;
    std::int64_t plane, row;
  };

  // y = Aᵀ m A + bias of a share of the tiles, of c channels.
  static void transform_outputs(float* y, const float* bias, const ConvEnd& end, const Sums& sums, std::int64_t c,
                                const Tiles& tiles, const Share& share) {
    const std::int64_t line = tiles.w * c, plane = sums.plane;
    const Floats least = broadcast(least_of(end.rectify));
    Position place = Position::of(share.first, tiles.down, tiles.across);
    for (std::int64_t tile = share.first; tile < share.last; ++tile, place.advance(tiles.down, tiles.across)) {
      const std::int64_t top = place.y * kOut, left = place.x * kOut;
      const std::int64_t rows = smaller(kOut, tiles.h - top), columns = smaller(kOut, tiles.w - left);
      const std::int64_t corner = (place.n * tiles.h + top) * line + left * c;
      float* to = y + corner;
      const float* added = end.added == nullptr ? nullptr : end.added + corner;
      const float* from = sums.m + (tile - share.first) * sums.row;
      const auto write = [=](auto whole) {
        for_covering_vectors(share.from, share.to, [=](std::int64_t channel, auto lanes) {
          const Floats start = bias != nullptr ? load_some(bias + channel, lanes) : Floats{};
          transform<kIn, kOut>(
              lanes, [=](int i, int j) { return from + (i * kIn + j) * plane + (channel - share.from); },
              [](const Floats(&m)[kIn]) { return collect<kOut>(m); },
              [=](int i, int j, Floats value) {
                if (!whole && (i >= rows || j >= columns)) return;
                const std::int64_t at = i * line + j * c + channel;
                value = ended(start + value, added == nullptr ? nullptr : added + at, least, lanes);
                store_some(to + at, value, lanes);
              });
        });
      };
      if (rows == kOut && columns == kOut) {
        write(Always{});
      } else {
        write(false);
      }
    }
  }

  // Are filters kept as taps, Panels [taps,taps,rows; length], where tiles of such images meet them?
  static bool keeps_taps(const Tiles& tiles, std::int64_t rows, std::int64_t length) {
    return kPoints * rows * length > kMostPoints && tiles.down * tiles.across < kFewTiles;
  }
  static std::int64_t filter_floats(const Tiles& tiles, std::int64_t rows, std::int64_t length) {
    if (keeps_taps(tiles, rows, length)) return kTaps * kTaps * rows * PanelColumns(length).padded();
    return kPoints * filter_plane(rows, length);
  }
  // u[j][row][…], the points (kLine, j), of `rows` rows of a panel of taps that lie `apart`.
  template <int kLine>
  static void transform_line(float* u, std::int64_t plane, const float* taps, std::int64_t apart, std::int64_t rows,
                             std::int64_t width) {
    for (std::int64_t row = 0; row < rows; ++row, taps += width, u += width) {
      for (std::int64_t n = 0; n < width; n += kLanes) {
        Floats line[kTaps];
        PINWHEEL_UNROLL
        for (int j = 0; j < kTaps; ++j) {
          Floats column[kTaps];
          PINWHEEL_UNROLL
          for (int i = 0; i < kTaps; ++i) column[i] = load(taps + (i * kTaps + j) * apart + n);
          line[j] = evaluate_scaled<kIn>(column).v[kLine];
        }
        const Several<kIn> values = evaluate_scaled<kIn>(line);
        PINWHEEL_UNROLL
        for (int j = 0; j < kIn; ++j) store(u + j * plane + n, values.v[j]);
      }
    }
  }

  using TransformLine = void (*)(float* u, std::int64_t plane, const float* taps, std::int64_t apart, std::int64_t rows,
                                 std::int64_t width);
  template <int... kLine>
  static TransformLine transform_panel(std::int64_t line, std::integer_sequence<int, kLine...>) {
    constexpr TransformLine kLines[] = {transform_line<kLine>...};
    return kLines[line];
  }

  // u[point] = G g Gᵀ as Panels.
  static void transform_filters(Context& ctx, float* u, const float* filters, std::int64_t rows, std::int64_t length,
                                std::int64_t row_stride, std::int64_t tap_stride, bool flipped) {
    const std::int64_t plane = filter_plane(rows, length);
    const PanelColumns columns(length);
    ctx.pool().for_each(static_cast<std::size_t>(rows), [=, &columns](std::size_t index) {
      const auto row = static_cast<std::int64_t>(index);
      const float* first = filters + row * row_stride + (flipped ? (kTaps * kTaps - 1) * tap_stride : 0);
      const std::int64_t step = flipped ? -tap_stride : tap_stride;
      columns.for_each([=](std::int64_t n0, std::int64_t width) {
        for (std::int64_t n = n0; n < n0 + width; n += kLanes) {
          float* to = u + n0 * rows + row * width + n - n0;
          if (n >= length) {  // nothing lies there to be read
            for (int point = 0; point < kPoints; ++point) store(to + point * plane, Floats{});
            continue;
          }
          const auto lanes = static_cast<int>(smaller(kLanes, length - n));
          transform<kTaps, kIn>(
              lanes, [=](int i, int j) { return first + (i * kTaps + j) * step + n; },
              [](const Floats(&g)[kTaps]) { return evaluate_scaled<kIn>(g); },
              [=](int i, int j, Floats value) { store(to + (i * kIn + j) * plane, value); });
        }
      });
    });
  }

  // dweight[row][tap][c] = Gᵀ s G from s[point][row][c]
  static void transform_sums(Context& ctx, float* dweight, const float* s, std::int64_t rows, std::int64_t length) {
    const std::int64_t plane = plane_of(rows * length);
    ctx.pool().for_each(static_cast<std::size_t>(rows), [=](std::size_t index) {
      const auto row = static_cast<std::int64_t>(index);
      float* out = dweight + row * kTaps * kTaps * length;
      for_covering_vectors(0, length, [=](std::int64_t c, auto lanes) {
        transform<kIn, kTaps>(
            lanes, [=](int i, int j) { return s + (i * kIn + j) * plane + row * length + c; },
            [](const Floats(&sums)[kIn]) { return collect_scaled<kTaps>(sums); },
            [=](int i, int j, Floats value) { store_some(out + (i * kTaps + j) * length + c, value, lanes); });
      });
    });
  }

  // Calls body(share) on all threads for shares of tiles [begin, end) of c channels: some tiles, and where these are
  // too few for every thread to have some, some of the channels.
  template <typename Body>
  static void for_tiles(Context& ctx, std::int64_t begin, std::int64_t end, std::int64_t c, Body body) {
    const auto threads = static_cast<std::int64_t>(ctx.pool().threads());
    const std::int64_t pieces = divide_up(end - begin, kTilesToTask);
    const std::int64_t wanted = threads == 1 ? 1 : divide_up(2 * threads, pieces), most = divide_up(c, kChannelsToTask);
    const std::int64_t length = round_up(divide_up(c, smaller(wanted, most)), kChannelsToTask);
    const std::int64_t parts = divide_up(c, length);
    ctx.pool().for_each(static_cast<std::size_t>(pieces * parts), [=](std::size_t index) {
      const auto task = static_cast<std::int64_t>(index);
      const std::int64_t first = begin + task / parts * kTilesToTask, part = task % parts;
      const std::int64_t from = share_begin(0, c, length, part), to = share_begin(0, c, length, part + 1);
      if (from < to) body(Share{first, smaller(end, first + kTilesToTask), from, to});
    });
  }

  static const float* line_of_zeros(Context& ctx, std::int64_t length) {
    float* zeros = ctx.scratch(3, static_cast<std::size_t>(length));
    fill_zero(zeros, length);
    return zeros;
  }

  // What a block of tiles passes through: v[point][tile][c], and with the filters m[point][tile][outputs].
  struct Transforms {
    const float* v;
    float* m;
    std::int64_t in_plane, out_plane, c, outputs;

    Product<Matrix, Panels> with(std::int64_t point, const Panels& filters) const {
      return {{v + point * in_plane, c}, filters, OutputRows::matrix(m + point * out_plane, outputs), nullptr};
    }
    // From that tile and output on.
    Sums sums(std::int64_t tile, std::int64_t output) const {
      return {m + tile * outputs + output, out_plane, outputs};
    }
  };

  // u: for each point Panels [c,outputs].
  static void multiply(Context& ctx, const Transforms& at, std::int64_t tiles, const float* u) {
    const std::int64_t plane = filter_plane(at.c, at.outputs);
    gemm<Layout::kRows>(ctx, {tiles, at.outputs, at.c, kPoints}, [=, &at](std::int64_t point) {
      return at.with(point, {u + point * plane, at.c});
    });
  }

  // What it takes to convolve images, from tiles to the sums that are written.
  struct Job {
    float* y;
    const Images& images;
    const float *filters, *bias;
    const ConvEnd& end;
    const Tiles& tiles;
    std::int64_t outputs;
    const float* zeros;

    // v[point][tile][c] of a share of a block of tiles, whose first is `begin`.
    void transform_in(float* v, std::int64_t plane, std::int64_t begin, const Share& share) const {
      transform_inputs(v, plane, images, zeros, tiles, begin, share);
    }
    void transform_out(const Sums& sums, const Share& share) const {
      transform_outputs(y, bias, end, sums, outputs, tiles, share);
    }
  };

  // y[tiles] = bias + images * filters, transformed or kept as taps.
  static void convolve(Context& ctx, float* y, const Images& images, const float* filters, const float* bias,
                       const ConvEnd& end, const Tiles& tiles, std::int64_t outputs, bool taps) {
    const Job job{y, images, filters, bias, end, tiles, outputs, line_of_zeros(ctx, images.c)};
    const std::int64_t block = tiles.block(images.c + outputs);
    taps ? convolve_taps(ctx, job, block) : convolve_points(ctx, job, block);
  }

  // Filters: for each point Panels [c,outputs]. Blocks of tiles, or pieces of them that a thread has to itself.
  static void convolve_points(Context& ctx, const Job& job, std::int64_t block) {
    const std::int64_t c = job.images.c, outputs = job.outputs;
    const std::int64_t pieces = own_pieces(ctx, block, c, outputs), piece = divide_up(block, pieces);
    const std::int64_t in_plane = plane_of(piece * c), out_plane = plane_of(piece * outputs);
    const auto convolve_tiles = [=, &job](Context& where, std::int64_t begin, std::int64_t end) {
      float* v = where.scratch(2, static_cast<std::size_t>(kPoints * (in_plane + out_plane)));
      const Transforms at{v, v + kPoints * in_plane, in_plane, out_plane, c, outputs};
      for_tiles(where, begin, end, c, [=, &job](const Share& share) { job.transform_in(v, in_plane, begin, share); });
      multiply(where, at, end - begin, job.filters);
      for_tiles(where, begin, end, outputs,
                [=, &job](const Share& share) { job.transform_out(at.sums(share.first - begin, share.from), share); });
    };
    for (std::int64_t begin = 0; begin < job.tiles.count(); begin += block) {
      const std::int64_t end = smaller(job.tiles.count(), begin + block);
      if (pieces == 1) {
        convolve_tiles(ctx, begin, end);
        continue;
      }
      const std::int64_t count = divide_up(end - begin, piece);
      ctx.pool().for_each_in_lanes(static_cast<std::size_t>(count), [&](std::size_t lane, std::size_t index) {
        const std::int64_t first = begin + static_cast<std::int64_t>(index) * piece;
        convolve_tiles(ctx.lane(lane), first, smaller(end, first + piece));
      });
    }
  }

  // m[point][tile][outputs] of some outputs, from filters [tap,c; outputs]: their points are made a line at a time in
  // u, kIn planes.
  static std::int64_t line_plane(std::int64_t c) { return plane_of(smaller(c, kBlockDepth) * kPackedColumns); }
  static void multiply_taps(const Transforms& at, std::int64_t tiles, const float* taps, const ColumnTasks::Columns& to,
                            float* u) {
    const Steps steps(0, at.c, 1);
    const std::int64_t width = to.shape.columns(), plane = line_plane(at.c);
    for (std::int64_t line = 0; line < kIn; ++line) {
      for (std::int64_t step = 0; step < steps.count(); ++step) {
        const std::int64_t begin = steps.begin(step), depth = steps.begin(step + 1) - begin;
        for (std::int64_t n = to.n0; n < to.n1; n += width) {
          const float* panel = taps + n * kTaps * kTaps * at.c + begin * width;
          transform_panel(line, std::make_integer_sequence<int, kIn>{})(u + (n - to.n0) * depth, plane, panel,
                                                                        at.c * width, depth, width);
        }
        for (std::int64_t j = 0; j < kIn; ++j) {
          Product<Matrix, Panels> product = at.with(line * kIn + j, {u + j * plane, depth});
          product.a.base += begin;
          if (step > 0) product.added = product.out.base;
          gemm_block<Layout::kRows>(product, to.shape, 0, tiles, 0, at.outputs, 0, depth);
        }
      }
    }
  }

  // Filters: Panels [tap,c; outputs]. A task takes its outputs of some tiles through all the rest, so that no thread
  // waits for another between the steps nor fetches what that one has, in memory of its lane: it makes the filters'
  // points line by line, multiplies them, and transforms what has come out. Where tiles are few, every thread
  // transforms its own inputs too.
  static void convolve_taps(Context& ctx, const Job& job, std::int64_t block) {
    const std::int64_t c = job.images.c, outputs = job.outputs;
    const auto threads = static_cast<std::int64_t>(ctx.pool().threads());
    const bool own_inputs = block <= kTilesToTask;
    // Several tasks for each thread, if panels suffice: none of them is as quick all the time as the other. Where there
    // is not even one for each, threads share tiles, and make filters twice.
    const ColumnTasks columns(outputs, PanelColumns(outputs).block, threads == 1 ? 1 : 4 * threads);
    const std::int64_t parts = larger(1, smaller(threads / columns.count(), block / kTileRows));
    const std::int64_t part = divide_up(block, parts);

    const std::int64_t in_plane = plane_of(block * c), in_floats = kPoints * in_plane;
    const std::int64_t line_floats = kIn * line_plane(c), out_floats = kPoints * plane_of(part * columns.most());
    const std::int64_t shared_floats = own_inputs ? 0 : in_floats;
    float* shared = ctx.scratch(2, static_cast<std::size_t>(shared_floats + threads));
    float* made = shared + shared_floats;  // 1 where a lane has its inputs
    for (std::int64_t begin = 0; begin < job.tiles.count(); begin += block) {
      const std::int64_t tiles = smaller(job.tiles.count() - begin, block);
      if (own_inputs) {
        fill_zero(made, threads);
      } else {
        for_tiles(ctx, begin, begin + tiles, c,
                  [=, &job](const Share& share) { job.transform_in(shared, in_plane, begin, share); });
      }
      const std::int64_t tasks = columns.count() * parts;
      ctx.pool().for_each_in_lanes(static_cast<std::size_t>(tasks), [=, &ctx, &job](std::size_t lane, std::size_t i) {
        const auto task = static_cast<std::int64_t>(i);
        const std::int64_t m0 = smaller(tiles, task % parts * part), m1 = smaller(tiles, m0 + part);
        const ColumnTasks::Columns to = columns.at(task / parts);
        if (to.n0 == to.n1 || m0 == m1) return;
        const std::int64_t width = to.n1 - to.n0, out_plane = plane_of((m1 - m0) * width);
        float* lines = ctx.lane(lane).scratch(
            0, static_cast<std::size_t>(line_floats + out_floats + (own_inputs ? in_floats : 0)));
        float* m = lines + line_floats;
        float* v = own_inputs ? m + out_floats : shared;
        if (own_inputs && made[lane] == 0) {
          job.transform_in(v, in_plane, begin, {begin, begin + tiles, 0, c});
          made[lane] = 1;
        }
        const Transforms at{v + m0 * c, m, in_plane, out_plane, c, width};
        multiply_taps(at, m1 - m0, job.filters, to, lines);
        job.transform_out(at.sums(0, 0), {begin + m0, begin + m1, to.n0, to.n1});
      });
    }
  }

  // Into how many pieces a block of tiles is cut so that what a thread transforms, it multiplies as well: fetching it
  // from another thread's cache takes longer than it takes to multiply. 1: all threads share every step, which has
  // each of them read but its part of the filters, where these are what there is much of.
  static std::int64_t own_pieces(Context& ctx, std::int64_t tiles, std::int64_t c, std::int64_t outputs) {
    const auto threads = static_cast<std::int64_t>(ctx.pool().threads());
    if (threads == 1 || tiles < kLeastOwnTiles * threads || c * outputs > 2 * tiles * (c + outputs)) return 1;
    return round_up(divide_up(tiles, kOwnTiles), threads);
  }

  static void filters(Context& ctx, float* u, const float* weight, const ConvDims& d) {
    const std::int64_t depth = kTaps * kTaps * d.c;
    if (keeps_taps(outputs_of(d), d.c, d.o)) return pack_all(ctx, u, Turned{weight, depth}, depth, d.o);
    float* weight_t = ctx.scratch(3, static_cast<std::size_t>(depth * d.o));  // [taps,taps,C,O]
    transpose(ctx, weight_t, weight, d.o, depth);
    transform_filters(ctx, u, weight_t, d.c, d.o, d.o, d.c * d.o, false);
  }

  static void forward(Context& ctx, float* y, const float* x, const float* u, const float* bias, const ConvDims& d,
                      const ConvEnd& end, const ConvDims& whole) {
    convolve(ctx, y, {x, d.h, d.w, d.c, d.ph, d.pw}, u, bias, end, outputs_of(d), d.o,
             keeps_taps(outputs_of(whole), d.c, d.o));
  }

  static void backward_input(Context& ctx, float* dx, const float* dy, const float* weight, const ConvDims& d) {
    const Tiles tiles(d.n, d.h, d.w);
    const std::int64_t filter = kTaps * kTaps * d.c;
    float* u = ctx.scratch(1, static_cast<std::size_t>(filter_floats(tiles, d.o, d.c)));
    const bool taps = keeps_taps(tiles, d.o, d.c);
    if (taps) {
      const FlippedWeights flipped{weight, kTaps, d.c, filter, d.o, kTaps, kTaps, 0, 0, 1, 1};
      pack_all(ctx, u, flipped, kTaps * kTaps * d.o, d.c);
    } else {
      transform_filters(ctx, u, weight, d.o, d.c, filter, d.c, true);
    }
    convolve(ctx, dx, {dy, d.oh, d.ow, d.o, kTaps - 1 - d.ph, kTaps - 1 - d.pw}, u, nullptr, {}, tiles, d.c, taps);
  }

  static void backward_weight(Context& ctx, float* dweight, const float* dy, const float* x, const ConvDims& d) {
    const Tiles tiles = outputs_of(d);
    const Images inputs{x, d.h, d.w, d.c, d.ph, d.pw}, gradients{dy, d.oh, d.ow, d.o, 0, 0};
    const std::int64_t c = d.c, o = d.o, block = tiles.block(c + o);
    const std::int64_t in_plane = plane_of(block * c), gradient_plane = plane_of(block * o),
                       sum_plane = plane_of(c * o);
    const float* zeros = line_of_zeros(ctx, larger(c, o));
    float* sums = ctx.scratch(1, static_cast<std::size_t>(kPoints * sum_plane));  // [point,O,C]
    float* v = ctx.scratch(2, static_cast<std::size_t>(kPoints * (in_plane + gradient_plane)));
    float* e = v + kPoints * in_plane;
    for (std::int64_t begin = 0; begin < tiles.count(); begin += block) {
      const std::int64_t end = smaller(tiles.count(), begin + block);
      for_tiles(ctx, begin, end, c, [=, &inputs, &tiles](const Share& share) {
        transform_inputs(v, in_plane, inputs, zeros, tiles, begin, share);
      });
      for_tiles(ctx, begin, end, o, [=, &gradients, &tiles](const Share& share) {
        transform_gradients(e, gradient_plane, gradients, zeros, tiles, begin, share);
      });
      gemm<Layout::kColumns>(ctx, {o, c, end - begin, kPoints}, [=](std::int64_t point) {
        return Product<Matrix, Matrix>{{e + point * gradient_plane, o},
                                       {v + point * in_plane, c},
                                       OutputRows::matrix(sums + point * sum_plane, c),
                                       nullptr,
                                       begin > 0 ? sums + point * sum_plane : nullptr};
      });
    }
    transform_sums(ctx, dweight, sums, o, c);
  }
};

// Calls run(Filtering<…>{}) for tiles of `side` inputs a side.
template <typename Run>
void with_filtering(const ConvDims& d, int side, Run run) {
  if (side == 4) return run(Filtering<4, 3>{});
  if (d.kh == 3) return run(Filtering<6, 3>{});
  if (d.kh == 4) return run(Filtering<6, 4>{});
  run(Filtering<6, 5>{});
}

}  // namespace

std::int64_t winograd_filter_floats(const ConvDims& d, int side) {
  std::int64_t floats = 0;
  with_filtering(d, side, [&](auto filtering) { floats = filtering.filter_floats(filtering.outputs_of(d), d.c, d.o); });
  return floats;
}

void winograd_filters(Context& ctx, float* u, const float* weight, const ConvDims& d, int side) {
  with_filtering(d, side, [&](auto filtering) { filtering.filters(ctx, u, weight, d); });
}

void winograd_forward(Context& ctx, float* y, const float* x, const float* u, const float* bias, const ConvDims& d,
                      const ConvEnd& end, int side, const ConvDims& whole) {
  with_filtering(d, side, [&](auto filtering) { filtering.forward(ctx, y, x, u, bias, d, end, whole); });
}

void winograd_backward_input(Context& ctx, float* dx, const float* dy, const float* weight, const ConvDims& d,
                             int side) {
  with_filtering(d, side, [&](auto filtering) { filtering.backward_input(ctx, dx, dy, weight, d); });
}

void winograd_backward_weight(Context& ctx, float* dweight, const float* dy, const float* x, const ConvDims& d,
                              int side) {
  with_filtering(d, side, [&](auto filtering) { filtering.backward_weight(ctx, dweight, dy, x, d); });
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
