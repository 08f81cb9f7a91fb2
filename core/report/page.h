// index.html: all pictures of a report in one file that asks for nothing: no script, no request, no font.
#pragma once

#include <span>
#include <string>

#include "report/picture.h"
#include "report/style.h"

namespace pinwheel::report {

// `subject`: what it is about, as in the heading ("galaxy-resnet-8, lesson-2").
std::string report_page(const std::string& subject, std::span<const Picture> pictures, Theme theme);

}  // namespace pinwheel::report
