// The same picture twice, byte for byte as it is stored: in two parts of a split it would make the test a memory test,
// and with two labels one of them is wrong. Pictures that are merely alike are not its business.
#pragma once

#include <cstdint>
#include <vector>

#include "data/dataset.h"

namespace pinwheel {

// Sets of two or more examples with equal pixels; members ascending, sets by their first member.
std::vector<std::vector<std::int64_t>> equal_pictures(const Dataset& dataset);

}  // namespace pinwheel
