// One implementation of every kernel as a table of function pointers. The sources under isa/ are compiled once for each
// instruction set, each time into a namespace of its own, and end in one such table; dispatch.cpp picks one at run
// time.
#pragma once

#include "kernels/kernels.h"

// The list of all kernels, written once: it declares them in each instruction set's namespace and lays out the table.
#define PINWHEEL_FOR_EACH_KERNEL(X) \
  X(conv2d_forward)                 \
  X(conv2d_prepared_floats)         \
  X(conv2d_prepare)                 \
  X(conv2d_forward_prepared)        \
  X(conv2d_backward_input)          \
  X(conv2d_backward_weight)         \
  X(dense_forward)                  \
  X(dense_prepared_floats)          \
  X(dense_prepare)                  \
  X(dense_forward_prepared)         \
  X(dense_backward_input)           \
  X(dense_backward_weight)          \
  X(batch_norm_forward_train)       \
  X(batch_norm_scale)               \
  X(batch_norm_forward_eval)        \
  X(batch_norm_backward)            \
  X(max_pool_forward)               \
  X(max_pool_backward)              \
  X(avg_pool_forward)               \
  X(avg_pool_backward)              \
  X(global_avg_pool_forward)        \
  X(global_avg_pool_backward)       \
  X(relu_forward)                   \
  X(relu_backward)                  \
  X(silu_forward)                   \
  X(silu_backward)                  \
  X(tanh_forward)                   \
  X(tanh_backward)                  \
  X(sigmoid_forward)                \
  X(sigmoid_backward)               \
  X(softmax_forward)                \
  X(softmax_backward)               \
  X(multiply)                       \
  X(add)                            \
  X(accumulate)                     \
  X(copy_columns_in)                \
  X(copy_columns_out)               \
  X(sgd_update)                     \
  X(momentum_update)                \
  X(adam_update)                    \
  X(multiply_add_peak)

namespace pinwheel::kernels {

struct KernelTable {
  const char* name;
  bool fused;  // multiplies and adds in one rounding: tables that agree in this agree in every bit
#define PINWHEEL_MEMBER(function) decltype(&kernels::function) function;
  PINWHEEL_FOR_EACH_KERNEL(PINWHEEL_MEMBER)
#undef PINWHEEL_MEMBER
};

}  // namespace pinwheel::kernels
