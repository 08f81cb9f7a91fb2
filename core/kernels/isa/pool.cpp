// Pooling, vectorised over the channels. Backwards an image is a task: windows overlap.
#include "kernels/isa/kernel_set.h"

namespace pinwheel::kernels::PINWHEEL_ISA {
namespace {

constexpr std::int64_t kLeastShared = 2048;  // outputs

// The part of a window that lies inside the image: rows [h0, h1), columns [w0, w1).
struct Window {
  std::int64_t h0, h1, w0, w1;

  Window(const PoolDims& d, std::int64_t oh, std::int64_t ow)
      : h0(larger(0, oh * d.sh - d.ph)),
        h1(smaller(d.h, oh * d.sh - d.ph + d.kh)),
        w0(larger(0, ow * d.sw - d.pw)),
        w1(smaller(d.w, ow * d.sw - d.pw + d.kw)) {}
};

// body(d, n, oh, ow) for every output. One line of them to a task, or all: few are done sooner than another thread has
// taken over its part.
template <typename Body>
void for_outputs(Context& ctx, const PoolDims& dims, Body body) {
  const std::int64_t lines = dims.n * dims.oh, to_task = lines * dims.ow * dims.c < kLeastShared ? lines : 1;
  for_rows(ctx, lines, 1, to_task, [&](std::int64_t line) {
    // A compiler has to suppose that writing outputs changes what others can see. Nobody sees these.
    const PoolDims d = dims;
    const Body here = body;
    const std::int64_t n = line / d.oh, oh = line - n * d.oh;
    for (std::int64_t ow = 0; ow < d.ow; ++ow) here(d, n, oh, ow);
  });
}

// Calls body(i) for whole vectors that cover [0, n), the last one partly over the one before it: for bodies that may do
// a lane twice. False when not even one fits.
template <typename Body>
PINWHEEL_INLINE bool for_whole_vectors(std::int64_t n, Body body) {
  if (n < kLanes) return false;
  for (std::int64_t i = 0; i + kLanes < n; i += kLanes) body(i);
  body(n - kLanes);
  return true;
}
template <typename Body>
PINWHEEL_INLINE void for_channels(std::int64_t c, Body body) {
  if (!for_whole_vectors(c, [&](std::int64_t i) { body(i, kLanes); })) body(0, static_cast<int>(c));
}

// The largest of a window, place by place; the first one wins. kPlaced: and where it is, which only who learns asks.
template <bool kPlaced>
struct Best {
  Floats value;
  Ints place;

