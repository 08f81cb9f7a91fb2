// Any bytes as a model's config.json, and once more as its weights behind a good config: a Model or an Error. What the
// reader accepts must survive being written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "io/bounded_json.h"
#include "io/model_file.h"
#include "nn/spec_json.h"

namespace {

using pinwheel::Error;

constexpr const char* kGoodConfig = R"({"format":"pinwheel-model","version":1,"name":"n","description":"",
  "network":{"input":[2],"layers":[{"name":"fc","kind":"dense","units":1}]},"head":"sigmoid",
  "preprocess":{"steps":[],"bgr":false,"divide_by":255,"mean":[],"std":[]},"outputs":["a"],"training":{}})";

template <typename Action>
void expect_error_or_value(Action action) {
  try {
    action();
  } catch (const Error&) {
  }
}

void read_network(const std::string& text) {
  const pinwheel::NetSpec spec = pinwheel::spec_from_json(pinwheel::parse_bounded_json(text, "fuzz", {}));
  if (pinwheel::spec_from_json(pinwheel::spec_to_json(spec)) != spec) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  expect_error_or_value([&] { pinwheel::load_model(text, {}, "fuzz"); });
  expect_error_or_value([&] { pinwheel::load_model(kGoodConfig, {data, size}, "fuzz"); });
  expect_error_or_value([&] { read_network(text); });
  return 0;
}
