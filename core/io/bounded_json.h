// JSON from anywhere, parsed within bounds: length, depth, and no key twice in one object. What the values mean is for
// the caller.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace pinwheel {

struct JsonBounds {
  std::size_t max_bytes = std::size_t{4} << 20;
  int max_depth = 16;
};

// Throws Error(kBadFile) whose message opens with `name`.
nlohmann::json parse_bounded_json(std::string_view text, const std::string& name, const JsonBounds& bounds);

}  // namespace pinwheel
