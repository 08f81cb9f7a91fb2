#include "data/random_access.h"

#include <algorithm>
#include <fstream>
#include <mutex>
#include <utility>

#include "base/error.h"

namespace pinwheel {
namespace {

class FileBytes final : public RandomAccess {
 public:
  explicit FileBytes(const std::filesystem::path& path) : path_(path), file_(path, std::ios::binary) {
    std::error_code failed;
    size_ = std::filesystem::file_size(path, failed);
    if (!file_ || failed)
      throw Error(ErrorCode::kNotFound, path.string() + " cannot be opened: is it there, and readable?");
  }
  std::uint64_t size() const override { return size_; }
  std::filesystem::path path() const override { return path_; }
  void read(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    const std::lock_guard lock(mutex_);
    file_.clear();
    file_.seekg(static_cast<std::streamoff>(offset));
    file_.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
    if (!file_) throw Error(ErrorCode::kBadFile, path_.string() + " became unreadable while it was being read.");
  }

 private:
  std::filesystem::path path_;
  mutable std::mutex mutex_;
  mutable std::ifstream file_;
  std::uint64_t size_ = 0;
};

class BufferBytes final : public RandomAccess {
 public:
  explicit BufferBytes(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  void read(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
  }

 private:
  std::vector<std::uint8_t> bytes_;
};

class StretchBytes final : public RandomAccess {
 public:
  StretchBytes(std::shared_ptr<const RandomAccess> whole, std::uint64_t offset, std::uint64_t size)
      : whole_(std::move(whole)), offset_(offset), size_(size) {}
  std::uint64_t size() const override { return size_; }
  void read(std::uint64_t offset, std::span<std::uint8_t> out) const override { whole_->read(offset_ + offset, out); }

 private:
  std::shared_ptr<const RandomAccess> whole_;
  std::uint64_t offset_, size_;
};

}  // namespace

std::shared_ptr<const RandomAccess> open_file(const std::filesystem::path& path) {
  return std::make_shared<FileBytes>(path);
}

std::shared_ptr<const RandomAccess> open_buffer(std::vector<std::uint8_t> bytes) {
  return std::make_shared<BufferBytes>(std::move(bytes));
}

std::shared_ptr<const RandomAccess> open_stretch(std::shared_ptr<const RandomAccess> whole, std::uint64_t offset,
                                                 std::uint64_t size) {
  return std::make_shared<StretchBytes>(std::move(whole), offset, size);
}

}  // namespace pinwheel
