// The first error of tasks that run in the pool, where nothing may be thrown.
#pragma once

#include <exception>
#include <mutex>

#include "base/parallel.h"

namespace pinwheel {

class FirstError {
 public:
  template <typename Task>
  void guard(const Task& task) {
    try {
      task();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = std::current_exception();
    }
  }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr error_;
};

// Runs task(i) for i < count in the pool, and throws what it threw.
template <typename Task>
void for_each_or_throw(const ThreadPool& pool, std::size_t count, const Task& task) {
  FirstError error;
  pool.for_each(count, [&](std::size_t i) { error.guard([&] { task(i); }); });
  error.rethrow();
}

}  // namespace pinwheel
