// Depthwise convolution, see depthwise.h.
#include "kernels/isa/depthwise.h"

#include "kernels/isa/packers.h"

namespace pinwheel::kernels::PINWHEEL_ISA {
namespace {

// weight [C,kh,kw] → [kh,kw,C], so that a vector of channels is contiguous. Scratch slot 1.
const float* taps_first(Context& ctx, const float* weight, const ConvDims& d) {
  float* taps = ctx.scratch(1, static_cast<std::size_t>(d.kh * d.kw * d.c));
  transpose(ctx, taps, weight, d.c, d.kh * d.kw);
  return taps;
}

}  // namespace

// y[n,oh,ow,c] = bias[c] + sum_{i,j} x[n,oh*sh+i-ph,ow*sw+j-pw,c] * weight[c,i,j]
void depthwise_forward(Context& ctx, float* y, const float* x, const float* weight, const float* bias,
                       const ConvDims& d, const ConvEnd& end) {
  const float* taps = taps_first(ctx, weight, d);
  ctx.pool().for_each(static_cast<std::size_t>(d.n * d.oh), [&, taps](std::size_t line) {
    const std::int64_t n = static_cast<std::int64_t>(line) / d.oh, oh = static_cast<std::int64_t>(line) % d.oh;
    const std::int64_t y0 = oh * d.sh - d.ph, i0 = larger(0, -y0), i1 = smaller(d.kh, d.h - y0);
    for (std::int64_t ow = 0; ow < d.ow; ++ow) {
      const std::int64_t x0 = ow * d.sw - d.pw, j0 = larger(0, -x0), j1 = smaller(d.kw, d.w - x0);
      const float* from = x + ((n * d.h + y0) * d.w + x0) * d.c;
      const std::int64_t place = ((n * d.oh + oh) * d.ow + ow) * d.c;
      for_vectors(d.c, [=, &end](std::int64_t c, int lanes) {
        Floats sum = bias != nullptr ? load_some(bias + c, lanes) : Floats{};
        for (std::int64_t i = i0; i < i1; ++i) {
          for (std::int64_t j = j0; j < j1; ++j) {
            sum = fma(load_some(from + (i * d.w + j) * d.c + c, lanes),
                      load_some(taps + (i * d.kw + j) * d.c + c, lanes), sum);
          }
        }
        const float* added = end.added == nullptr ? nullptr : end.added + place + c;
        store_some(y + place + c, ended(sum, added, broadcast(least_of(end.rectify)), lanes), lanes);
      });
    }
  });
}

// The forward line, read from the input's side: the outputs that saw pixel (h,w) are those with oh*sh + i == h + ph.
void depthwise_backward_input(Context& ctx, float* dx, const float* dy, const float* weight, const ConvDims& d) {
  const float* taps = taps_first(ctx, weight, d);
  ctx.pool().for_each(static_cast<std::size_t>(d.n * d.h), [&, taps](std::size_t line) {
    const std::int64_t n = static_cast<std::int64_t>(line) / d.h, h = static_cast<std::int64_t>(line) % d.h;
    for (std::int64_t w = 0; w < d.w; ++w) {
      float* to = dx + ((n * d.h + h) * d.w + w) * d.c;
      for_vectors(d.c, [&](std::int64_t c, int lanes) {
        Floats sum{};
        for (std::int64_t i = (h + d.ph) % d.sh; i < d.kh && i <= h + d.ph; i += d.sh) {
          const std::int64_t oh = (h + d.ph - i) / d.sh;
          if (oh >= d.oh) continue;
          for (std::int64_t j = (w + d.pw) % d.sw; j < d.kw && j <= w + d.pw; j += d.sw) {
            const std::int64_t ow = (w + d.pw - j) / d.sw;
            if (ow >= d.ow) continue;
            sum = fma(load_some(dy + ((n * d.oh + oh) * d.ow + ow) * d.c + c, lanes),
                      load_some(taps + (i * d.kw + j) * d.c + c, lanes), sum);
          }
        }
        store_some(to + c, sum, lanes);
      });
    }
  });
}

// dweight[c,i,j] = sum_{n,oh,ow} dy[n,oh,ow,c] * x[n,oh*sh+i-ph,ow*sw+j-pw,c]; one partial sum for each image, added in
// order. Scratch slot 0.
void depthwise_backward_weight(Context& ctx, float* dweight, const float* dy, const float* x, const ConvDims& d) {
  const std::int64_t taps = d.kh * d.kw;
  float* partial = ctx.scratch(0, static_cast<std::size_t>(d.n * taps * d.c));  // [n,kh*kw,C]
  ctx.pool().for_each(static_cast<std::size_t>(d.n * taps), [&](std::size_t task) {
    const std::int64_t n = static_cast<std::int64_t>(task) / taps, tap = static_cast<std::int64_t>(task) % taps;
    const std::int64_t y0 = tap / d.kw - d.ph, x0 = tap % d.kw - d.pw;
    for_vectors(d.c, [&](std::int64_t c, int lanes) {
      Floats sum{};
      for (std::int64_t oh = 0; oh < d.oh; ++oh) {
        const std::int64_t h = oh * d.sh + y0;
        if (h < 0 || h >= d.h) continue;
        for (std::int64_t ow = 0; ow < d.ow; ++ow) {
          const std::int64_t w = ow * d.sw + x0;
          if (w < 0 || w >= d.w) continue;
          sum = fma(load_some(dy + ((n * d.oh + oh) * d.ow + ow) * d.c + c, lanes),
                    load_some(x + ((n * d.h + h) * d.w + w) * d.c + c, lanes), sum);
        }
      }
      store_some(partial + static_cast<std::int64_t>(task) * d.c + c, sum, lanes);
    });
  });
  for (std::int64_t c = 0; c < d.c; ++c) {
    for (std::int64_t tap = 0; tap < taps; ++tap) {
      float sum = 0;
      for (std::int64_t n = 0; n < d.n; ++n) sum += partial[(n * taps + tap) * d.c + c];
      dweight[c * taps + tap] = sum;
    }
  }
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
