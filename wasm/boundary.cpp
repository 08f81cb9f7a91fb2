#include "boundary.h"

#include <algorithm>

namespace pinwheel::wasm {

val failure(ErrorCode code, const std::string& message) {
  val error = val::object();
  error.set("code", std::string(error_code_name(code)));
  error.set("message", message);
  val result = val::object();
  result.set("error", error);
  return result;
}

val strings(const std::vector<std::string>& items) {
  return list(items, [](const std::string& s) { return val(s); });
}

val numbers(const std::vector<int>& items) {
  return list(items, [](int n) { return val(n); });
}

void append_rgba(std::vector<std::uint8_t>& rgba, std::span<const std::uint8_t> pixels, std::int64_t channels) {
  const auto step = static_cast<std::size_t>(channels);
  for (std::size_t i = 0; i + step <= pixels.size(); i += step) {
    for (std::size_t c = 0; c < 3; ++c) rgba.push_back(pixels[i + std::min(c, step - 1)]);
    rgba.push_back(255);
  }
}

val size_object(const Extent& extent) {
  val object = val::object();
  object.set("height", static_cast<double>(extent.height));
  object.set("width", static_cast<double>(extent.width));
  object.set("channels", static_cast<double>(extent.channels));
  return object;
}

val picture(const Image& image) {
  std::vector<std::uint8_t> rgba;
  rgba.reserve(static_cast<std::size_t>(image.height * image.width * 4));
  append_rgba(rgba, image.pixels, image.channels);
  val object = val::object();
  object.set("width", static_cast<double>(image.width));
  object.set("height", static_cast<double>(image.height));
  object.set("rgba", copied<std::uint8_t>("Uint8ClampedArray", rgba));
  return object;
}

EMSCRIPTEN_BINDINGS(pinwheel_boundary) { emscripten::register_type<ByteArray>("Uint8Array"); }

}  // namespace pinwheel::wasm
