// Scratch memory that grows to the largest request and stays.
#include <new>

#include "kernels/kernels.h"

namespace pinwheel::kernels {

struct Context::Block {
  static constexpr std::align_val_t kAlignment{64};

  explicit Block(std::size_t floats)
      : size(floats), data(static_cast<float*>(::operator new(floats * sizeof(float), kAlignment))) {}
  ~Block() { ::operator delete(data, kAlignment); }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  std::size_t size;
  float* data;
};

Context::Context(const ThreadPool& pool) : pool_(&pool) {
  if (pool.threads() > 1) lanes_.assign(pool.threads(), Context(ThreadPool::alone()));
}
Context::~Context() = default;  // here: kernels that make one are compiled for processors that others may not be

float* Context::scratch(std::size_t slot, std::size_t floats) {
  std::shared_ptr<Block>& block = blocks_[slot];
  if (block == nullptr || block->size < floats) {
    block.reset();  // give back before asking: both at once may not fit a browser tab
    block = std::make_shared<Block>(floats);
  }
  return block->data;
}

Context& Context::lane(std::size_t i) { return lanes_.empty() ? *this : lanes_[i]; }

}  // namespace pinwheel::kernels
