#include "io/files.h"

#include <gtest/gtest.h>

#include <string>

#include "support/errors.h"

namespace pinwheel {
namespace {

class Files : public testing::Test {
 protected:
  ~Files() override { std::filesystem::remove_all(folder_); }
  const std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / "pinwheel_files_test";
  const std::vector<std::uint8_t> bytes_{1, 2, 0, 255};
};

TEST_F(Files, WhatIsWrittenIsRead) {
  write_file(folder_ / "a" / "b.bin", bytes_);
  EXPECT_EQ(read_file(folder_ / "a" / "b.bin", 4), bytes_);
  write_file(folder_ / "a" / "b.bin", {});
  EXPECT_TRUE(read_file(folder_ / "a" / "b.bin", 4).empty());
}

TEST_F(Files, RefusalsNameTheFile) {
  write_file(folder_ / "b.bin", bytes_);
  const auto contains = [](const std::string& message) { return test::contains(message, "b.bin"); };
  EXPECT_TRUE(contains(test::message_of(ErrorCode::kTooLarge, [&] { read_file(folder_ / "b.bin", 3); })));
  EXPECT_TRUE(contains(test::message_of(ErrorCode::kNotFound, [&] { read_file(folder_ / "c" / "b.bin", 3); })));
  test::message_of(ErrorCode::kNotFound, [&] { read_file(folder_, 3); });
  // A file where a folder is needed, and a folder where a file is needed.
  EXPECT_TRUE(
      contains(test::message_of(ErrorCode::kInvalidArgument, [&] { write_file(folder_ / "b.bin" / "x", bytes_); })));
  test::message_of(ErrorCode::kInvalidArgument, [&] { write_file(folder_, bytes_); });
  EXPECT_EQ(read_file(folder_ / "b.bin", 4), bytes_);
}

}  // namespace
}  // namespace pinwheel
