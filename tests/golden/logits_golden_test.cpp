// The published networks against PyTorch; the numbers are by tools/make_golden_nets.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "infer/network.h"
#include "io/files.h"
#include "io/safetensors.h"
#include "nn/presets.h"
#include "nn/shape_inference.h"
#include "nn/torch_layout.h"
#include "support/formula_weights.h"

namespace pinwheel {
namespace {

using nlohmann::json;
const std::filesystem::path kFolder = PINWHEEL_GOLDEN_DIR;

const json& golden() {
  static const json parsed = json::parse(read_file(kFolder / "logits_presets.json", 1 << 20));
  return parsed;
}

void expect_logits(const std::string& name, const NetSpec& spec, const Params& params) {
  const auto expected = golden()[name]["logits"].get<std::vector<float>>();
  const auto count = golden()[name]["count"].get<std::int64_t>();
  const ThreadPool pool(1);
  const FoldedNet folded = fold_batch_norm(spec, params);
  XnnNetwork network(folded.spec, folded.params, pool);
  std::vector<float> logits(static_cast<std::size_t>(count * infer_shapes(spec).back().size()));
  network.run(test::formula_input(spec, count), count, logits);
  ASSERT_EQ(logits.size(), expected.size()) << name;
  const float largest = std::abs(
      *std::max_element(expected.begin(), expected.end(), [](float a, float b) { return std::abs(a) < std::abs(b); }));
  for (std::size_t i = 0; i < logits.size(); ++i) {
    ASSERT_NEAR(logits[i], expected[i], 1e-5F * largest) << name << ", logit " << i;
  }
}

void expect_sums(const std::string& name, const std::vector<TorchTensor>& tensors) {
  for (const auto& [tensor_name, sum] : golden()[name]["sums"].items()) {
    const auto it = std::find_if(tensors.begin(), tensors.end(), [&](const auto& t) { return t.name == tensor_name; });
    ASSERT_NE(it, tensors.end()) << name << " has no tensor " << tensor_name;
    EXPECT_NEAR(std::accumulate(it->values.begin(), it->values.end(), 0.0), sum.get<double>(), 1e-3) << tensor_name;
  }
}

void check_preset(const std::string& name, const NetSpec& spec) {
  const std::vector<TorchTensor> tensors = test::formula_tensors(spec);
  expect_sums(name, tensors);
  expect_logits(name, spec, from_torch(spec, tensors));
}

TEST(LogitsGolden, PublishedSystems) {
  check_preset("two_layer", nets::two_layer(4761, 100, 5));
  check_preset("convnet", nets::convnet(37, true));
  check_preset("linnet", nets::linnet(37, true));
  check_preset("small_cnn", nets::small_cnn(37));
  check_preset("four_block", nets::four_block(37, false));
  check_preset("four_block_readme", nets::four_block(37, true));
  check_preset("lesson", nets::lesson(4));
}

TEST(LogitsGolden, Torchvision) {
  const Extent input = Extent::image(64, 64, 3);
  check_preset("resnet18", nets::resnet18(37, input));
  check_preset("resnet50", nets::resnet50(37, input));
  check_preset("densenet121", nets::densenet121(37, input));
}

TEST(LogitsGolden, AFileThatPyTorchWrote) {
  const TensorFile file = read_safetensors(read_file(kFolder / "logits_lesson.safetensors", 1 << 20), "the lesson");
  std::vector<TorchTensor> tensors;
  for (const NamedTensor& tensor : file.tensors) tensors.push_back({tensor.name, tensor.shape, tensor.values});
  const NetSpec spec = nets::lesson(4);
  expect_logits("lesson", spec, from_torch(spec, tensors));
}

}  // namespace
}  // namespace pinwheel
