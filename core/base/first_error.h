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

// ThreadPool's for_each and for_each_in_lanes for tasks that throw: all are called, and the first error is thrown.
template <typename Task>
void for_each_or_throw(const ThreadPool& pool, std::size_t count, const Task& task) {
  FirstError error;
  pool.for_each(count, [&](std::size_t i) { error.guard([&] { task(i); }); });
  error.rethrow();
}

template <typename Task>
void for_each_in_lanes_or_throw(const ThreadPool& pool, std::size_t count, const Task& task) {
  FirstError error;
  pool.for_each_in_lanes(count, [&](std::size_t lane, std::size_t i) { error.guard([&] { task(lane, i); }); });
  error.rethrow();
}

}  // namespace pinwheel
