#include "base/parallel.h"

#include <pthreadpool.h>

namespace pinwheel {

ThreadPool::ThreadPool(std::size_t threads) {
  if (threads == 1) return;
  pool_ = pthreadpool_create(threads);
  // A machine with one core, or a build without threads: the plain loop is the same thing without the hand-over.
  if (pool_ != nullptr && pthreadpool_get_threads_count(pool_) <= 1) {
    pthreadpool_destroy(pool_);
    pool_ = nullptr;
  }
}

ThreadPool::~ThreadPool() {
  if (pool_ != nullptr) pthreadpool_destroy(pool_);
}

std::size_t ThreadPool::threads() const { return pool_ == nullptr ? 1 : pthreadpool_get_threads_count(pool_); }

void ThreadPool::run(std::size_t count, void (*task)(void*, std::size_t), void* context) const {
  pthreadpool_parallelize_1d(pool_, task, context, count, /*flags=*/0);
}

}  // namespace pinwheel
