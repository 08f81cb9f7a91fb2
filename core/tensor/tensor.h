// Shapes and owning float buffers. Layout is NHWC everywhere in memory; a vector of features is [N,C]. A Tensor owns
// 64-byte aligned floats; kernels see raw pointers and dims, never this type.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace pinwheel {

// The extent of one example: [H,W,C], or [C] written as 1x1xC with `flat` set (after Flatten, Dense, GlobalAvgPool).
struct Extent {
  std::int64_t height = 1, width = 1, channels = 1;
  bool flat = false;

  static Extent image(std::int64_t height, std::int64_t width, std::int64_t channels) {
    return {height, width, channels, false};
  }
  static Extent vector(std::int64_t channels) { return {1, 1, channels, true}; }

  std::int64_t size() const { return height * width * channels; }
  std::string text() const;  // "64x64x3" or "37"
  bool operator==(const Extent&) const = default;
};

// Floats in one 64-byte aligned, zeroed allocation. Moves, does not copy by accident.
class FloatBuffer {
 public:
  FloatBuffer() = default;
  explicit FloatBuffer(std::size_t size);
  FloatBuffer(FloatBuffer&& other) noexcept : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}
  FloatBuffer& operator=(FloatBuffer&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }
  FloatBuffer clone() const;

  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  float& operator[](std::size_t i) { return data_.get()[i]; }
  float operator[](std::size_t i) const { return data_.get()[i]; }
  float* begin() { return data(); }
  float* end() { return data() + size_; }
  const float* begin() const { return data(); }
  const float* end() const { return data() + size_; }
  operator std::span<float>() { return {data(), size_}; }
  operator std::span<const float>() const { return {data(), size_}; }

 private:
  struct Free {
    void operator()(float* p) const;
  };
  std::unique_ptr<float, Free> data_;
  std::size_t size_ = 0;
};

// N examples of one extent.
struct Tensor {
  Tensor() = default;
  Tensor(std::int64_t count_, const Extent& extent_)
      : count(count_), extent(extent_), values(static_cast<std::size_t>(count_ * extent_.size())) {}

  float* example(std::int64_t n) { return values.data() + n * extent.size(); }
  const float* example(std::int64_t n) const { return values.data() + n * extent.size(); }

  std::int64_t count = 0;
  Extent extent;
  FloatBuffer values;  // [N,H,W,C]
};

}  // namespace pinwheel
