// How long something takes, by a clock that nobody can set.
#pragma once

#include <chrono>

namespace pinwheel {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
  double lap() {  // seconds since the start or the last lap
    const Clock::time_point before = start_;
    start_ = Clock::now();
    return std::chrono::duration<double>(start_ - before).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

}  // namespace pinwheel
