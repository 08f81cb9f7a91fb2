// One measurement: a network, training or judging random pictures, batch after batch. The command line loops over its
// repetitions; the page runs one between messages. The code that is timed is the code that trains (Executor, loss,
// Optimiser) and the code that judges (Classifier); reading and preparing pictures is not part of it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/parallel.h"
#include "bench/subject.h"

namespace pinwheel::bench {

struct Figures {
  double images_per_second = 0;  // the median over the repetitions
  double spread = 0;             // of them: (most - least) / median
  double milliseconds_per_batch = 0;
  double gflops = 0;        // by the multiply-adds of convolutions and dense layers alone (nn/shape_inference: Cost)
  double limit_gflops = 0;  // the best that the same threads reached in this run
  double percent_of_limit = 0;
  double hand_over_microseconds = 0;   // of a step to all threads and back, see limit.h
  std::int64_t peak_memory_bytes = 0;  // see memory.h
  std::vector<double> repetitions;     // images a second of each
};

class Bench {
 public:
  // Runs batches for about `warm_up` seconds, at least one, and the yardsticks: when the clock runs, memory and threads
  // are there, and a browser has translated for the second time what runs most. The pool must outlive it. Throws
  // Error(kInvalidArgument) for a batch that cannot be: none, or a single picture before a batch norm that learns.
  Bench(const Subject& subject, Mode mode, std::int64_t batch, const ThreadPool& pool, double warm_up);
  ~Bench();
  Bench(Bench&&) noexcept;

  // Whole batches for about `seconds`, at least one, and a look at the yardsticks before.
  void repeat(double seconds);
  Figures figures() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pinwheel::bench
