// What every kernel means, as plainly as it can be written: one loop per index, sums in double, no blocking, no
// vectors, no threads. The signatures are those of kernels.h without the context. For tests; never fast.
#pragma once

#include "kernels/kernels.h"

namespace pinwheel::kernels::reference {

void conv2d_forward(float* y /*[N,OH,OW,O]*/, const float* x /*[N,H,W,C]*/, const float* weight /*[O,kh,kw,C/groups]*/,
                    const float* bias /*[O]*/, const ConvDims& d);
void conv2d_backward_input(float* dx /*[N,H,W,C]*/, const float* dy /*[N,OH,OW,O]*/, const float* weight,
                           const ConvDims& d);
void conv2d_backward_weight(float* dweight /*[O,kh,kw,C/groups]*/, float* dbias /*[O]*/,
                            const float* dy /*[N,OH,OW,O]*/, const float* x /*[N,H,W,C]*/, const ConvDims& d);

void dense_forward(float* y /*[N,O]*/, const float* x /*[N,I]*/, const float* weight /*[O,I]*/,
                   const float* bias /*[O] or null*/, std::int64_t n, std::int64_t in, std::int64_t out);
void dense_backward_input(float* dx /*[N,I]*/, const float* dy /*[N,O]*/, const float* weight /*[O,I]*/, std::int64_t n,
                          std::int64_t in, std::int64_t out);
void dense_backward_weight(float* dweight /*[O,I]*/, float* dbias /*[O] or null*/, const float* dy /*[N,O]*/,
                           const float* x /*[N,I]*/, std::int64_t n, std::int64_t in, std::int64_t out);

void batch_norm_forward_train(float* y, float* saved_mean /*[C]*/, float* saved_inv_std /*[C]*/,
                              float* running_mean /*[C]*/, float* running_var /*[C]*/, const float* x,
                              const float* gamma, const float* beta, std::int64_t rows, std::int64_t c, float eps,
                              float momentum);
void batch_norm_scale(float* scale /*[C]*/, const float* gamma, const float* running_var, std::int64_t c, float eps);
void batch_norm_forward_eval(float* y, const float* x, std::int64_t x_row, const float* running_mean,
                             const float* scale, const float* beta, std::int64_t rows, std::int64_t c, bool rectify);
void batch_norm_backward(float* dx, float* dgamma /*[C]*/, float* dbeta /*[C]*/, const float* dy, const float* x,
                         const float* gamma, const float* saved_mean, const float* saved_inv_std, std::int64_t rows,
                         std::int64_t c);

void max_pool_forward(float* y, std::int32_t* argmax /*[N,OH,OW,C] or null*/, const float* x, const PoolDims& d);
void max_pool_backward(float* dx, const float* dy, const std::int32_t* argmax, const PoolDims& d);
void avg_pool_forward(float* y, const float* x, const PoolDims& d);
void avg_pool_backward(float* dx, const float* dy, const PoolDims& d);
void global_avg_pool_forward(float* y /*[N,C]*/, const float* x /*[N,HW,C]*/, std::int64_t n, std::int64_t hw,
                             std::int64_t c);
void global_avg_pool_backward(float* dx, const float* dy, std::int64_t n, std::int64_t hw, std::int64_t c);

void relu_forward(float* y, const float* x, std::int64_t size);
void relu_backward(float* dx, const float* dy, const float* y, std::int64_t size);
void silu_forward(float* y, const float* x, std::int64_t size);
void silu_backward(float* dx, const float* dy, const float* x, std::int64_t size);
void tanh_forward(float* y, const float* x, std::int64_t size);
void tanh_backward(float* dx, const float* dy, const float* y, std::int64_t size);
void sigmoid_forward(float* y, const float* x, std::int64_t size);
void sigmoid_backward(float* dx, const float* dy, const float* y, std::int64_t size);
void softmax_forward(float* y, const float* x, std::int64_t rows, std::int64_t c);
void softmax_backward(float* dx, const float* dy, const float* y, std::int64_t rows, std::int64_t c);
void multiply(float* y, const float* x, const float* mask, std::int64_t size);
void add(float* y, const float* a, const float* b, std::int64_t size);
void accumulate(float* y /* += x */, const float* x, std::int64_t size);
void copy_columns_in(float* y /*[rows,total]*/, const float* x /*[rows,c]*/, std::int64_t rows, std::int64_t c,
                     std::int64_t offset, std::int64_t total);
void copy_columns_out(float* x /*[rows,c]*/, const float* y /*[rows,total]*/, std::int64_t rows, std::int64_t c,
                      std::int64_t offset, std::int64_t total);

void sgd_update(float* w, const float* dw, float scale, std::int64_t size, float lr, float decay);
void momentum_update(float* w, float* v, const float* dw, float scale, std::int64_t size, float lr, float decay,
                     float mu, bool nesterov);
void adam_update(float* w, float* m, float* v, const float* dw, float scale, std::int64_t size, const AdamStep& step);

// Told how many values, which is the instruction set's own business.
void multiply_add_peak(float* sum, std::int64_t values, std::int64_t rounds, bool fused);

}  // namespace pinwheel::kernels::reference
