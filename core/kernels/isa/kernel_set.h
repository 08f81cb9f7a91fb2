// Declares every kernel of kernels.h once more, in the namespace of the instruction set that is being compiled.
#pragma once

#include "kernels/isa/simd.h"
#include "kernels/table.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

#define PINWHEEL_DECLARE(function) decltype(kernels::function) function;
PINWHEEL_FOR_EACH_KERNEL(PINWHEEL_DECLARE)
#undef PINWHEEL_DECLARE

// Calls body(row) for every row of [rows,c], about so many values to a task.
template <typename Body>
void for_rows(Context& ctx, std::int64_t rows, std::int64_t c, std::int64_t values, Body body) {
  const auto grain = static_cast<std::size_t>(larger(1, values / c));
  ctx.pool().for_ranges(static_cast<std::size_t>(rows), grain, [=](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) body(static_cast<std::int64_t>(row));
  });
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
