// Pooling, vectorised over the channels: one line of outputs to a task forwards, one image backwards (windows overlap).
#include "kernels/isa/kernel_set.h"

namespace pinwheel::kernels::PINWHEEL_ISA {
namespace {

// The part of a window that lies inside the image: rows [h0, h1), columns [w0, w1).
struct Window {
  std::int64_t h0, h1, w0, w1;

  Window(const PoolDims& d, std::int64_t oh, std::int64_t ow)
      : h0(larger(0, oh * d.sh - d.ph)),
        h1(smaller(d.h, oh * d.sh - d.ph + d.kh)),
        w0(larger(0, ow * d.sw - d.pw)),
        w1(smaller(d.w, ow * d.sw - d.pw + d.kw)) {}
};

// body(n, oh, ow) for every output.
template <typename Body>
void for_outputs(Context& ctx, const PoolDims& d, Body body) {
  ctx.pool().for_each(static_cast<std::size_t>(d.n * d.oh), [&](std::size_t line) {
    const std::int64_t n = static_cast<std::int64_t>(line) / d.oh, oh = static_cast<std::int64_t>(line) % d.oh;
    for (std::int64_t ow = 0; ow < d.ow; ++ow) body(n, oh, ow);
  });
}

}  // namespace

void max_pool_forward(Context& ctx, float* y, std::int32_t* argmax, const float* x, const PoolDims& d) {
  for_outputs(ctx, d, [=, &d](std::int64_t n, std::int64_t oh, std::int64_t ow) {
    const Window window(d, oh, ow);
    const float* image = x + n * d.h * d.w * d.c;
    const std::int64_t out = ((n * d.oh + oh) * d.ow + ow) * d.c;
    for_vectors(d.c, [&](std::int64_t c, int lanes) {
      std::int64_t place = window.h0 * d.w + window.w0;
      Floats best = load_some(image + place * d.c + c, lanes);
      Ints winner = broadcast(static_cast<std::int32_t>(place));
      for (std::int64_t h = window.h0; h < window.h1; ++h) {
        for (std::int64_t w = window.w0; w < window.w1; ++w) {
          place = h * d.w + w;
          const Floats value = load_some(image + place * d.c + c, lanes);
          const Ints wins = value > best;
          best = wins ? value : best;
          winner = wins ? broadcast(static_cast<std::int32_t>(place)) : winner;
        }
      }
      store_some(y + out + c, best, lanes);
      if (argmax != nullptr) store_some(argmax + out + c, winner, lanes);
    });
  });
}

void max_pool_backward(Context& ctx, float* dx, const float* dy, const std::int32_t* argmax, const PoolDims& d) {
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
void avg_pool_forward(Context& ctx, float* y, const float* x, const PoolDims& d) {
  const Floats scale = broadcast(1.0F / static_cast<float>(d.kh * d.kw));
  for_outputs(ctx, d, [=, &d](std::int64_t n, std::int64_t oh, std::int64_t ow) {
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
