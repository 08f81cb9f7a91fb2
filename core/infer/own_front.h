// The front of a network by our own kernels, where most of its work are convolutions that these compute with half of
// the products (kernels::saves_products). Pictures go through one by one, every thread its own, so that what passes
// from layer to layer stays near the processor and a picture has the same bits in any company.
#pragma once

#include <cstdint>
#include <vector>

#include "base/parallel.h"
#include "infer/parts.h"
#include "kernels/kernels.h"
#include "nn/params.h"
#include "nn/spec.h"

namespace pinwheel {

class OwnFront {
 public:
  // The first node that is better left to XNNPACK; 0 if all are.
  static std::size_t end_node(const NetSpec& spec);

  // Copies the part's parameters, `params` being those of the whole network; the pool must outlive it.
  OwnFront(const NetPart& part, const Params& params, const ThreadPool& pool);

  void run(const float* input, std::int64_t batch, float* output);  // [batch, extent] → [batch, extent]

 private:
  struct Step {
    Layer layer;
    Extent in, out;
    std::vector<Extent> inputs;
    std::vector<int> from;      // buffers, or kNetInput
    int to;                     // a buffer, or kOutput
    FloatBuffer parameters[6];  // by ParamRole; empty where the layer has none
  };
  struct Lane {
    kernels::Context context;
    std::vector<FloatBuffer> buffers;
  };
  struct Pass;  // of one picture

  void run_one(Lane& lane, kernels::Context& context, const float* input, float* output) const;

  const ThreadPool& pool_;
  ThreadPool alone_{1};
  kernels::Context together_;  // of all threads, for one picture
  std::int64_t input_, output_;
  std::vector<Step> steps_;
  std::vector<Lane> lanes_;  // one for each thread
};

}  // namespace pinwheel
