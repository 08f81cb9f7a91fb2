#include "image/preprocess_json.h"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/error.h"

namespace pinwheel {
namespace {

using Json = nlohmann::json;

constexpr double kLargestSide = 4096;
constexpr std::size_t kMostSteps = 16;

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw Error(ErrorCode::kBadFile, "[preprocess] " + where + " " + what);
}

// One object of the description: hands out its values by key, checked, and knows which keys may be there.
class Reader {
 public:
  Reader(const Json& json, std::string where, std::initializer_list<std::string_view> keys)
      : json_(json), where_(std::move(where)) {
    if (!json.is_object()) refuse(where_, "must be an object");
    for (const auto& item : json.items()) {
      const bool known = std::find(keys.begin(), keys.end(), item.key()) != keys.end();
      if (!known) refuse(where_, "has the unknown key '" + item.key() + "'");
    }
  }

  double number(const char* key, double least, double most) const {
    const Json& value = required(key);
    if (!value.is_number()) refuse(path(key), "must be a number");
    return in_range(value.get<double>(), key, least, most);
  }
  std::int64_t integer(const char* key, double least, double most) const {
    const Json& value = required(key);
    if (!value.is_number_integer()) refuse(path(key), "must be a whole number");
    return static_cast<std::int64_t>(in_range(value.get<double>(), key, least, most));
  }
  std::string word(const char* key) const {
    const Json& value = required(key);
    if (!value.is_string()) refuse(path(key), "must be a word");
    return value.get<std::string>();
  }
  bool flag(const char* key) const {
    const auto found = json_.find(key);
    if (found == json_.end()) return false;
    if (!found->is_boolean()) refuse(path(key), "must be true or false");
    return found->get<bool>();
  }
  std::vector<double> numbers(const char* key, double least, double most) const {
    const auto found = json_.find(key);
    std::vector<double> out;
    if (found == json_.end()) return out;
    if (!found->is_array() || found->size() > 3) refuse(path(key), "must be a list of at most three numbers");
    for (const Json& value : *found) {
      if (!value.is_number()) refuse(path(key), "must be a list of at most three numbers");
      out.push_back(in_range(value.get<double>(), key, least, most));
    }
    return out;
  }
  const Json& list(const char* key, std::size_t most) const {
    const Json& value = required(key);
    if (!value.is_array() || value.size() > most) {
      refuse(path(key), "must be a list of at most " + std::to_string(most));
    }
    return value;
  }

 private:
  std::string path(const char* key) const { return where_ + "." + key; }
  const Json& required(const char* key) const {
    const auto found = json_.find(key);
    if (found == json_.end()) refuse(path(key), "is missing");
    return *found;
  }
  double in_range(double value, const char* key, double least, double most) const {
    if (!(value >= least && value <= most)) {
      refuse(path(key), "must lie between " + Json(least).dump() + " and " + Json(most).dump());
    }
    return value;
  }

  const Json& json_;
  std::string where_;
};

Json step_to_json(const CentreCrop& s) { return {{"op", "centre_crop"}, {"size", s.size}}; }
Json step_to_json(const CropFraction& s) { return {{"op", "crop_fraction"}, {"fraction", s.fraction}}; }
Json step_to_json(const RegionOfInterest& s) {
  return {{"op", "region_of_interest"}, {"threshold", s.threshold}, {"padding", s.padding}};
}
Json step_to_json(const Resize& s) {
  return {{"op", "resize"}, {"height", s.height}, {"width", s.width}, {"resampler", resampler_name(s.resampler)}};
}
Json step_to_json(const Grey& s) { return {{"op", "grey"}, {"red", s.red}, {"green", s.green}, {"blue", s.blue}}; }

Resampler resampler_from(const Reader& reader, const std::string& where) {
  const std::string name = reader.word("resampler");
  try {
    return parse_resampler(name);
  } catch (const Error& error) {
    refuse(where + ".resampler", std::string("is wrong: ") + error.what());
  }
}

std::string op_of(const Json& json, const std::string& where) {
  const auto op = json.is_object() ? json.find("op") : json.end();
  if (!json.is_object() || op == json.end() || !op->is_string()) refuse(where, "must be an object with an \"op\"");
  return op->get<std::string>();
}

ImageStep step_from_json(const Json& json, const std::string& where) {
  const std::string op = op_of(json, where);
  if (op == "centre_crop") return CentreCrop{Reader(json, where, {"op", "size"}).integer("size", 1, 16384)};
  if (op == "crop_fraction") {
    return CropFraction{Reader(json, where, {"op", "fraction"}).number("fraction", 0.01, 1)};
  }
  if (op == "region_of_interest") {
    const Reader r(json, where, {"op", "threshold", "padding"});
    return RegionOfInterest{static_cast<int>(r.integer("threshold", 0, 255)), r.number("padding", 0, 10)};
  }
  if (op == "resize") {
    const Reader r(json, where, {"op", "height", "width", "resampler"});
    return Resize{r.integer("height", 1, kLargestSide), r.integer("width", 1, kLargestSide), resampler_from(r, where)};
  }
  if (op == "grey") {
    const Reader r(json, where, {"op", "red", "green", "blue"});
    return Grey{r.number("red", 0, 1), r.number("green", 0, 1), r.number("blue", 0, 1)};
  }
  refuse(where, "has the unknown op '" + op + "'");
}

}  // namespace

nlohmann::json preprocess_to_json(const Preprocess& preprocess) {
  Json steps = Json::array();
  for (const ImageStep& step : preprocess.steps) {
    steps.push_back(std::visit([](const auto& s) { return step_to_json(s); }, step));
  }
  return {{"steps", std::move(steps)},
          {"bgr", preprocess.bgr},
          {"divide_by", preprocess.divide_by},
          {"mean", preprocess.mean},
          {"std", preprocess.std}};
}

Preprocess preprocess_from_json(const nlohmann::json& json) {
  const Reader reader(json, "preprocess", {"steps", "bgr", "divide_by", "mean", "std"});
  Preprocess preprocess;
  for (const Json& step : reader.list("steps", kMostSteps)) {
    const std::string where = "preprocess.steps[" + std::to_string(preprocess.steps.size()) + "]";
    preprocess.steps.push_back(step_from_json(step, where));
  }
  preprocess.bgr = reader.flag("bgr");
  preprocess.divide_by = reader.number("divide_by", 1e-6, 1e6);
  preprocess.mean = reader.numbers("mean", -1e6, 1e6);
  preprocess.std = reader.numbers("std", 1e-6, 1e6);
  return preprocess;
}

}  // namespace pinwheel
