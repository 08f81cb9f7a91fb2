// The decision tree in the form that heads and losses need: nn knows no galaxies, galaxy knows no networks; they meet
// here.
#pragma once

#include "nn/head.h"

namespace pinwheel {

// The 11 questions of Galaxy Zoo 2, parents before children.
QuestionTree galaxy_zoo_tree();

}  // namespace pinwheel
