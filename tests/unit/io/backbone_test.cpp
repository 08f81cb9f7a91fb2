// A body's weights come from a file as PyTorch writes it, whatever that file says of the last layer.
#include "io/backbone.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "io/safetensors.h"
#include "nn/presets.h"
#include "nn/torch_layout.h"
#include "support/errors.h"
#include "support/formula_weights.h"

namespace pinwheel {
namespace {

// ResNet18 as torchvision saves it: a thousand classes, batch counters.
TensorFile torchvision_file() {
  const NetSpec spec = nets::resnet18(1000, Extent::image(64, 64, 3));
  TensorFile file;
  for (TorchTensor& tensor : test::formula_tensors(spec)) {
    file.tensors.push_back({std::move(tensor.name), std::move(tensor.shape), std::move(tensor.values)});
  }
  file.tensors.push_back({"bn1.num_batches_tracked", {}, {5}});
  return file;
}

struct Scene {
  NetSpec spec = nets::resnet18(37, Extent::image(64, 64, 3));
  Params params = initialise(spec, {}, Rng(1));

  std::string refusal(const TensorFile& file) {
    const FloatBuffer before = params.values.clone();
    const auto bytes = write_safetensors(file);
    std::string message =
        test::message_of(ErrorCode::kBadFile, [&] { load_backbone(spec, params, bytes, "body.safetensors"); });
    EXPECT_TRUE(std::equal(before.begin(), before.end(), params.values.begin()));
    return message;
  }
};

TEST(Backbone, FillsEverythingButTheLastLayer) {
  Scene s;
  const Params fresh = s.params.clone(), expected = test::formula_params(s.spec);
  load_backbone(s.spec, s.params, write_safetensors(torchvision_file()), "body.safetensors");
  for (const ParamSlot& slot : s.params.layout.slots) {
    const bool last = slot.name.rfind("fc.", 0) == 0;
    const auto ours = s.params.slot(slot);
    const auto from = (last ? fresh : expected).slot(slot);
    EXPECT_TRUE(std::equal(ours.begin(), ours.end(), from.begin())) << slot.name;
  }
}

TEST(Backbone, TheLastLayerMayBeMissing) {
  Scene s;
  TensorFile file = torchvision_file();
  std::erase_if(file.tensors, [](const NamedTensor& tensor) { return tensor.name.rfind("fc.", 0) == 0; });
  EXPECT_NO_THROW(load_backbone(s.spec, s.params, write_safetensors(file), "body.safetensors"));
}

TEST(Backbone, NamesTheFileAndTheTensorThatIsWrong) {
  Scene s;
  TensorFile missing = torchvision_file(), strange = torchvision_file(), broken = torchvision_file();
  missing.tensors.erase(missing.tensors.begin());
  EXPECT_TRUE(test::contains(s.refusal(missing), "'body.safetensors': tensor 'conv1.weight' is missing"));
  strange.tensors.push_back({"layer9.weight", {1}, {1}});
  EXPECT_TRUE(test::contains(s.refusal(strange), "layer9.weight"));
  broken.tensors.front().values[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(test::contains(s.refusal(broken), "not a finite number"));
  const std::vector<std::uint8_t> nothing;
  EXPECT_THROW(load_backbone(s.spec, s.params, nothing, "body.safetensors"), Error);
}

}  // namespace
}  // namespace pinwheel
