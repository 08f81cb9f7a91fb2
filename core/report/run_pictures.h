// Pictures that the records of runs are enough for: their curves, and the table that compares them.
#pragma once

#include <span>
#include <vector>

#include "report/picture.h"
#include "report/run_folder.h"
#include "report/style.h"

namespace pinwheel::report {

// Loss (training by mini-batch where steps.csv is there, validation by epoch), then each other figure of the curves;
// accuracy also against steps and against seconds where the curves have them. Runs without a curve are passed over.
std::vector<Picture> curve_pictures(std::span<const RunRecord> runs, Theme theme);

// One row a run; the best figure of each column is pointed out when there are several.
Picture compare_picture(std::span<const RunRecord> runs, Theme theme);

}  // namespace pinwheel::report
