// The words for layers and the builder. Whether a network can work is decided in shape_inference alone.
#include "nn/spec.h"

#include <utility>

#include "nn/overload.h"
#include "nn/shape_inference.h"

namespace pinwheel {

const char* layer_kind(const Layer& layer) {
  return std::visit(Overload{
                        [](const Conv2d&) { return "conv2d"; },
                        [](const Dense&) { return "dense"; },
                        [](const BatchNorm&) { return "batch_norm"; },
                        [](const MaxPool&) { return "max_pool"; },
                        [](const AvgPool&) { return "avg_pool"; },
                        [](const GlobalAvgPool&) { return "global_avg_pool"; },
                        [](const Relu&) { return "relu"; },
                        [](const Silu&) { return "silu"; },
                        [](const Tanh&) { return "tanh"; },
                        [](const Sigmoid&) { return "sigmoid"; },
                        [](const Softmax&) { return "softmax"; },
                        [](const Dropout&) { return "dropout"; },
                        [](const Add&) { return "add"; },
                        [](const Concat&) { return "concat"; },
                        [](const Flatten&) { return "flatten"; },
                    },
                    layer);
}

int NetBuilder::add(std::string name, Layer layer) { return add(std::move(name), std::move(layer), {last()}); }

int NetBuilder::add(std::string name, Layer layer, std::vector<int> inputs) {
  spec_.nodes.push_back({std::move(name), std::move(layer), std::move(inputs)});
  return last();
}

NetSpec NetBuilder::build() && {
  infer_shapes(spec_);
  return std::move(spec_);
}

}  // namespace pinwheel
