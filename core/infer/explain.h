// What goes on inside a network for one picture: the output of any layer, by XNNPACK. Nothing is trained and no
// gradient is taken; where the network looked is asked by covering parts (infer/occlusion.h).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "image/image.h"
#include "io/model_file.h"

namespace pinwheel {

// Nodes at which a person can stop and look, in order: for each convolution the node where its picture is finished,
// behind the batch norm and the activation that alone read it.
std::vector<int> rooms(const NetSpec& spec);

struct LayerView {
  int node = 0;  // of Model::spec
  Extent extent;
  std::vector<float> values;  // [H,W,C], or [C] where the extent is flat
};

class LayerViewer {
 public:
  // Lowers the model so that it also gives the outputs of `nodes`; batch norm is folded wherever that changes none of
  // them. The pool must outlive it. Throws Error(kInvalidArgument) for a node that is not there.
  LayerViewer(const Model& model, std::vector<int> nodes, const ThreadPool& pool);
  ~LayerViewer();
  LayerViewer(LayerViewer&&) noexcept;

  struct View {
    std::vector<float> logits;
    std::vector<LayerView> layers;  // in the order of `nodes`
  };
  // A picture as Classifier::seen gives it.
  View look(const Image& seen);
  View look(std::span<const float> input /*[spec.input]*/);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// One channel as a grey picture, from its least value (black) to its largest (white); a channel that is the same
// everywhere is black. A flat layer is one row.
Image channel_image(const LayerView& view, std::int64_t channel);

}  // namespace pinwheel
