// A split that somebody wrote down: a CSV that says of each picture whether it trains, validates or tests, such as the
// split.csv of a run folder.
#pragma once

#include <string>

#include "data/dataset.h"

namespace pinwheel {

// Fills dataset.parts from a table with a column that names the pictures and a column `part`, `split` or `set` of the
// words train(ing), val(idation), valid, test(ing); a blank, or a picture without a row, is on no side. `name` is for
// messages. Throws Error(kBadFile) for other words, and when no picture has a row.
void read_parts(Dataset& dataset, const std::string& csv, const std::string& name);

}  // namespace pinwheel
