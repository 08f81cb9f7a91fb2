#include "tensor/tensor.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace pinwheel {
namespace {
constexpr std::size_t kAlignment = 64;  // one cache line, one AVX-512 register
}

std::string Extent::text() const {
  if (flat) return std::to_string(channels);
  return std::to_string(height) + "x" + std::to_string(width) + "x" + std::to_string(channels);
}

FloatBuffer::FloatBuffer(std::size_t size) : size_(size) {
  if (size == 0) return;
  // Rounded up, because std::aligned_alloc wants a multiple; kernels may also read (never write) to the end of a line.
  const std::size_t bytes = (size * sizeof(float) + kAlignment - 1) / kAlignment * kAlignment;
  auto* memory = static_cast<float*>(std::aligned_alloc(kAlignment, bytes));
  if (memory == nullptr) throw std::bad_alloc();
  std::fill_n(memory, bytes / sizeof(float), 0.0F);
  data_.reset(memory);
}

FloatBuffer FloatBuffer::clone() const {
  FloatBuffer copy(size_);
  std::copy(begin(), end(), copy.begin());
  return copy;
}

void FloatBuffer::Free::operator()(float* p) const { std::free(p); }

}  // namespace pinwheel
