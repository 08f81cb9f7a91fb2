// Runs a network forward and backward on our own kernels: the executor of training, of gradient tests and of evaluation
// where XNNPACK is not wanted. It owns activations and gradients for one largest batch and allocates nothing in a step.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/parallel.h"
#include "base/rng.h"
#include "nn/params.h"
#include "nn/spec.h"
#include "train/gradient.h"
#include "train/plan.h"

namespace pinwheel {

// Lean: pointwise layers overwrite their input where no backward needs it and rectifiers go behind pooling, so
// activation() is exact only for layers that this leaves alone. Training has no use for more.
enum class Activations { kKeepAll, kLean };
// Products: by a batch of one, the weight gradients of dense layers are left as the vectors whose products they are.
enum class WeightGradients { kWrittenOut, kProducts };

class Executor {
 public:
  // Builds buffers for up to max_batch examples. The pool must outlive the executor. slice_floats: see plan.h; it
  // changes the order in which the gradients of examples are added up, and nothing else.
  Executor(const NetSpec& spec, std::int64_t max_batch, const ThreadPool& pool,
           Activations activations = Activations::kKeepAll, std::int64_t slice_floats = kSliceFloats);
  ~Executor();
  Executor(Executor&&) noexcept;

  const NetSpec& spec() const;
  const Extent& output_extent() const;

  // input [batch, spec.input], read again by the backward pass; returns logits [batch, output], valid until the next
  // call. Training mode uses batch statistics (and updates the running ones in params) and draws dropout masks from
  // rng.
  std::span<const float> forward_train(Params& params, std::span<const float> input, std::int64_t batch, Rng& rng);
  std::span<const float> forward_eval(const Params& params, std::span<const float> input, std::int64_t batch);

  // After forward_train: from d loss / d output [batch, output] writes d loss / d every trainable parameter into
  // dparams (params.layout.trainable floats, the layout's order), and d loss / d input when dinput is not empty.
  void backward(const Params& params, std::span<const float> doutput, std::span<float> dparams,
                std::span<float> dinput = {}, WeightGradients weights = WeightGradients::kWrittenOut);

  // The same passes in pieces of a layer or a few slices of several, for those who must answer others in between. A
  // pass under way has changed nothing but this executor; starting another forgets it. The spans and parameters given
  // must live until its end.
  void start_forward_train(const Params& params, std::span<const float> input, std::int64_t batch, Rng& rng);
  void start_forward_eval(const Params& params, std::span<const float> input, std::int64_t batch);
  void start_backward(const Params& params, std::span<const float> doutput, std::span<float> dparams,
                      std::span<float> dinput = {}, WeightGradients weights = WeightGradients::kWrittenOut);
  bool advance();                                     // the next layer; false when none was left
  std::span<const float> logits() const;              // of the forward pass that has ended
  std::span<const RankOneGradient> products() const;  // of the backward pass that has ended
  void keep_statistics(Params& params) const;         // the running ones, as forward_train would leave them

  // The output of node `index` in the last forward pass, [batch, extent]; for activation maps and tests.
  std::span<const float> activation(int index) const;

  // Bytes of activations and of gradients (without the input's): what a batch size costs.
  std::int64_t memory_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pinwheel
