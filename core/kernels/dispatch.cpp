// The kernels of kernels.h: each call goes to the best table that this machine can run.
#include "kernels/dispatch.h"

namespace pinwheel::kernels {
namespace {

const KernelTable& table() {
  static const KernelTable& best = *usable_tables().front();
  return best;
}

}  // namespace

const char* instruction_set() { return table().name; }

void conv2d_forward(Context& ctx, float* y, const float* x, const float* weight, const float* bias, const ConvDims& d) {
  table().conv2d_forward(ctx, y, x, weight, bias, d);
}
std::int64_t conv2d_prepared_floats(const ConvDims& d) { return table().conv2d_prepared_floats(d); }
void conv2d_prepare(Context& ctx, float* prepared, const float* weight, const ConvDims& d) {
  table().conv2d_prepare(ctx, prepared, weight, d);
}
void conv2d_forward_prepared(Context& ctx, float* y, const float* x, const float* prepared, const float* bias,
                             const ConvDims& d, const ConvEnd& end, const Lines& lines) {
  table().conv2d_forward_prepared(ctx, y, x, prepared, bias, d, end, lines);
}
void conv2d_backward_input(Context& ctx, float* dx, const float* dy, const float* weight, const ConvDims& d) {
  table().conv2d_backward_input(ctx, dx, dy, weight, d);
}
void conv2d_backward_weight(Context& ctx, float* dweight, float* dbias, const float* dy, const float* x,
                            const ConvDims& d) {
  table().conv2d_backward_weight(ctx, dweight, dbias, dy, x, d);
}
void dense_forward(Context& ctx, float* y, const float* x, const float* weight, const float* bias, std::int64_t n,
                   std::int64_t in, std::int64_t out) {
  table().dense_forward(ctx, y, x, weight, bias, n, in, out);
}
std::int64_t dense_prepared_floats(std::int64_t in, std::int64_t out) { return table().dense_prepared_floats(in, out); }
void dense_prepare(Context& ctx, float* prepared, const float* weight, std::int64_t in, std::int64_t out) {
  table().dense_prepare(ctx, prepared, weight, in, out);
}
void dense_forward_prepared(Context& ctx, float* y, const float* x, const float* prepared, const float* bias,
                            std::int64_t n, std::int64_t in, std::int64_t out) {
  table().dense_forward_prepared(ctx, y, x, prepared, bias, n, in, out);
}
void dense_backward_input(Context& ctx, float* dx, const float* dy, const float* weight, std::int64_t n,
                          std::int64_t in, std::int64_t out) {
  table().dense_backward_input(ctx, dx, dy, weight, n, in, out);
}
void dense_backward_weight(Context& ctx, float* dweight, float* dbias, const float* dy, const float* x, std::int64_t n,
                           std::int64_t in, std::int64_t out) {
  table().dense_backward_weight(ctx, dweight, dbias, dy, x, n, in, out);
}
void batch_norm_forward_train(Context& ctx, float* y, float* saved_mean, float* saved_inv_std, float* running_mean,
                              float* running_var, const float* x, const float* gamma, const float* beta,
                              std::int64_t rows, std::int64_t c, float eps, float momentum) {
  table().batch_norm_forward_train(ctx, y, saved_mean, saved_inv_std, running_mean, running_var, x, gamma, beta, rows,
                                   c, eps, momentum);
}
void batch_norm_scale(float* scale, const float* gamma, const float* running_var, std::int64_t c, float eps) {
  table().batch_norm_scale(scale, gamma, running_var, c, eps);
}
void batch_norm_forward_eval(Context& ctx, float* y, const float* x, std::int64_t x_row, const float* running_mean,
                             const float* scale, const float* beta, std::int64_t rows, std::int64_t c, bool rectify) {
  table().batch_norm_forward_eval(ctx, y, x, x_row, running_mean, scale, beta, rows, c, rectify);
}
void batch_norm_backward(Context& ctx, float* dx, float* dgamma, float* dbeta, const float* dy, const float* x,
                         const float* gamma, const float* saved_mean, const float* saved_inv_std, std::int64_t rows,
                         std::int64_t c) {
  table().batch_norm_backward(ctx, dx, dgamma, dbeta, dy, x, gamma, saved_mean, saved_inv_std, rows, c);
}
void max_pool_forward(Context& ctx, float* y, std::int32_t* argmax, const float* x, const PoolDims& d) {
  table().max_pool_forward(ctx, y, argmax, x, d);
}
void max_pool_backward(Context& ctx, float* dx, const float* dy, const std::int32_t* argmax, const PoolDims& d) {
  table().max_pool_backward(ctx, dx, dy, argmax, d);
}
void avg_pool_forward(Context& ctx, float* y, const float* x, const PoolDims& d) {
  table().avg_pool_forward(ctx, y, x, d);
}
void avg_pool_backward(Context& ctx, float* dx, const float* dy, const PoolDims& d) {
  table().avg_pool_backward(ctx, dx, dy, d);
}
void global_avg_pool_forward(Context& ctx, float* y, const float* x, std::int64_t n, std::int64_t hw, std::int64_t c) {
  table().global_avg_pool_forward(ctx, y, x, n, hw, c);
}
void global_avg_pool_backward(Context& ctx, float* dx, const float* dy, std::int64_t n, std::int64_t hw,
                              std::int64_t c) {
  table().global_avg_pool_backward(ctx, dx, dy, n, hw, c);
}
void relu_forward(Context& ctx, float* y, const float* x, std::int64_t size) { table().relu_forward(ctx, y, x, size); }
void relu_backward(Context& ctx, float* dx, const float* dy, const float* y, std::int64_t size) {
  table().relu_backward(ctx, dx, dy, y, size);
}
void silu_forward(Context& ctx, float* y, const float* x, std::int64_t size) { table().silu_forward(ctx, y, x, size); }
void silu_backward(Context& ctx, float* dx, const float* dy, const float* x, std::int64_t size) {
  table().silu_backward(ctx, dx, dy, x, size);
}
void tanh_forward(Context& ctx, float* y, const float* x, std::int64_t size) { table().tanh_forward(ctx, y, x, size); }
void tanh_backward(Context& ctx, float* dx, const float* dy, const float* y, std::int64_t size) {
  table().tanh_backward(ctx, dx, dy, y, size);
}
void sigmoid_forward(Context& ctx, float* y, const float* x, std::int64_t size) {
  table().sigmoid_forward(ctx, y, x, size);
}
void sigmoid_backward(Context& ctx, float* dx, const float* dy, const float* y, std::int64_t size) {
  table().sigmoid_backward(ctx, dx, dy, y, size);
}
void softmax_forward(Context& ctx, float* y, const float* x, std::int64_t rows, std::int64_t c) {
  table().softmax_forward(ctx, y, x, rows, c);
}
void softmax_backward(Context& ctx, float* dx, const float* dy, const float* y, std::int64_t rows, std::int64_t c) {
  table().softmax_backward(ctx, dx, dy, y, rows, c);
}
void multiply(Context& ctx, float* y, const float* x, const float* mask, std::int64_t size) {
  table().multiply(ctx, y, x, mask, size);
}
void add(Context& ctx, float* y, const float* a, const float* b, std::int64_t size) { table().add(ctx, y, a, b, size); }
void accumulate(Context& ctx, float* y, const float* x, std::int64_t size) { table().accumulate(ctx, y, x, size); }
void copy_columns_in(Context& ctx, float* y, const float* x, std::int64_t rows, std::int64_t c, std::int64_t offset,
                     std::int64_t total) {
  table().copy_columns_in(ctx, y, x, rows, c, offset, total);
}
void copy_columns_out(Context& ctx, float* x, const float* y, std::int64_t rows, std::int64_t c, std::int64_t offset,
                      std::int64_t total) {
  table().copy_columns_out(ctx, x, y, rows, c, offset, total);
}
void sgd_update(float* w, const float* dw, float scale, std::int64_t size, float lr, float decay) {
  table().sgd_update(w, dw, scale, size, lr, decay);
}
void momentum_update(float* w, float* v, const float* dw, float scale, std::int64_t size, float lr, float decay,
                     float mu, bool nesterov) {
  table().momentum_update(w, v, dw, scale, size, lr, decay, mu, nesterov);
}
void adam_update(float* w, float* m, float* v, const float* dw, float scale, std::int64_t size, const AdamStep& step) {
  table().adam_update(w, m, v, dw, scale, size, step);
}
double multiply_add_peak(float* sum, std::int64_t rounds) { return table().multiply_add_peak(sum, rounds); }

}  // namespace pinwheel::kernels
