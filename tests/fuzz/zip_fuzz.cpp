// Any bytes as a zip: every entry of an archive that opens is read, or refused with an Error.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "base/error.h"
#include "data/readers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto source = pinwheel::open_zip(std::vector<std::uint8_t>(data, data + size), "fuzz.zip");
    for (std::size_t i = 0; i < source->size(); ++i) {
      if (source->name(i).find("..") == 0) std::abort();
      try {
        source->read(i);
      } catch (const pinwheel::Error&) {
      }
    }
  } catch (const pinwheel::Error&) {
  }
  return 0;
}
