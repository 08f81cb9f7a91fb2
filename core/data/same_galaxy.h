// Pictures of one galaxy in two sets must stay on one side of a split, or the test set is no test.
#pragma once

#include <string>
#include <vector>

#include "data/label_table.h"

namespace pinwheel {

// The group of each row, from a column `group`, or from `same_galaxy_in`: identifiers in other sets separated by ';',
// each with a letter for its set in front ("K216676"). Rows that are joined through any chain share a group; others
// have "". Empty when the table has neither column.
std::vector<std::string> same_galaxy_groups(const LabelTable& table);

}  // namespace pinwheel
