// The published networks, layer by layer. Logits come out; sigmoid and softmax are the head's.
#include "nn/presets.h"

#include <array>
#include <string>
#include <vector>

#include "base/error.h"

namespace pinwheel::nets {
namespace {

constexpr Size2 kOne{1, 1}, kTwo{2, 2}, kThree{3, 3};

Conv2d conv(std::int64_t channels, Size2 kernel, Size2 stride, Size2 padding, bool bias) {
  return {.out_channels = channels, .kernel = kernel, .stride = stride, .padding = padding, .bias = bias};
}

Size2 square(std::int64_t side) { return {side, side}; }

// The last layer of system B: eleven dense layers, one per question, joined; or a single one.
void add_outputs(NetBuilder& b, std::int64_t outputs, bool question_heads) {
  if (!question_heads) {
    b.add("fc2", Dense{outputs});
    return;
  }
  constexpr std::array<std::int64_t, 11> kAnswers{3, 2, 2, 2, 4, 2, 3, 7, 3, 3, 6};
  if (outputs != 37) {
    throw Error(ErrorCode::kInvalidArgument, "question heads need the 37 outputs of the decision tree, not " +
                                                 std::to_string(outputs) + "; switch them off");
  }
  const int hidden = b.last();
  std::vector<int> heads;
  for (std::size_t i = 0; i < kAnswers.size(); ++i) {
    heads.push_back(b.add("heads." + std::to_string(i), Dense{kAnswers[i]}, {hidden}));
  }
  b.add("join", Concat{}, heads);
}

}  // namespace

NetSpec two_layer(std::int64_t inputs, std::int64_t hidden, std::int64_t outputs) {
  NetBuilder b(Extent::vector(inputs));
  b.add("fc1", Dense{hidden});
  b.add("tanh1", Tanh{});
  b.add("fc2", Dense{outputs});
  return std::move(b).build();
}

NetSpec convnet(std::int64_t outputs, bool question_heads) {
  NetBuilder b(Extent::image(64, 64, 1));
  std::int64_t channels = 10;
  for (const char* i : {"1", "2", "3"}) {
    b.add(std::string("conv") + i, conv(channels, square(4), kOne, {0, 0}, true));
    b.add(std::string("pool") + i, MaxPool{});
    b.add(std::string("relu") + i, Relu{});
    channels *= 2;
  }
  b.add("flatten", Flatten{});
  b.add("fc1", Dense{300});
  b.add("relu4", Relu{});
  add_outputs(b, outputs, question_heads);
  return std::move(b).build();
}

NetSpec linnet(std::int64_t outputs, bool question_heads) {
  NetBuilder b(Extent::image(64, 64, 1));
  b.add("flatten", Flatten{});
  b.add("fc1", Dense{300});
  b.add("relu1", Relu{});
  add_outputs(b, outputs, question_heads);
  return std::move(b).build();
}

NetSpec small_cnn(std::int64_t outputs) {
  NetBuilder b(Extent::image(64, 64, 3));
  b.add("conv1", conv(16, kThree, kOne, {0, 0}, true));
  b.add("relu1", Relu{});
  b.add("bn1", BatchNorm{});
  b.add("pool1", MaxPool{});
  b.add("conv2", conv(32, kThree, kOne, {0, 0}, true));
  b.add("relu2", Relu{});
  b.add("bn2", BatchNorm{});
  b.add("pool2", AvgPool{});
  b.add("flatten", Flatten{});
  b.add("fc1", Dense{32});
  b.add("relu3", Relu{});
  b.add("bn3", BatchNorm{});
  b.add("dropout", Dropout{0.2});
  b.add("fc2", Dense{outputs});
  return std::move(b).build();
}

NetSpec four_block(std::int64_t outputs, bool readme_variant) {
  struct Block {
    std::int64_t channels, kernel, padding;
  };
  constexpr std::array<Block, 4> kCode{{{64, 9, 4}, {128, 5, 2}, {256, 3, 1}, {512, 1, 0}}};
  constexpr std::array<Block, 4> kReadme{{{64, 9, 1}, {128, 5, 1}, {256, 3, 1}, {512, 1, 1}}};
  NetBuilder b(Extent::image(64, 64, 3));
  int number = 0;
  for (const Block& block : readme_variant ? kReadme : kCode) {
    const std::string i = std::to_string(++number);
    b.add("conv" + i, conv(block.channels, square(block.kernel), kOne, square(block.padding), true));
    b.add("bn" + i, BatchNorm{});
    b.add("relu" + i, Relu{});
    b.add("pool" + i, MaxPool{});
  }
  b.add("flatten", Flatten{});
  number = 0;
  for (const std::int64_t units : {std::int64_t{1024}, std::int64_t{readme_variant ? 2048 : 256}}) {
    const std::string i = std::to_string(++number);
    b.add("fc" + i, Dense{units});
    b.add("dropout" + i, Dropout{0.15});
    b.add("relu_fc" + i, Relu{});
  }
  b.add("fc3", Dense{outputs});
  return std::move(b).build();
}

NetSpec lesson(std::int64_t outputs) {
  NetBuilder b(Extent::image(128, 128, 3));
  for (const char* i : {"1", "2"}) {
    b.add(std::string("conv") + i, conv(8, kThree, kTwo, {0, 0}, true));
    b.add(std::string("relu") + i, Relu{});
    b.add(std::string("pool") + i, MaxPool{});
  }
  b.add("flatten", Flatten{});
  b.add("fc1", Dense{16});
  b.add("relu3", Relu{});
  b.add("fc2", Dense{outputs});
  return std::move(b).build();
}

}  // namespace pinwheel::nets
