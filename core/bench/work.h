// A batch of work that can be done again and again, with everything that it needs in memory.
#pragma once

#include <cstdint>
#include <memory>

#include "base/parallel.h"
#include "bench/subject.h"

namespace pinwheel::bench {

class Work {
 public:
  virtual ~Work() = default;
  virtual void run() = 0;
};

// Throws as Bench does.
std::unique_ptr<Work> make_work(const Subject& subject, Mode mode, std::int64_t batch, const ThreadPool& pool);

}  // namespace pinwheel::bench
