// The dense layers that a network ends in, by our own kernels where they are quicker than XNNPACK's: in WebAssembly,
// whose product of a matrix and one row waits for its own sums there, half of the time. A row has the same bits in any
// company.
#pragma once

#include <cstdint>
#include <vector>

#include "base/parallel.h"
#include "kernels/kernels.h"
#include "nn/params.h"
#include "nn/spec.h"

namespace pinwheel {

class DenseTail {
 public:
  // The first node of the end that this can run: a chain of dense layers, activations and what does nothing to a row.
  // The number of nodes if there is none, or if its weights are so many that memory decides and no kernel is quicker.
  static std::size_t first_node(const NetSpec& spec);
  // Whether it is the quicker way here.
  static bool pays();

  // The nodes from `first` on. Copies their parameters; the pool must outlive it.
  DenseTail(const NetSpec& spec, const Params& params, std::size_t first, const ThreadPool& pool);

  void run(const float* input, std::int64_t batch, float* output);  // [batch, extent] → [batch, outputs]

 private:
  struct Step {
    Layer layer;
    std::int64_t in, out;
    FloatBuffer weight, bias;  // [out,in], [out]; empty where the layer has none
  };
  void run_step(const Step& step, float* y, const float* x, std::int64_t batch);
  void run_dense(const Step& step, float* y, const float* x, std::int64_t batch) const;

  const ThreadPool& pool_;
  ThreadPool alone_{1};
  kernels::Context context_;
  std::vector<Step> steps_;
  std::int64_t widest_;    // floats of a row between steps
  FloatBuffer values_[2];  // [batch, widest] what passes from step to step, in turns
};

}  // namespace pinwheel
