// The three passes of a convolution, each one matrix product per group over patches that are never stored as a whole.
#include "kernels/isa/depthwise.h"
#include "kernels/isa/few_outputs.h"
#include "kernels/isa/gemm.h"
#include "kernels/isa/sparse_gradient.h"
#include "kernels/isa/winograd.h"

namespace pinwheel::kernels::PINWHEEL_ISA {
namespace {

// Images [n,h,w,c] with columns of zeros on both sides, so that filters which reach beyond them read on in memory.
struct Widened {
  const float* x;
  std::int64_t w, left;
};

// Columns [-before, w + after) of the images, in scratch slot 3; the images themselves where that is what they have.
Widened widen(Context& ctx, const float* x, std::int64_t n, std::int64_t h, std::int64_t w, std::int64_t c,
              std::int64_t before, std::int64_t after) {
  const std::int64_t left = larger(before, 0), right = larger(after, 0), width = left + w + right;
  if (width == w) return {x, w, 0};
  constexpr std::int64_t kLines = 16;  // to a task
  float* wide = ctx.scratch(3, static_cast<std::size_t>(n * h * width * c));
  ctx.pool().for_ranges(static_cast<std::size_t>(n * h), kLines, [=](std::size_t begin, std::size_t end) {
    for (auto line = static_cast<std::int64_t>(begin); line < static_cast<std::int64_t>(end); ++line) {
      float* to = wide + line * width * c;
      fill_zero(to, left * c);
      copy(to + left * c, x + line * w * c, w * c);
      fill_zero(to + (left + w) * c, right * c);
    }
  });
  return {wide, width, left};
}

// What a product reads of a convolution's input, and the dimensions by which it does.
struct Input {
  Widened x;
  ConvDims d;

  // What filters see of it, a part of whose channels each group reads.
  Patches patches(std::int64_t group) const {
    const std::int64_t run = d.c / d.groups;
    const Patches all{x.x + group * run, d.h, x.w, d.c, run, d.oh, d.ow, d.sh, d.sw, -d.ph, x.left - d.pw, d.kh, d.kw};
    return all.in_one_line(d.n);
  }
};

// The pixels that filters of one tap meet with a stride, side by side in scratch slot 3.
const float* gather_pixels(Context& ctx, const float* x, const ConvDims& d) {
  float* met = ctx.scratch(3, static_cast<std::size_t>(d.n * d.oh * d.ow * d.c));
  ctx.pool().for_each(static_cast<std::size_t>(d.n * d.oh), [=](std::size_t index) {
    const auto line = static_cast<std::int64_t>(index), image = line / d.oh, y = (line - image * d.oh) * d.sh;
    const float* from = x + (image * d.h + y) * d.w * d.c;
    copy_rows(met + line * d.ow * d.c, d.c, from, d.sw * d.c, d.ow, d.c);
  });
  return met;
}

Input input_of(Context& ctx, const float* x, const ConvDims& d) {
  const bool skips_pixels = d.kh * d.kw == 1 && d.ph + d.pw == 0 && d.sh * d.sw > 1;
  if (!skips_pixels) {
    return {widen(ctx, x, d.n, d.h, d.w, d.c, d.pw, (d.ow - 1) * d.sw + d.kw - d.pw - d.w), d};
  }
  Input input{{gather_pixels(ctx, x, d), d.ow, 0}, d};
  input.d.h = d.oh;
  input.d.w = d.ow;
  input.d.sh = input.d.sw = 1;
  return input;
}

// One axis of the input gradient at one residue of (pixel + padding) modulo the stride: those pixels meet every
// stride-th tap only, and among themselves form a convolution of stride 1 over dy with the taps reversed.
struct Phase {
  std::int64_t taps;    // taps residue, residue + stride, … below the kernel's size
  std::int64_t first;   // first such pixel
  std::int64_t count;   // such pixels
  std::int64_t origin;  // output under the first (reversed) tap at the first pixel

