#include "nn/json_fields.h"

#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"

namespace pinwheel {

JsonFields::JsonFields(const nlohmann::json& json, std::string where) : json_(json), where_(std::move(where)) {
  if (!json.is_object()) throw Error(ErrorCode::kBadFile, where_ + " must be a JSON object, not " + json.type_name());
}

void JsonFields::refuse(const char* key, const std::string& why) const {
  throw Error(ErrorCode::kBadFile, where_ + ": '" + key + "' " + why);
}

bool JsonFields::has(const char* key) const { return json_.contains(key); }

const nlohmann::json& JsonFields::at(const char* key) {
  asked_.insert(key);
  const auto it = json_.find(key);
  if (it == json_.end()) refuse(key, "is missing");
  return *it;
}

std::string JsonFields::string(const char* key) {
  const nlohmann::json& value = at(key);
  if (!value.is_string()) refuse(key, std::string("must be text, not ") + value.type_name());
  return value.get<std::string>();
}

bool JsonFields::boolean(const char* key) {
  const nlohmann::json& value = at(key);
  if (!value.is_boolean()) refuse(key, std::string("must be true or false, not ") + value.type_name());
  return value.get<bool>();
}

double JsonFields::number(const char* key) {
  const nlohmann::json& value = at(key);
  if (!value.is_number() || !std::isfinite(value.get<double>())) {
    refuse(key, std::string("must be a number, not ") + value.type_name());
  }
  return value.get<double>();
}

std::int64_t JsonFields::checked_integer(const char* key, const nlohmann::json& value, std::int64_t least) const {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  if (!value.is_number_integer()) refuse(key, std::string("must be a whole number, not ") + value.type_name());
  // An unsigned number beyond 2^63 would wrap to a negative one, so it is compared as what it is.
  const bool too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(kMost);
  if (too_large || value.get<std::int64_t>() > kMost || value.get<std::int64_t>() < least) {
    refuse(key,
           "is " + value.dump() + "; it must be between " + std::to_string(least) + " and " + std::to_string(kMost));
  }
  return value.get<std::int64_t>();
}

std::int64_t JsonFields::integer(const char* key, std::int64_t least) { return checked_integer(key, at(key), least); }

const nlohmann::json& JsonFields::array(const char* key) {
  const nlohmann::json& value = at(key);
  if (!value.is_array()) refuse(key, std::string("must be a list, not ") + value.type_name());
  return value;
}

std::vector<std::int64_t> JsonFields::integers(const char* key, std::int64_t least) {
  std::vector<std::int64_t> result;
  for (const nlohmann::json& value : array(key)) result.push_back(checked_integer(key, value, least));
  return result;
}

std::vector<std::string> JsonFields::strings(const char* key) {
  std::vector<std::string> result;
  for (const nlohmann::json& value : array(key)) {
    if (!value.is_string()) refuse(key, std::string("must hold texts only, not ") + value.type_name());
    result.push_back(value.get<std::string>());
  }
  return result;
}

void JsonFields::finish() const {
  for (const auto& [key, value] : json_.items()) {
    if (asked_.count(key) == 0) refuse(key.c_str(), "is not a key that Pinwheel knows here");
  }
}

}  // namespace pinwheel
