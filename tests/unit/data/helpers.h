// A source made of names and texts, a folder on disk that goes away again, and the check of an Error.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "data/readers.h"
#include "image/image.h"

namespace pinwheel {

class MadeSource final : public FileSource {
 public:
  MadeSource& add(std::string name, std::vector<std::uint8_t> bytes) {
    files_.emplace_back(std::move(name), std::move(bytes));
    return *this;
  }
  MadeSource& add(std::string name, const std::string& text) {
    return add(std::move(name), std::vector<std::uint8_t>(text.begin(), text.end()));
  }
  std::size_t size() const override { return files_.size(); }
  const std::string& name(std::size_t i) const override { return files_[i].first; }
  std::vector<std::uint8_t> read(std::size_t i) const override { return files_[i].second; }

 private:
  std::vector<std::pair<std::string, std::vector<std::uint8_t>>> files_;
};

class TemporaryFolder {
 public:
  TemporaryFolder() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::path(::testing::TempDir()) /
            (std::string("pinwheel_") + test->test_suite_name() + "_" + test->name());
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

// A small picture of one colour.
inline std::vector<std::uint8_t> dot(std::uint8_t value, std::int64_t side = 4) {
  return encode_png({side, side, 3, std::vector<std::uint8_t>(static_cast<std::size_t>(side * side * 3), value)});
}
inline std::string dot_text(std::uint8_t value) {
  const auto bytes = dot(value);
  return {bytes.begin(), bytes.end()};
}

inline std::vector<std::string> names_of(const FileSource& source) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < source.size(); ++i) names.push_back(source.name(i));
  return names;
}
inline std::string text_of(const FileSource& source, std::size_t i) {
  const auto bytes = source.read(i);
  return {bytes.begin(), bytes.end()};
}

inline void expect_error(ErrorCode code, const std::string& part, const std::function<void()>& action) {
  try {
    action();
    ADD_FAILURE() << "no error; expected one with '" << part << "'";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

}  // namespace pinwheel
