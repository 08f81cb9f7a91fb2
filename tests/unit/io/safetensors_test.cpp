#include "io/safetensors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "support/errors.h"

namespace pinwheel {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes file_of(const std::string& header, const Bytes& data = {}) {
  const std::uint64_t length = header.size();
  Bytes bytes(8 + header.size() + data.size());
  std::memcpy(bytes.data(), &length, 8);
  std::copy(header.begin(), header.end(), bytes.begin() + 8);
  std::copy(data.begin(), data.end(), bytes.end() - static_cast<std::ptrdiff_t>(data.size()));
  return bytes;
}

std::string refusal(const Bytes& bytes, ErrorCode code = ErrorCode::kBadFile) {
  const std::string message = test::message_of(code, [&] { read_safetensors(bytes, "some.safetensors"); });
  EXPECT_TRUE(test::contains(message, "some.safetensors")) << message;
  return message;
}

TEST(Safetensors, RoundTrips) {
  TensorFile file;
  file.metadata = {{"format", "pt"}, {"who", "\"quoted\" ä"}};
  file.tensors = {{"z", {2, 3}, {1, 2, 3, 4, 5, -6.1F}}, {"a", {}, {7}}, {"b", {1}, {1e-40F}}, {"empty", {0, 4}, {}}};
  const TensorFile back = read_safetensors(write_safetensors(file), "f");
  EXPECT_EQ(back.metadata, file.metadata);
  ASSERT_EQ(back.tensors.size(), file.tensors.size());
  for (std::size_t i = 0; i < back.tensors.size(); ++i) {
    EXPECT_EQ(back.tensors[i].name, file.tensors[i].name);
    EXPECT_EQ(back.tensors[i].shape, file.tensors[i].shape);
    EXPECT_EQ(back.tensors[i].values, file.tensors[i].values);
  }
}

TEST(Safetensors, WritesHalvesWhereNothingIsLostAndAfterTheFloats) {
  TensorFile file;
  file.tensors = {{"exact", {1, 3}, {0.5F, -2, 0x1p-24F}}, {"vector", {2}, {1, 2}}, {"inexact", {1, 1}, {0.1F}}};
  const Bytes bytes = write_safetensors(file);
  const std::string text(bytes.begin(), bytes.end());
  EXPECT_TRUE(test::contains(text, R"("vector":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})")) << text;
  EXPECT_TRUE(test::contains(text, R"("inexact":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]})")) << text;
  EXPECT_TRUE(test::contains(text, R"("exact":{"dtype":"F16","shape":[1,3],"data_offsets":[12,18]})")) << text;
  EXPECT_EQ(read_safetensors(bytes, "f").tensors.back().values, file.tensors.front().values);
}

TEST(Safetensors, DataStartsAligned) {
  const Bytes bytes = write_safetensors({{{"a", {1}, {1}}}, {}});
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  EXPECT_EQ(length % 8, 0U);
  EXPECT_EQ(bytes.size(), 8 + length + 4);
}

std::vector<float> values_of(const std::string& type, const Bytes& data, std::size_t count) {
  const std::string header = R"({"t":{"dtype":")" + type + R"(","shape":[)" + std::to_string(count) +
                             R"(],"data_offsets":[0,)" + std::to_string(data.size()) + "]}}";
  return read_safetensors(file_of(header, data), "f").tensors.front().values;
}

TEST(Safetensors, ConvertsHalves) {
  // 1, -2, the smallest subnormal, the largest number, infinity.
  const auto values = values_of("F16", {0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00, 0xFF, 0x7B, 0x00, 0x7C}, 5);
  EXPECT_EQ(values, (std::vector<float>{1, -2, 0x1p-24F, 65504, std::numeric_limits<float>::infinity()}));
  EXPECT_TRUE(std::isnan(values_of("F16", {0x01, 0x7E}, 1)[0]));
  EXPECT_EQ(values_of("BF16", {0x80, 0x3F, 0x20, 0xC1}, 2), (std::vector<float>{1, -10}));
}

TEST(Safetensors, ConvertsDoublesAndCounters) {
  EXPECT_EQ(values_of("F64", {0, 0, 0, 0, 0, 0, 0xF8, 0x3F}, 1), std::vector<float>{1.5F});
  EXPECT_EQ(values_of("I64", {0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, 1), std::vector<float>{-2});
  EXPECT_EQ(values_of("I32", {7, 0, 0, 0}, 1), std::vector<float>{7});
}

TEST(Safetensors, RefusesBrokenHeaders) {
  refusal({});
  refusal({1, 2, 3});
  EXPECT_TRUE(test::contains(refusal(Bytes(8, 0xFF)), "too long"));
  EXPECT_TRUE(test::contains(refusal({100, 0, 0, 0, 0, 0, 0, 0, '{', '}'}), "cut off"));
  EXPECT_TRUE(test::contains(refusal(file_of("{")), "not valid JSON"));
  EXPECT_TRUE(test::contains(refusal(file_of("[]")), "object"));
  EXPECT_TRUE(test::contains(refusal(file_of(R"({"a":[[[[[[[]]]]]]]})")), "deeply"));
  EXPECT_TRUE(test::contains(refusal(file_of(R"({"a":1e999})")), "range"));
  EXPECT_TRUE(test::contains(refusal(file_of(R"({"__metadata__":{"a":1}})")), "'a'"));
}

std::string entry(const std::string& fields) { return R"({"t":{)" + fields + "}}"; }

TEST(Safetensors, RefusesEntriesThatDoNotFit) {
  using test::contains;
  const Bytes four(4);
  const std::string f32 = R"("dtype":"F32",)";
  EXPECT_TRUE(contains(refusal(file_of(entry(R"("shape":[1],"data_offsets":[0,4])"), four)), "'dtype'"));
  EXPECT_TRUE(contains(refusal(file_of(entry(f32 + R"("data_offsets":[0,4])"), four)), "'shape'"));
  EXPECT_TRUE(contains(refusal(file_of(entry(f32 + R"("shape":[1])"), four)), "'data_offsets'"));
  EXPECT_TRUE(contains(refusal(file_of(entry(f32 + R"("shape":[-1],"data_offsets":[0,4])"), four)), "'shape'"));
  EXPECT_TRUE(contains(refusal(file_of(entry(f32 + R"("shape":[2],"data_offsets":[0,4])"), four)), "as many bytes"));
  EXPECT_TRUE(contains(refusal(file_of(entry(f32 + R"("shape":[1],"data_offsets":[4,0])"), four)), "as many bytes"));
  EXPECT_TRUE(contains(refusal(file_of(entry(f32 + R"("shape":[2],"data_offsets":[0,8])"), four)), "cut off"));
  EXPECT_TRUE(contains(refusal(file_of(entry(f32 + R"("shape":[1],"data_offsets":[0,4],"x":1)"), four)), "'x'"));
  EXPECT_TRUE(contains(refusal(file_of(entry(f32 + R"("shape":[1],"data_offsets":[0])"), four)), "[begin, end]"));
  EXPECT_TRUE(contains(
      refusal(file_of(entry(R"("dtype":"C64","shape":[1],"data_offsets":[0,8])"), Bytes(8)), ErrorCode::kUnsupported),
      "C64"));
}

TEST(Safetensors, HugeShapesDoNotOverflow) {
  const std::string shape = R"("dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,4])";
  EXPECT_TRUE(test::contains(refusal(file_of(entry(shape), Bytes(4))), "as many bytes"));
}

TEST(Safetensors, DataIsCoveredExactly) {
  const auto two = [](const std::string& first, const std::string& second) {
    return R"({"a":{"dtype":"F32","shape":[1],"data_offsets":)" + first +
           R"(},"b":{"dtype":"F32","shape":[1],"data_offsets":)" + second + "}}";
  };
  EXPECT_EQ(read_safetensors(file_of(two("[4,8]", "[0,4]"), Bytes(8)), "f").tensors.front().name, "b");
  EXPECT_TRUE(test::contains(refusal(file_of(two("[0,4]", "[0,4]"), Bytes(4))), "damaged"));    // overlap
  EXPECT_TRUE(test::contains(refusal(file_of(two("[0,4]", "[8,12]"), Bytes(12))), "damaged"));  // gap
  EXPECT_TRUE(test::contains(refusal(file_of(two("[0,4]", "[4,8]"), Bytes(9))), "no tensor"));  // rest
}

TEST(Safetensors, RefusesANameTwice) {
  const std::string one = R"("a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]})";
  EXPECT_TRUE(test::contains(refusal(file_of("{" + one + "," + one + "}")), "twice"));
}

}  // namespace
}  // namespace pinwheel