  Phase(std::int64_t residue, std::int64_t stride, std::int64_t padding, std::int64_t kernel, std::int64_t size) {
    taps = residue < kernel ? divide_up(kernel - residue, stride) : 0;
    const std::int64_t start = padding > residue ? divide_up(padding - residue, stride) : 0;
    first = start * stride + residue - padding;
    count = first < size ? divide_up(size - first, stride) : 0;
    origin = start - (taps - 1);
  }
};

std::int64_t prepared_floats(const ConvDims& d, int side) {
  if (side != 0) return winograd_filter_floats(d, side);
  const std::int64_t depth = d.kh * d.kw * d.c / d.groups;
  return is_depthwise(d) ? depth * d.o : d.groups * depth * PanelColumns(d.o / d.groups).padded();
}

int tile_side_of_one(ConvDims d) {
  d.n = 1;
  return tile_side(d);
}

// With tiles of `side` inputs a side, or without: each group's filters as Panels.
void prepare(Context& ctx, float* prepared, const float* weight, const ConvDims& d, int side) {
  const std::int64_t depth = d.kh * d.kw * d.c / d.groups;
  if (is_depthwise(d)) return copy(prepared, weight, depth * d.o);
  if (side != 0) return winograd_filters(ctx, prepared, weight, d, side);
  const std::int64_t outputs = d.o / d.groups, floats = depth * PanelColumns(outputs).padded();
  for (std::int64_t g = 0; g < d.groups; ++g) {
    pack_all(ctx, prepared + g * floats, Turned{weight + g * outputs * depth, depth}, depth, outputs);
  }
}

// `whole` is what the filters were prepared for.
void forward(Context& ctx, float* y, const float* x, const float* prepared, const float* bias, const ConvDims& d,
             const ConvEnd& end, int side, const ConvDims& whole) {
  if (is_depthwise(d)) return depthwise_forward(ctx, y, x, prepared, bias, d, end);
  if (side != 0) return winograd_forward(ctx, y, x, prepared, bias, d, end, side, whole);
  const std::int64_t depth = d.kh * d.kw * d.c / d.groups, outputs = d.o / d.groups;
  const std::int64_t floats = depth * PanelColumns(outputs).padded();
  const Input input = input_of(ctx, x, d);
  gemm<Layout::kRows>(ctx, {d.n * d.oh * d.ow, outputs, depth, d.groups, d.ow}, [=, &d, &input, &end](std::int64_t g) {
    return Product<Patches, Panels>{input.patches(g),
                                    {prepared + g * floats, depth},
                                    OutputRows::matrix(y + g * outputs, d.o),
                                    bias == nullptr ? nullptr : bias + g * outputs,
                                    end.added == nullptr ? nullptr : end.added + g * outputs,
                                    end.rectify};
  });
}

}  // namespace

std::int64_t conv2d_prepared_floats(const ConvDims& d) { return prepared_floats(d, tile_side_of_one(d)); }

void conv2d_prepare(Context& ctx, float* prepared, const float* weight, const ConvDims& d) {
  prepare(ctx, prepared, weight, d, tile_side_of_one(d));
}

// y[n,oh,ow,o] = bias[o] + sum_{i,j,c} x[n,oh*sh+i-ph,ow*sw+j-pw,c] * weight[o,i,j,c]
void conv2d_forward_prepared(Context& ctx, float* y, const float* x, const float* prepared, const float* bias,
                             const ConvDims& d, const ConvEnd& end, const Lines& lines) {
  const int side = tile_side_of_one(d);
  if (lines.count() == d.oh) return forward(ctx, y, x, prepared, bias, d, end, side, d);
  const LinesSeen seen = lines_seen(lines, d.h, d.kh, d.sh, d.ph);
  ConvDims part = d;
  part.h = seen.lines.count();
  part.oh = lines.count();
  part.ph = seen.padding;
  const std::int64_t begin = lines.begin * d.ow * d.o;
  forward(ctx, y + begin, x + seen.lines.begin * d.w * d.c, prepared, bias, part,
          {end.added == nullptr ? nullptr : end.added + begin, end.rectify}, side, d);
}

void conv2d_forward(Context& ctx, float* y, const float* x, const float* weight, const float* bias, const ConvDims& d) {
  if (is_depthwise(d)) return depthwise_forward(ctx, y, x, weight, bias, d, {});
  const int side = tile_side(d);
  float* prepared = ctx.scratch(1, static_cast<std::size_t>(prepared_floats(d, side)));
  prepare(ctx, prepared, weight, d, side);
  forward(ctx, y, x, prepared, bias, d, {}, side, d);
}

// dx[n,h,w,c] = sum over the outputs that saw the pixel: oh*sh + i == h + ph, ow*sw + j == w + pw
void conv2d_backward_input(Context& ctx, float* dx, const float* dy, const float* weight, const ConvDims& d) {
  if (is_depthwise(d)) return depthwise_backward_input(ctx, dx, dy, weight, d);
  if (is_sparse(dy, d)) return sparse_backward_input(ctx, dx, dy, weight, d);
  if (const int side = tile_side(d)) return winograd_backward_input(ctx, dx, dy, weight, d, side);
  const std::int64_t run = d.c / d.groups, outputs = d.o / d.groups, filter = d.kh * d.kw * run;
  std::int64_t before = 0, after = 0;  // columns beyond dy that some phase reads
  for (std::int64_t residue = 0; residue < d.sw; ++residue) {
    const Phase hor(residue, d.sw, d.pw, d.kw, d.w);
    before = larger(before, -hor.origin);
    after = larger(after, hor.origin + hor.count - 1 + hor.taps - d.ow);
  }
  const Widened wide = widen(ctx, dy, d.n, d.oh, d.ow, d.o, before, after);
  for (std::int64_t residue = 0; residue < d.sh * d.sw; ++residue) {
    const std::int64_t rh = residue / d.sw, rw = residue % d.sw;
    const Phase ver(rh, d.sh, d.ph, d.kh, d.h), hor(rw, d.sw, d.pw, d.kw, d.w);
    if (ver.count == 0 || hor.count == 0) continue;
    const GemmSizes sizes{d.n * ver.count * hor.count, run, ver.taps * hor.taps * outputs, d.groups, hor.count};
    gemm<Layout::kRows>(ctx, sizes, [=, &d](std::int64_t g) {
      float* to = dx + (ver.first * d.w + hor.first) * d.c + g * run;
      return Product<Patches, FlippedWeights>{
          Patches{wide.x + g * outputs, d.oh, wide.w, d.o, outputs, ver.count, hor.count, 1, 1, ver.origin,
                  hor.origin + wide.left, ver.taps, hor.taps}
              .in_one_line(d.n),
          {weight + g * outputs * filter, d.kw, run, filter, outputs, ver.taps, hor.taps, rh, rw, d.sh, d.sw},
          OutputRows::pixels(to, d.h, d.w, d.c, d.sh, d.sw, ver.count, hor.count),
          nullptr};
    });
  }
}

// dweight[o,i,j,c] = sum_{n,oh,ow} dy[n,oh,ow,o] * x[n,oh*sh+i-ph,ow*sw+j-pw,c]
void conv2d_backward_weight(Context& ctx, float* dweight, float* dbias, const float* dy, const float* x,
                            const ConvDims& d) {
  const std::int64_t columns = d.kh * d.kw * d.c / d.groups, outputs = d.o / d.groups;
  if (is_depthwise(d)) {
    depthwise_backward_weight(ctx, dweight, dy, x, d);
  } else if (has_few_outputs(d)) {
    few_outputs_backward_weight(ctx, dweight, dy, x, d);
  } else if (is_sparse(dy, d)) {
    sparse_backward_weight(ctx, dweight, dy, x, d);
  } else if (const int side = tile_side(d)) {
    winograd_backward_weight(ctx, dweight, dy, x, d, side);
  } else {
    const Input input = input_of(ctx, x, d);
    gemm<Layout::kColumns>(ctx, {outputs, columns, d.n * d.oh * d.ow, d.groups}, [=, &d, &input](std::int64_t g) {
      return Product<Matrix, Patches>{{dy + g * outputs, d.o},
                                      input.patches(g),
                                      OutputRows::matrix(dweight + g * outputs * columns, columns),
                                      nullptr};
    });
  }
  if (dbias != nullptr) sum_columns(ctx, dbias, dy, d.n * d.oh * d.ow, d.o);
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
