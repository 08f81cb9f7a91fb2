// Parts of a network by our own kernels, where these are quicker than XNNPACK's: its front, as far as that holds (all
// of it, where our kernels have vectors for the processor; see kernels::tile_side for what they save), and the dense
// layers at its end. Pictures go through in slices, every thread its own, piece by piece (see parts.h), so that what
// passes from layer to layer stays near the processor. A picture has the same bits in any company.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "infer/parts.h"
#include "infer/steps.h"
#include "kernels/kernels.h"
#include "nn/params.h"
#include "nn/spec.h"

namespace pinwheel {

class OwnPart {
 public:
  // The first node that is better left to XNNPACK; 0 if all are.
  static std::size_t front_end(const NetSpec& spec);
  // From here on the network is a chain of dense layers, activations and what does nothing to a row; the number of
  // nodes if it does not end so.
  static std::size_t tail_begin(const NetSpec& spec);

  // Copies the part's parameters, `params` being those of the whole network; the pool must outlive it.
  OwnPart(const NetPart& part, const Params& params, const ThreadPool& pool);
  // What reads its output, as pieces of its own.
  void append(const NetPart& part, const Params& params);

  void run(const float* input, std::int64_t batch, float* output);  // [batch, extent] → [batch, extent]

 private:
  struct Step {
    Layer layer;
    Extent in, out;
    std::vector<Extent> inputs;
    FloatBuffer parameters[6];  // by ParamRole; empty where the layer has none; weights are prepared, gammas are scales
  };
  struct Piece {
    std::vector<Step> steps;
    std::int64_t slice, in, out;  // pictures at once, at most, 0: the whole batch; floats of one
    StepPlan plan;                // of a slice
    std::vector<StepGroup> groups;
    StepPlan in_groups;  // of one picture on several threads
  };
  using Buffers = std::vector<FloatBuffer>;
  struct Pass;

  void add_piece(const NetPart& part, std::int64_t slice, const Params& params);
  FloatBuffer ready(const Step& step, ParamRole role, std::span<const float> values);
  void run_pieces(const float* input, std::int64_t batch, float* output);
  void run_piece(const Piece& piece, const float* input, std::int64_t batch, float* output);
  static void run_slice(const Piece& piece, Buffers& buffers, kernels::Context& context, const float* input,
                        std::int64_t n, float* output);
  void run_in_groups(const Piece& piece, const float* input, float* output);

  const ThreadPool& pool_;
  kernels::Context context_;
  std::vector<Piece> pieces_;
  std::vector<Buffers> buffers_;  // for each thread; the first ones also for what all share
  FloatBuffer between_[2];        // pieces
};

}  // namespace pinwheel
