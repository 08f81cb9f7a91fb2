// What the machine can do at most, measured: the yardsticks beside every figure.
#pragma once

#include "base/parallel.h"

namespace pinwheel::bench {

// GFLOP/s of multiply-adds in registers on all threads of the pool: the best of short pieces, for about `seconds` and
// at least once. Other work on the machine can only lower it, so the best piece is nearest to the truth.
double measure_limit(const ThreadPool& pool, double seconds);

// Microseconds from handing a step to all threads of the pool until they have met in it, which is all there is to do:
// the median of short pieces, for about `seconds` and at least once. A small network's steps take ten times that. It
// tells where the system has the threads run: behind one cache, or where they hear of each other late. 0 with one
// thread.
double measure_hand_over(const ThreadPool& pool, double seconds);

}  // namespace pinwheel::bench
