#include "io/bounded_json.h"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/error.h"

namespace pinwheel {

nlohmann::json parse_bounded_json(std::string_view text, const std::string& name, const JsonBounds& bounds) {
  using nlohmann::json;
  const auto refuse = [&](const std::string& why) { throw Error(ErrorCode::kBadFile, name + ": " + why); };
  if (text.size() > bounds.max_bytes) {
    refuse("more than " + std::to_string(bounds.max_bytes) + " bytes of JSON; this is not a file of Pinwheel's");
  }
  std::vector<std::set<std::string>> keys;  // of every object that is still open
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > bounds.max_depth) refuse("the JSON is nested too deeply");
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second) {
      refuse("the key '" + parsed.get<std::string>() + "' is there twice");
    }
    return true;
  };
  try {
    return json::parse(text.begin(), text.end(), watch);
  } catch (const json::parse_error& error) {
    refuse("not valid JSON near byte " + std::to_string(error.byte));
  } catch (const json::exception&) {
    refuse("not valid JSON: a number is out of range");
  }
  return {};
}

}  // namespace pinwheel
