// The arithmetic: raw pointers and dimensions in, results out. Every function here has a naive twin in reference.h and
// is tested against it. Nothing allocates once its workspace has grown, nothing throws, input is valid (the executors
// checked it). Layout NHWC, convolution weights OHWI. `d` + name is the gradient of the loss by that name. Backward
// functions *write* their outputs unless they say "accumulates".
//
// Results do not depend on the number of threads: work is cut by size, and sums over the batch run in a fixed order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/parallel.h"

namespace pinwheel::kernels {

// Where a call runs and its scratch memory, reused from call to call. One per executor; not shared between threads.
class Context {
 public:
  explicit Context(const ThreadPool& pool);
  Context(const Context&) = default;
  Context& operator=(const Context&) = default;
  ~Context();
  const ThreadPool& pool() const { return *pool_; }
  // At least `floats` floats, 64-byte aligned, contents undefined, valid until the next call of scratch() on this slot.
  float* scratch(std::size_t slot, std::size_t floats);
  // What a task of pool().for_each_in_lanes() calls kernels with: one thread, and scratch memory that is no other's.
  // That lies in the same place in every call, so that a thread finds in its cache what it left there.
  Context& lane(std::size_t i);

 private:
  struct Block;
  const ThreadPool* pool_;
  std::shared_ptr<Block> blocks_[4];
  std::vector<Context> lanes_;  // none where the pool has but one thread
};

struct ConvDims {
  std::int64_t n, h, w, c;      // input  [n,h,w,c]
  std::int64_t oh, ow, o;       // output [n,oh,ow,o]
  std::int64_t kh, kw;          // kernel
  std::int64_t sh, sw, ph, pw;  // stride, padding
  std::int64_t groups;          // divides c and o
};

// By how many pixels a side a convolution's tiles go through minimal filtering (isa/winograd.h), 4 or 6, with a half to
// a quarter of the products that define it; 0 if that would not be quicker, as with fewer channels than these on either
// side.
inline constexpr std::int64_t kLeastTiledChannels = 8;
int tile_side(const ConvDims& d);

// y[n,oh,ow,o] = bias[o] + sum_{i,j,c} x[n, oh*sh+i-ph, ow*sw+j-pw, c] * weight[o,i,j,c]; bias may be null.
void conv2d_forward(Context& ctx, float* y /*[N,OH,OW,O]*/, const float* x /*[N,H,W,C]*/,
                    const float* weight /*[O,kh,kw,C/groups]*/, const float* bias /*[O]*/, const ConvDims& d);
// The same in two steps, for filters that meet many inputs: `prepared` holds conv2d_prepared_floats(d) floats. The
// first reads nothing of d.n, which does not decide on the bits of the second either.
std::int64_t conv2d_prepared_floats(const ConvDims& d);
void conv2d_prepare(Context& ctx, float* prepared, const float* weight, const ConvDims& d);
// What else becomes of the sums as they are written: `added` [N,OH,OW,O] goes to them (null: nothing does; it must not
// be y), then what is negative becomes 0, and NaN stays.
struct ConvEnd {
  const float* added = nullptr;
  bool rectify = false;
};
// Lines [begin, end) of an image.
struct Lines {
  std::int64_t begin, end;
  std::int64_t count() const { return end - begin; }
};
// And of which lines of the output, of one image (d.n = 1) if they are not all: others are not written, what these do
// not see is not read, and their bits are the same, if they begin and end with a multiple of conv2d_lines_together(d)
// or with the image.
void conv2d_forward_prepared(Context& ctx, float* y, const float* x, const float* prepared, const float* bias,
                             const ConvDims& d, const ConvEnd& end, const Lines& lines);
// Lines of the output that are made together.
std::int64_t conv2d_lines_together(const ConvDims& d);
// What windows see of h lines of input for these lines of the output, and how far they reach beyond its upper end. At
// least one line, where padding is narrower than a window.
struct LinesSeen {
  Lines lines;
  std::int64_t padding;
};
LinesSeen lines_seen(const Lines& out, std::int64_t h, std::int64_t kernel, std::int64_t stride, std::int64_t padding);
void conv2d_backward_input(Context& ctx, float* dx /*[N,H,W,C]*/, const float* dy /*[N,OH,OW,O]*/, const float* weight,
                           const ConvDims& d);
// dbias may be null.
void conv2d_backward_weight(Context& ctx, float* dweight /*[O,kh,kw,C/groups]*/, float* dbias /*[O]*/,
                            const float* dy /*[N,OH,OW,O]*/, const float* x /*[N,H,W,C]*/, const ConvDims& d);

// y[n,o] = bias[o] + sum_i x[n,i] weight[o,i]
void dense_forward(Context& ctx, float* y /*[N,O]*/, const float* x /*[N,I]*/, const float* weight /*[O,I]*/,
                   const float* bias /*[O] or null*/, std::int64_t n, std::int64_t in, std::int64_t out);
// The same in two steps, as for a convolution: a row of y has the same bits in any company.
std::int64_t dense_prepared_floats(std::int64_t in, std::int64_t out);
void dense_prepare(Context& ctx, float* prepared, const float* weight, std::int64_t in, std::int64_t out);
void dense_forward_prepared(Context& ctx, float* y, const float* x, const float* prepared, const float* bias,
                            std::int64_t n, std::int64_t in, std::int64_t out);
void dense_backward_input(Context& ctx, float* dx /*[N,I]*/, const float* dy /*[N,O]*/, const float* weight /*[O,I]*/,
                          std::int64_t n, std::int64_t in, std::int64_t out);
void dense_backward_weight(Context& ctx, float* dweight /*[O,I]*/, float* dbias /*[O] or null*/,
                           const float* dy /*[N,O]*/, const float* x /*[N,I]*/, std::int64_t n, std::int64_t in,
                           std::int64_t out);

// Batch norm over rows = N*H*W of [rows,C]. Forward in training writes the batch mean and 1/sqrt(var+eps), which
// backward needs, and updates the running statistics (running_var with the unbiased variance; rows == 1 leaves it
// biased).
void batch_norm_forward_train(Context& ctx, float* y, float* saved_mean /*[C]*/, float* saved_inv_std /*[C]*/,
                              float* running_mean /*[C]*/, float* running_var /*[C]*/, const float* x,
                              const float* gamma, const float* beta, std::int64_t rows, std::int64_t c, float eps,
                              float momentum);
// In evaluation, in two steps, as one scale serves many calls: scale = gamma / sqrt(running_var + eps), which may be
// written over gamma, then y = (x - running_mean) * scale + beta, and if `rectify`, what is negative becomes 0. Rows of
// x lie x_row >= C floats apart: they may be the first columns of wider ones.
void batch_norm_scale(float* scale /*[C]*/, const float* gamma, const float* running_var, std::int64_t c, float eps);
void batch_norm_forward_eval(Context& ctx, float* y /*[rows,C]*/, const float* x, std::int64_t x_row,
                             const float* running_mean, const float* scale, const float* beta, std::int64_t rows,
                             std::int64_t c, bool rectify);
void batch_norm_backward(Context& ctx, float* dx, float* dgamma /*[C]*/, float* dbeta /*[C]*/, const float* dy,
                         const float* x, const float* gamma, const float* saved_mean, const float* saved_inv_std,
                         std::int64_t rows, std::int64_t c);

struct PoolDims {
  std::int64_t n, h, w, c, oh, ow, kh, kw, sh, sw, ph, pw;
};
// argmax holds, for every output, the index h*W+w of the winner within its image plane (first one on ties).
void max_pool_forward(Context& ctx, float* y, std::int32_t* argmax /*[N,OH,OW,C] or null*/, const float* x,
                      const PoolDims& d);
void max_pool_backward(Context& ctx, float* dx, const float* dy, const std::int32_t* argmax, const PoolDims& d);
void avg_pool_forward(Context& ctx, float* y, const float* x, const PoolDims& d);
void avg_pool_backward(Context& ctx, float* dx, const float* dy, const PoolDims& d);
void global_avg_pool_forward(Context& ctx, float* y /*[N,C]*/, const float* x /*[N,HW,C]*/, std::int64_t n,
                             std::int64_t hw, std::int64_t c);
void global_avg_pool_backward(Context& ctx, float* dx, const float* dy, std::int64_t n, std::int64_t hw,
                              std::int64_t c);

// Pointwise over `size` values. Backward of relu, tanh and sigmoid takes the *output* y; of silu the *input* x.
// In place (y == x, dx == dy) is allowed.
void relu_forward(Context& ctx, float* y, const float* x, std::int64_t size);
void relu_backward(Context& ctx, float* dx, const float* dy, const float* y, std::int64_t size);
void silu_forward(Context& ctx, float* y, const float* x, std::int64_t size);
void silu_backward(Context& ctx, float* dx, const float* dy, const float* x, std::int64_t size);
void tanh_forward(Context& ctx, float* y, const float* x, std::int64_t size);
void tanh_backward(Context& ctx, float* dx, const float* dy, const float* y, std::int64_t size);
void sigmoid_forward(Context& ctx, float* y, const float* x, std::int64_t size);
void sigmoid_backward(Context& ctx, float* dx, const float* dy, const float* y, std::int64_t size);
// Over the channels of each row.
void softmax_forward(Context& ctx, float* y, const float* x, std::int64_t rows, std::int64_t c);
void softmax_backward(Context& ctx, float* dx, const float* dy, const float* y, std::int64_t rows, std::int64_t c);
// y = x * mask, mask holding 0 or 1/(1-p); the same function is its own gradient.
void multiply(Context& ctx, float* y, const float* x, const float* mask, std::int64_t size);
void add(Context& ctx, float* y, const float* a, const float* b, std::int64_t size);
void accumulate(Context& ctx, float* y /* += x */, const float* x, std::int64_t size);
// Copies [rows,c] into columns [offset, offset+c) of [rows,total] and back; concat forward and backward.
void copy_columns_in(Context& ctx, float* y /*[rows,total]*/, const float* x /*[rows,c]*/, std::int64_t rows,
                     std::int64_t c, std::int64_t offset, std::int64_t total);
void copy_columns_out(Context& ctx, float* x /*[rows,c]*/, const float* y /*[rows,total]*/, std::int64_t rows,
                      std::int64_t c, std::int64_t offset, std::int64_t total);

// The limit that the others are held against: v = v * kPeakFactor + kPeakTerm, kPeakSteps times a round, on as many
// values (0, 1, 2, …) as keep this instruction set's arithmetic busy, in registers alone and on the calling thread.
// Where these are two instructions, half of the values are multiplied, by the factor and its inverse in turn, and the
// others have the term added and taken away. Writes the sum of the values; returns the operations done.
inline constexpr int kPeakSteps = 8;
inline constexpr float kPeakFactor = 0.999F, kPeakTerm = 0.001F;
double multiply_add_peak(float* sum, std::int64_t rounds);

// The update rules, as PyTorch writes them, of one piece of a parameter buffer: no threads of their own. The gradient
// is g = scale * dw, so that a row of a product of two vectors need not be written out; scale is 1 otherwise. w -= lr *
// (g + decay * w)
void sgd_update(float* w, const float* dw, float scale, std::int64_t size, float lr, float decay);
// v = mu * v + (g + decay * w); w -= lr * v, or lr * (g + decay * w + mu * v) looking ahead (nesterov).
void momentum_update(float* w, float* v, const float* dw, float scale, std::int64_t size, float lr, float decay,
                     float mu, bool nesterov);
struct AdamStep {
  float beta1, beta2, eps;
  float step_size;  // lr / (1 - beta1^t)
  float over_root;  // 1 / sqrt(1 - beta2^t)
  float shrink;     // AdamW: 1 - lr * decay; otherwise 1
  float decay;      // Adam: added to the gradient; otherwise 0
};
// g' = g + decay w; m = beta1 m + (1 - beta1) g'; v = beta2 v + (1 - beta2) g'^2;
// w = shrink w - step_size m / (sqrt(v) over_root + eps)
void adam_update(float* w, float* m, float* v, const float* dw, float scale, std::int64_t size, const AdamStep& step);

// Which implementation this machine runs: "avx512", "avx2", "sse2", "wasm_relaxed_simd", "wasm_simd", "portable".
const char* instruction_set();

}  // namespace pinwheel::kernels
