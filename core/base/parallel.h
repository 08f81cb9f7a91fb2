// One thread pool for everything: our kernels, XNNPACK and the image work share it. It wraps pthreadpool, which becomes
// a plain loop where the build has no threads. Sums are always cut by size, never by the number of threads, and each
// piece of work writes its own outputs: that is why one thread and sixteen give the same bits.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

struct pthreadpool;

namespace pinwheel {

class ThreadPool {
 public:
  // threads = 0: as many as the machine has.
  explicit ThreadPool(std::size_t threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // The calling thread and no other.
  static const ThreadPool& alone();

  std::size_t threads() const;
  pthreadpool* handle() const { return pool_; }  // for XNNPACK; null with one thread

  // Calls task(i) for i in [0, count), each exactly once, in any order and on any thread; returns when all are done.
  // Every thread begins with a part of its own, the same whenever `count` is: what it wrote is mostly what it reads
  // next. A task must not throw, and must not call for_each on the same pool.
  template <typename Task>
  void for_each(std::size_t count, Task&& task) const {
    for_each_in_lanes(count, [&task](std::size_t, std::size_t i) { task(i); });
  }

  // Cuts [0, count) into pieces of `grain` and calls task(begin, end) for each.
  template <typename Task>
  void for_ranges(std::size_t count, std::size_t grain, Task&& task) const {
    const std::size_t pieces = (count + grain - 1) / grain;
    for_each(pieces, [&](std::size_t i) {
      const std::size_t begin = i * grain;
      task(begin, begin + grain < count ? begin + grain : count);
    });
  }

  // for_each that calls task(lane, i). No two calls have the same lane, one of threads(), at a time: what lies there is
  // the task's own.
  template <typename Task>
  void for_each_in_lanes(std::size_t count, Task&& task) const {
    if (pool_ == nullptr || count <= 1) {
      for (std::size_t i = 0; i < count; ++i) task(0, i);
      return;
    }
    using Plain = std::remove_reference_t<Task>;
    run(
        count, [](void* context, std::size_t lane, std::size_t i) { (*static_cast<Plain*>(context))(lane, i); },
        const_cast<void*>(static_cast<const void*>(std::addressof(task))));
  }

  // Calls work() with the other threads standing by: each for_each in it reaches them in a fraction of the microseconds
  // that waking them takes, so that layers of a few microseconds gain from two threads. They do nothing else meanwhile:
  // work() must be short of pauses, and must leave handle() alone.
  template <typename Work>
  void standing_by(Work&& work) const {
    if (team_ == nullptr) return work();
    using Plain = std::remove_reference_t<Work>;
    stand_by([](void* context) { (*static_cast<Plain*>(context))(); },
             const_cast<void*>(static_cast<const void*>(std::addressof(work))));
  }

 private:
  class Team;
  void run(std::size_t count, void (*task)(void*, std::size_t, std::size_t), void* context) const;
  void stand_by(void (*work)(void*), void* context) const;

  pthreadpool* pool_ = nullptr;
  std::unique_ptr<Team> team_;  // null with one thread
};

}  // namespace pinwheel
