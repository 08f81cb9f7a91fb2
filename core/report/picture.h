// A finished picture: what all rooms of the report hand to the page and to the folder.
#pragma once

#include <string>

namespace pinwheel::report {

struct Picture {
  std::string group;     // what --only chooses: "curves", "confusion", …
  std::string name;      // the file's, without ".svg"
  std::string caption;   // one sentence: what to look for
  std::string document;  // SVG
};

}  // namespace pinwheel::report
