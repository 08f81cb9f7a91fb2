// Pictures of right and wrong, from what was judged. Each says of which part it is and of how many galaxies.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "report/judged.h"
#include "report/picture.h"
#include "report/style.h"

namespace pinwheel::report {

// The 11 questions, or the classes of a model without questions; one bar for each part. `model`: its name.
Picture questions_picture(const std::string& model, std::span<const Judged> parts, Theme theme);

// Classes only: nothing for votes and fractions.
std::optional<Picture> confusion_picture(const std::string& model, const Judged& part, Theme theme);

// Fifteen bins. Classes: of the likeliest class, with the expected calibration error (Guo et al. 2017). The tree: of
// every answer among those asked, weighed by how many were.
Picture reliability_picture(const std::string& model, const Judged& part, Theme theme);

}  // namespace pinwheel::report
