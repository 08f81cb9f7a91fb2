// Which implementations this build holds and this machine can run. Everyone but the tests calls kernels.h, which runs
// the first of them.
#pragma once

#include <span>

#include "kernels/table.h"

namespace pinwheel::kernels {

// Fastest first, never empty.
std::span<const KernelTable* const> usable_tables();

}  // namespace pinwheel::kernels
