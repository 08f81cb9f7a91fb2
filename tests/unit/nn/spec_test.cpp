#include "nn/spec.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "support/errors.h"

namespace pinwheel {
namespace {

template <std::size_t... Index>
std::set<std::string> all_kinds(std::index_sequence<Index...>) {
  return {layer_kind(std::variant_alternative_t<Index, Layer>{})...};
}

TEST(Spec, EveryLayerHasItsOwnKind) {
  EXPECT_EQ(all_kinds(std::make_index_sequence<std::variant_size_v<Layer>>{}).size(), std::variant_size_v<Layer>);
  EXPECT_STREQ(layer_kind(Conv2d{}), "conv2d");
  EXPECT_STREQ(layer_kind(GlobalAvgPool{}), "global_avg_pool");
}

TEST(Spec, BuilderReadsTheLayerBefore) {
  NetBuilder b(Extent::image(8, 8, 3));
  const int first = b.add("a", Conv2d{4});
  b.add("b", Relu{});
  b.add("sum", Add{}, {first, b.last()});
  const NetSpec spec = std::move(b).build();
  EXPECT_EQ(spec.nodes[0].inputs, std::vector<int>{kNetInput});
  EXPECT_EQ(spec.nodes[1].inputs, std::vector<int>{0});
  EXPECT_EQ(spec.nodes[2].inputs, (std::vector<int>{0, 1}));
}

TEST(Spec, BuilderRefusesWhatCannotWork) {
  NetBuilder b(Extent::image(8, 8, 3));
  b.add("fc", Dense{4});
  const std::string message = test::message_of(ErrorCode::kInvalidArgument, [&] { std::move(b).build(); });
  EXPECT_TRUE(test::contains(message, "'fc'")) << message;
}

}  // namespace
}  // namespace pinwheel
