// Any JSON as a description of preprocessing: one that is accepted survives its own round trip and runs, or says why
// not.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "image/preprocess_json.h"

namespace {

void run(const pinwheel::Preprocess& preprocess) {
  const pinwheel::Image image{3, 5, 3, std::vector<std::uint8_t>(45, 77)};
  const auto seen = pinwheel::seen_box(preprocess, image);
  if (seen.y < 0 || seen.x < 0 || seen.y + seen.height > 3 || seen.x + seen.width > 5) std::abort();
}

bool is_small(const pinwheel::ImageStep& step) {
  const auto* resize = std::get_if<pinwheel::Resize>(&step);
  return resize == nullptr || (resize->height <= 64 && resize->width <= 64);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = nlohmann::json::parse(data, data + size, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return 0;
  try {
    const auto preprocess = pinwheel::preprocess_from_json(json);
    if (!(pinwheel::preprocess_from_json(pinwheel::preprocess_to_json(preprocess)) == preprocess)) std::abort();
    if (std::all_of(preprocess.steps.begin(), preprocess.steps.end(), is_small)) run(preprocess);
  } catch (const pinwheel::Error&) {
  }
  return 0;
}
