// What the machine's arithmetic can do at most, measured: the yardstick beside every figure.
#pragma once

#include "base/parallel.h"

namespace pinwheel::bench {

// GFLOP/s of multiply-adds in registers on all threads of the pool: the best of short pieces, for about `seconds` and
// at least once. Other work on the machine can only lower it, so the best piece is nearest to the truth.
double measure_limit(const ThreadPool& pool, double seconds);

}  // namespace pinwheel::bench
