// Any bytes as a picture: decoded into what its header promised, or refused with an Error. Nothing else may happen.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "base/error.h"
#include "image/image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Small limits keep the fuzzer fast; the checks are the same.
  const pinwheel::ImageLimits limits{2048, 1'000'000};
  try {
    const pinwheel::Image image = pinwheel::decode_image(std::span(data, size), "fuzz", limits);
    const auto expected = image.height * image.width * image.channels;
    if (expected < 1 || static_cast<std::int64_t>(image.pixels.size()) != expected) std::abort();
  } catch (const pinwheel::Error&) {
  }
  return 0;
}
