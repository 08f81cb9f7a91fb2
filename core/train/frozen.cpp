// The body runs on our own kernels, a few galaxies at a time: at 224x224 each takes some tens of megabytes.
#include "train/frozen.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "nn/shape_inference.h"
#include "train/batcher.h"
#include "train/executor.h"

namespace pinwheel {
namespace {

constexpr std::int64_t kPiece = 8;

// Slots of one network into those of the same name in another, where it has them.
void copy_slots(const Params& from, Params& to) {
  for (const ParamSlot& slot : to.layout.slots) {
    const ParamSlot* source = from.layout.find(slot.name);
    if (source == nullptr) continue;
    const auto values = from.slot(*source);
    std::copy(values.begin(), values.end(), to.slot(slot).begin());
  }
}

Params part_of(const Params& whole, const NetSpec& part) {
  Params params(layout_params(part));
  copy_slots(whole, params);
  return params;
}

}  // namespace

FrozenNet split_before_last(const NetSpec& spec) {
  const std::size_t before = spec.nodes.empty() ? 0 : spec.nodes.size() - 1;
  const bool dense = before > 0 && std::holds_alternative<Dense>(spec.nodes.back().layer) &&
                     spec.nodes.back().inputs.front() == static_cast<int>(before) - 1;
  if (!dense) {
    throw Error(ErrorCode::kInvalidArgument,
                "only a network that ends in one dense layer can be trained with all others frozen");
  }
  FrozenNet net{spec, {}};
  net.body.nodes.pop_back();
  net.last.input = infer_shapes(net.body).back();
  net.last.nodes = {spec.nodes.back()};
  net.last.nodes.front().inputs = {kNetInput};
  return net;
}

std::optional<Dataset> compute_features(const Model& model, const Dataset& dataset, const ThreadPool& pool,
                                        const FeatureProgress& progress) {
  const FrozenNet net = split_before_last(model.spec);
  const Batcher batcher(dataset, model.preprocess, model.spec.input);
  const Params params = part_of(model.params, net.body);
  Executor executor(net.body, kPiece, pool, Activations::kLean);
  std::vector<float> input(static_cast<std::size_t>(kPiece * net.body.input.size()));
  Dataset seen = same_galaxies(dataset, net.last.input);
  seen.features.reserve(static_cast<std::size_t>(dataset.size() * net.last.input.size()));
  for (std::int64_t done = 0; done < dataset.size();) {
    std::vector<std::int64_t> piece(static_cast<std::size_t>(std::min(kPiece, dataset.size() - done)));
    std::iota(piece.begin(), piece.end(), done);
    batcher.plain(piece, input, pool);
    const auto rows = static_cast<std::int64_t>(piece.size());
    const auto features =
        executor.forward_eval(params, {input.data(), static_cast<std::size_t>(rows * net.body.input.size())}, rows);
    seen.features.insert(seen.features.end(), features.begin(), features.end());
    done += rows;
    if (!progress(done)) return std::nullopt;
  }
  return seen;
}

Model last_layer(const Model& model) {
  Model last;
  last.name = model.name;
  last.description = model.description;
  last.spec = split_before_last(model.spec).last;
  last.params = part_of(model.params, last.spec);
  last.head = model.head;
  last.outputs = model.outputs;
  return last;
}

void set_last_layer(Model& model, const Model& last) {
  if (split_before_last(model.spec).last != last.spec) {
    throw Error(ErrorCode::kInvalidArgument, "the trained layer is not the last one of '" + model.name + "'");
  }
  copy_slots(last.params, model.params);
}

}  // namespace pinwheel