  PINWHEEL_INLINE Best(Floats first, std::int64_t its_place)
      : value(first), place(broadcast(static_cast<std::int32_t>(its_place))) {}
  PINWHEEL_INLINE void meet(Floats other, std::int64_t its_place) {
    if constexpr (kPlaced) {
      const Ints wins = other > value;
      place = wins ? broadcast(static_cast<std::int32_t>(its_place)) : place;
    }
    value = max(other, value);
  }
  PINWHEEL_INLINE void write(float* y, std::int32_t* argmax, std::int64_t at, int lanes) const {
    store_some(y + at, value, lanes);
    if constexpr (kPlaced) store_some(argmax + at, place, lanes);
  }
};

// Windows of 2x2 that neither overlap nor touch the border: what nearly every network has.
bool pairs_up(const PoolDims& d) {
  return d.kh == 2 && d.kw == 2 && d.sh == 2 && d.sw == 2 && d.ph == 0 && d.pw == 0 && d.oh * 2 <= d.h &&
         d.ow * 2 <= d.w;
}

template <bool kPlaced>
void max_of_pairs(Context& ctx, float* y, std::int32_t* argmax, const float* x, const PoolDims& dims) {
  for_outputs(ctx, dims, [=](const PoolDims& d, std::int64_t n, std::int64_t oh, std::int64_t ow) {
    const std::int64_t place = 2 * (oh * d.w + ow), line = d.w * d.c, out = ((n * d.oh + oh) * d.ow + ow) * d.c;
    const float* from = x + (n * d.h * d.w + place) * d.c;
    for_channels(d.c, [&](std::int64_t c, int lanes) {
      Best<kPlaced> best(load_some(from + c, lanes), place);
      best.meet(load_some(from + c + d.c, lanes), place + 1);
      best.meet(load_some(from + c + line, lanes), place + d.w);
      best.meet(load_some(from + c + line + d.c, lanes), place + d.w + 1);
      best.write(y, argmax, out + c, lanes);
    });
  });
}

template <bool kPlaced>
void max_of_windows(Context& ctx, float* y, std::int32_t* argmax, const float* x, const PoolDims& dims) {
  for_outputs(ctx, dims, [=](const PoolDims& d, std::int64_t n, std::int64_t oh, std::int64_t ow) {
    const Window window(d, oh, ow);
    const float* image = x + n * d.h * d.w * d.c;
    const std::int64_t out = ((n * d.oh + oh) * d.ow + ow) * d.c, first = window.h0 * d.w + window.w0;
    for_channels(d.c, [&](std::int64_t c, int lanes) {
      Best<kPlaced> best(load_some(image + first * d.c + c, lanes), first);
      for (std::int64_t h = window.h0; h < window.h1; ++h) {
        for (std::int64_t w = window.w0; w < window.w1; ++w) {
          best.meet(load_some(image + (h * d.w + w) * d.c + c, lanes), h * d.w + w);
        }
      }
      best.write(y, argmax, out + c, lanes);
    });
  });
}

template <bool kPlaced>
void max_pool(Context& ctx, float* y, std::int32_t* argmax, const float* x, const PoolDims& d) {
  pairs_up(d) ? max_of_pairs<kPlaced>(ctx, y, argmax, x, d) : max_of_windows<kPlaced>(ctx, y, argmax, x, d);
}

// Every place of a window at once: the winner's gets dy, the others zero.
void spread_to_pairs(Context& ctx, float* dx, const float* dy, const std::int32_t* argmax, const PoolDims& dims) {
  const std::int64_t line = dims.w * dims.c, images = dims.h * line;
  for_outputs(ctx, dims, [=](const PoolDims& d, std::int64_t n, std::int64_t oh, std::int64_t ow) {
    const std::int64_t place = 2 * (oh * d.w + ow), out = ((n * d.oh + oh) * d.ow + ow) * d.c;
    float* to = dx + n * images + place * d.c;
    for_channels(d.c, [&](std::int64_t c, int lanes) {
      const Floats share = load_some(dy + out + c, lanes);
      const Ints winner = load_some(argmax + out + c, lanes);
      const auto give = [&](float* at, std::int64_t its_place) {
        const Ints wins = winner == broadcast(static_cast<std::int32_t>(its_place));
        store_some(at + c, wins ? share : Floats{}, lanes);
      };
      give(to, place);
      give(to + d.c, place + 1);
      give(to + line, place + d.w);
      give(to + line + d.c, place + d.w + 1);
    });
    if (ow + 1 < d.ow) return;
    // What no window sees: the rest of these two lines and, behind the last, of the image.
    const std::int64_t seen = 2 * d.ow * d.c;
    float* lines = dx + n * images + 2 * oh * line;
    fill_zero(lines + seen, line - seen);
    fill_zero(lines + line + seen, line - seen);
    if (oh + 1 == d.oh) fill_zero(lines + 2 * line, (d.h - 2 * d.oh) * line);
  });
}

}  // namespace

void max_pool_forward(Context& ctx, float* y, std::int32_t* argmax, const float* x, const PoolDims& d) {
  argmax == nullptr ? max_pool<false>(ctx, y, argmax, x, d) : max_pool<true>(ctx, y, argmax, x, d);
}

void max_pool_backward(Context& ctx, float* dx, const float* dy, const std::int32_t* argmax, const PoolDims& d) {
  if (pairs_up(d)) return spread_to_pairs(ctx, dx, dy, argmax, d);
  ctx.pool().for_each(static_cast<std::size_t>(d.n), [&](std::size_t index) {
    const auto n = static_cast<std::int64_t>(index);
    float* image = dx + n * d.h * d.w * d.c;
    fill_zero(image, d.h * d.w * d.c);
    for (std::int64_t out = n * d.oh * d.ow; out < (n + 1) * d.oh * d.ow; ++out) {
      for (std::int64_t c = 0; c < d.c; ++c) image[argmax[out * d.c + c] * d.c + c] += dy[out * d.c + c];
    }
  });
}

// Padded places count as zeros: the sum over what is inside, divided by the whole window.
void avg_pool_forward(Context& ctx, float* y, const float* x, const PoolDims& dims) {
  const Floats scale = broadcast(1.0F / static_cast<float>(dims.kh * dims.kw));
  for_outputs(ctx, dims, [=](const PoolDims& d, std::int64_t n, std::int64_t oh, std::int64_t ow) {
    const Window window(d, oh, ow);
    for_vectors(d.c, [&](std::int64_t c, int lanes) {
      Floats sum{};
      for (std::int64_t h = window.h0; h < window.h1; ++h) {
        for (std::int64_t w = window.w0; w < window.w1; ++w) {
          sum += load_some(x + ((n * d.h + h) * d.w + w) * d.c + c, lanes);
        }
      }
      store_some(y + ((n * d.oh + oh) * d.ow + ow) * d.c + c, sum * scale, lanes);
    });
  });
}

void avg_pool_backward(Context& ctx, float* dx, const float* dy, const PoolDims& d) {
  const Floats scale = broadcast(1.0F / static_cast<float>(d.kh * d.kw));
  ctx.pool().for_each(static_cast<std::size_t>(d.n), [&, scale](std::size_t index) {
    const auto n = static_cast<std::int64_t>(index);
    fill_zero(dx + n * d.h * d.w * d.c, d.h * d.w * d.c);
    for (std::int64_t out = 0; out < d.oh * d.ow; ++out) {
      const Window window(d, out / d.ow, out % d.ow);
      for_vectors(d.c, [&](std::int64_t c, int lanes) {
        const Floats share = load_some(dy + (n * d.oh * d.ow + out) * d.c + c, lanes) * scale;
        for (std::int64_t h = window.h0; h < window.h1; ++h) {
          for (std::int64_t w = window.w0; w < window.w1; ++w) {
            float* to = dx + ((n * d.h + h) * d.w + w) * d.c + c;
            store_some(to, load_some(to, lanes) + share, lanes);
          }
        }
      });
    }
  });
}

void global_avg_pool_forward(Context& ctx, float* y, const float* x, std::int64_t n, std::int64_t hw, std::int64_t c) {
  const Floats scale = broadcast(1.0F / static_cast<float>(hw));
  ctx.pool().for_each(static_cast<std::size_t>(n), [=](std::size_t image) {
    const float* from = x + static_cast<std::int64_t>(image) * hw * c;
    float* to = y + static_cast<std::int64_t>(image) * c;
    for_vectors(c, [=](std::int64_t i, int lanes) {
      Floats sum{};
      for (std::int64_t p = 0; p < hw; ++p) sum += load_some(from + p * c + i, lanes);
      store_some(to + i, sum * scale, lanes);
    });
  });
}

void global_avg_pool_backward(Context& ctx, float* dx, const float* dy, std::int64_t n, std::int64_t hw,
                              std::int64_t c) {
  const Floats scale = broadcast(1.0F / static_cast<float>(hw));
  ctx.pool().for_each(static_cast<std::size_t>(n), [=](std::size_t image) {
    const float* from = dy + static_cast<std::int64_t>(image) * c;
    float* to = dx + static_cast<std::int64_t>(image) * hw * c;
    for (std::int64_t p = 0; p < hw; ++p) {
      for_vectors(
          c, [=](std::int64_t i, int lanes) { store_some(to + p * c + i, load_some(from + i, lanes) * scale, lanes); });
    }
  });
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
