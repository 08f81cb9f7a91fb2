#include "base/parallel.h"

#include <pthreadpool.h>

#include <atomic>
#include <cstdint>
#include <exception>
#include <limits>
#include <vector>

namespace pinwheel {
namespace {

// Tells the processor that this thread waits for another. It never yields to the system: that would give away the
// rest of its time, milliseconds, to whoever else runs.
void wait_a_moment() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

// Pieces [begin, end) that nobody has taken yet, in one word. Whoever exchanges it for a smaller one owns the piece
// between the two, however long that took: what a piece belongs to is read after it is owned.
class alignas(64) Share {
 public:
  void give(std::uint32_t begin, std::uint32_t end) { pieces_.store(word(begin, end), std::memory_order_release); }
  // Its owner takes from the front, others from the back.
  bool take(bool front, std::uint32_t& piece) {
    std::uint64_t now = pieces_.load(std::memory_order_relaxed);
    for (;;) {
      const auto begin = static_cast<std::uint32_t>(now >> 32), end = static_cast<std::uint32_t>(now);
      if (begin >= end) return false;
      piece = front ? begin : end - 1;
      const std::uint64_t rest = front ? word(begin + 1, end) : word(begin, end - 1);
      if (pieces_.compare_exchange_weak(now, rest, std::memory_order_acquire, std::memory_order_relaxed)) return true;
    }
  }

 private:
  static std::uint64_t word(std::uint32_t begin, std::uint32_t end) { return std::uint64_t{begin} << 32 | end; }
  std::atomic<std::uint64_t> pieces_ = 0;
};

}  // namespace

// The threads of a pool while they stand by.
class ThreadPool::Team {
 public:
  using Task = void (*)(void* context, std::size_t lane, std::size_t piece);

  explicit Team(std::size_t threads) : shares_(threads) {}

  bool stands() const { return stands_; }

  // From the thread that called stand_by().
  void run(std::size_t count, Task task, void* context) {
    task_.store(task, std::memory_order_relaxed);
    context_.store(context, std::memory_order_relaxed);
    left_.store(count, std::memory_order_relaxed);
    const std::size_t threads = shares_.size();
    for (std::size_t i = 0; i < threads; ++i) {
      shares_[i].give(static_cast<std::uint32_t>(count * i / threads),
                      static_cast<std::uint32_t>(count * (i + 1) / threads));
    }
    calls_.fetch_add(1, std::memory_order_release);
    take_pieces(0);
    while (left_.load(std::memory_order_acquire) != 0) wait_a_moment();
  }

  void begin() {
    calls_.store(0, std::memory_order_relaxed);
    over_.store(false, std::memory_order_relaxed);
    stands_ = true;
  }
  void end() {
    stands_ = false;
    over_.store(true, std::memory_order_release);
  }
  // Every other thread, until the end.
  void help(std::size_t thread) {
    for (std::uint32_t seen = 0;;) {
      std::uint32_t calls;
      while ((calls = calls_.load(std::memory_order_acquire)) == seen) {
        if (over_.load(std::memory_order_acquire)) return;
        wait_a_moment();
      }
      seen = calls;
      take_pieces(thread);
    }
  }

 private:
  void take_pieces(std::size_t thread) {
    std::size_t done = 0;
    for (std::size_t i = 0; i < shares_.size(); ++i) {
      Share& share = shares_[(thread + i) % shares_.size()];
      for (std::uint32_t piece; share.take(i == 0, piece); ++done) {
        task_.load(std::memory_order_relaxed)(context_.load(std::memory_order_relaxed), thread, piece);
      }
    }
    if (done > 0) left_.fetch_sub(done, std::memory_order_release);
  }

  std::vector<Share> shares_;  // one for each thread
  alignas(64) std::atomic<std::uint32_t> calls_ = 0;
  std::atomic<bool> over_ = true;
  std::atomic<Task> task_ = nullptr;
  std::atomic<void*> context_ = nullptr;
  alignas(64) std::atomic<std::size_t> left_ = 0;  // pieces that are not done
  bool stands_ = false;                            // of the caller's thread
};

ThreadPool::ThreadPool(std::size_t threads) {
  if (threads == 1) return;
  pool_ = pthreadpool_create(threads);
  // A machine with one core, or a build without threads: the plain loop is the same thing without the hand-over.
  if (pool_ != nullptr && pthreadpool_get_threads_count(pool_) <= 1) {
    pthreadpool_destroy(pool_);
    pool_ = nullptr;
  }
  if (pool_ != nullptr) team_ = std::make_unique<Team>(this->threads());
}

ThreadPool::~ThreadPool() {
  if (pool_ != nullptr) pthreadpool_destroy(pool_);
}

const ThreadPool& ThreadPool::alone() {
  static const ThreadPool pool(1);
  return pool;
}

std::size_t ThreadPool::threads() const { return pool_ == nullptr ? 1 : pthreadpool_get_threads_count(pool_); }

void ThreadPool::run(std::size_t count, void (*task)(void*, std::size_t, std::size_t), void* context) const {
  if (!team_->stands()) return pthreadpool_parallelize_1d_with_thread(pool_, task, context, count, /*flags=*/0);
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
  if (count <= kMost) return team_->run(count, task, context);
  for (std::size_t i = 0; i < count; ++i) task(context, /*lane=*/0, i);
}

// The caller is the pool's first thread and takes the first piece before any other can: that is the work itself.
void ThreadPool::stand_by(void (*work)(void*), void* context) const {
  if (team_->stands()) return work(context);
  struct Call {
    Team& team;
    void (*work)(void*);
    void* context;
    std::exception_ptr error;  // must not pass through pthreadpool
  } call{*team_, work, context, nullptr};
  team_->begin();
  pthreadpool_parallelize_1d(
      pool_,
      [](void* pointer, std::size_t thread) {
        Call& its = *static_cast<Call*>(pointer);
        if (thread > 0) return its.team.help(thread);
        try {
          its.work(its.context);
        } catch (...) {
          its.error = std::current_exception();
        }
        its.team.end();
      },
      &call, threads(), /*flags=*/0);
  if (call.error) std::rethrow_exception(call.error);
}

}  // namespace pinwheel
