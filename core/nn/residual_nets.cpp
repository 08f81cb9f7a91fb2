// Residual and densely connected networks, with torchvision's names, so that its published weights load as they are.
#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "nn/presets.h"

namespace pinwheel::nets {
namespace {

Conv2d conv(std::int64_t channels, std::int64_t kernel, std::int64_t stride) {
  return {.out_channels = channels,
          .kernel = {kernel, kernel},
          .stride = {stride, stride},
          .padding = {kernel / 2, kernel / 2},
          .bias = false};
}

int add_conv_norm(NetBuilder& b, const std::string& conv_name, const std::string& norm_name, const Conv2d& layer,
                  int input) {
  const int index = b.add(conv_name, layer, {input});
  return b.add(norm_name, BatchNorm{}, {index});
}

int add_stem(NetBuilder& b, const Conv2d& layer) {
  add_conv_norm(b, "conv1", "bn1", layer, kNetInput);
  return b.add("relu", Relu{});
}

// The way around a block: the input itself, or a strided 1x1 projection where the shape changes (He et al. 2016, option
// B).
int add_shortcut(NetBuilder& b, const std::string& name, std::int64_t channels, std::int64_t stride, bool project,
                 int input) {
  if (!project) return input;
  return add_conv_norm(b, name + ".downsample.0", name + ".downsample.1", conv(channels, 1, stride), input);
}

int add_sum(NetBuilder& b, const std::string& name, int branch, int shortcut) {
  b.add(name + ".add", Add{}, {branch, shortcut});
  return b.add(name + ".relu_out", Relu{});
}

struct Block {
  std::string name;
  std::int64_t width = 0;
  std::int64_t stride = 1;
  bool project = false;
};

int add_basic_block(NetBuilder& b, const Block& block, int input) {
  const std::string& name = block.name;
  add_conv_norm(b, name + ".conv1", name + ".bn1", conv(block.width, 3, block.stride), input);
  const int middle = b.add(name + ".relu1", Relu{});
  const int branch = add_conv_norm(b, name + ".conv2", name + ".bn2", conv(block.width, 3, 1), middle);
  return add_sum(b, name, branch, add_shortcut(b, name, block.width, block.stride, block.project, input));
}

// torchvision strides in the 3x3 convolution, not in the first 1x1.
int add_bottleneck(NetBuilder& b, const Block& block, int input) {
  const std::string& name = block.name;
  add_conv_norm(b, name + ".conv1", name + ".bn1", conv(block.width, 1, 1), input);
  const int first = b.add(name + ".relu1", Relu{});
  add_conv_norm(b, name + ".conv2", name + ".bn2", conv(block.width, 3, block.stride), first);
  const int second = b.add(name + ".relu2", Relu{});
  const int branch = add_conv_norm(b, name + ".conv3", name + ".bn3", conv(4 * block.width, 1, 1), second);
  return add_sum(b, name, branch, add_shortcut(b, name, 4 * block.width, block.stride, block.project, input));
}

std::string block_name(std::int64_t stage, std::int64_t block) {
  return "layer" + std::to_string(stage + 1) + "." + std::to_string(block);
}

NetSpec resnet(std::int64_t outputs, const Extent& input, const std::vector<std::int64_t>& blocks, bool bottleneck) {
  NetBuilder b(input);
  add_stem(b, conv(64, 7, 2));
  int last = b.add("maxpool", MaxPool{{3, 3}, {2, 2}, {1, 1}});
  std::int64_t width = 64;
  for (std::size_t stage = 0; stage < blocks.size(); ++stage) {
    for (std::int64_t i = 0; i < blocks[stage]; ++i) {
      const std::int64_t stride = stage > 0 && i == 0 ? 2 : 1;
      const bool project = i == 0 && (stage > 0 || bottleneck);
      const Block block{block_name(static_cast<std::int64_t>(stage), i), width, stride, project};
      last = bottleneck ? add_bottleneck(b, block, last) : add_basic_block(b, block, last);
    }
    width *= 2;
  }
  b.add("avgpool", GlobalAvgPool{}, {last});
  b.add("fc", Dense{outputs});
  return std::move(b).build();
}

// norm → relu → 1x1 to 128 → norm → relu → 3x3 to 32, laid behind what was there.
int add_dense_layer(NetBuilder& b, const std::string& name, int input) {
  constexpr std::int64_t kGrowth = 32;
  b.add(name + ".norm1", BatchNorm{}, {input});
  b.add(name + ".relu1", Relu{});
  b.add(name + ".conv1", conv(4 * kGrowth, 1, 1));
  b.add(name + ".norm2", BatchNorm{});
  b.add(name + ".relu2", Relu{});
  const int grown = b.add(name + ".conv2", conv(kGrowth, 3, 1));
  return b.add(name + ".concat", Concat{}, {input, grown});
}

int add_transition(NetBuilder& b, const std::string& name, std::int64_t channels) {
  b.add(name + ".norm", BatchNorm{});
  b.add(name + ".relu", Relu{});
  b.add(name + ".conv", conv(channels, 1, 1));
  return b.add(name + ".pool", AvgPool{});
}

}  // namespace

NetSpec resnet18(std::int64_t outputs, const Extent& input) { return resnet(outputs, input, {2, 2, 2, 2}, false); }

NetSpec resnet50(std::int64_t outputs, const Extent& input) { return resnet(outputs, input, {3, 4, 6, 3}, true); }

NetSpec densenet121(std::int64_t outputs, const Extent& input) {
  const std::vector<int> layers{6, 12, 24, 16};
  NetBuilder b(input);
  add_conv_norm(b, "features.conv0", "features.norm0", conv(64, 7, 2), kNetInput);
  b.add("features.relu0", Relu{});
  int last = b.add("features.pool0", MaxPool{{3, 3}, {2, 2}, {1, 1}});
  std::int64_t channels = 64;
  for (std::size_t block = 0; block < layers.size(); ++block) {
    const std::string number = std::to_string(block + 1);
    for (int i = 1; i <= layers[block]; ++i) {
      last = add_dense_layer(b, "features.denseblock" + number + ".denselayer" + std::to_string(i), last);
      channels += 32;
    }
    if (block + 1 == layers.size()) break;
    channels /= 2;
    last = add_transition(b, "features.transition" + number, channels);
  }
  b.add("features.norm5", BatchNorm{});
  b.add("relu", Relu{});
  b.add("avgpool", GlobalAvgPool{});
  b.add("classifier", Dense{outputs});
  return std::move(b).build();
}

NetSpec galaxy_resnet(std::int64_t outputs, const Extent& input, std::int64_t width, std::int64_t stages,
                      std::int64_t blocks, double dropout) {
  if (width < 1 || width > 4096 || stages < 1 || stages > 8 || blocks < 1 || blocks > 64) {
    throw Error(ErrorCode::kInvalidArgument,
                "a residual net needs a width of 1 to 4096, 1 to 8 stages and 1 to 64 blocks");
  }
  NetBuilder b(input);
  // Arms and bars are a few pixels wide: the stem looks at full resolution, but narrowly, and every stage halves.
  int last = add_stem(b, conv(std::max<std::int64_t>(width / 2, 1), 3, 1));
  for (std::int64_t stage = 0; stage < stages; ++stage) {
    for (std::int64_t i = 0; i < blocks; ++i) {
      const bool shrink = i == 0;
      last = add_basic_block(b, {block_name(stage, i), width << stage, shrink ? 2 : 1, shrink}, last);
    }
  }
  b.add("avgpool", GlobalAvgPool{}, {last});
  b.add("dropout", Dropout{dropout});
  b.add("fc", Dense{outputs});
  return std::move(b).build();
}

}  // namespace pinwheel::nets
