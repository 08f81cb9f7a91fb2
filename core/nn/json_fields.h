// Strict reading of one JSON object: every key is asked for by name and type, and finish() refuses whatever nobody
// asked for. A message names the object ("layer 'conv1'") and the key. It knows no meaning of any key.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace pinwheel {

class JsonFields {
 public:
  // `where` opens every message: "layer 'conv1'". Throws Error(kBadFile) unless json is an object.
  JsonFields(const nlohmann::json& json, std::string where);

  bool has(const char* key) const;
  // Throw Error(kBadFile) when the key is missing or of another type; integers must lie in [least, 2^31).
  const nlohmann::json& at(const char* key);
  std::string string(const char* key);
  bool boolean(const char* key);
  double number(const char* key);
  std::int64_t integer(const char* key, std::int64_t least);
  std::vector<std::int64_t> integers(const char* key, std::int64_t least);
  std::vector<std::string> strings(const char* key);

  // Throws Error(kBadFile) when the object has a key that was never asked for.
  void finish() const;

  [[noreturn]] void refuse(const char* key, const std::string& why) const;

 private:
  std::int64_t checked_integer(const char* key, const nlohmann::json& value, std::int64_t least) const;
  const nlohmann::json& array(const char* key);

  const nlohmann::json& json_;
  std::string where_;
  std::set<std::string> asked_;
};

}  // namespace pinwheel
