// Any bytes as arrays (npz, pickle, either in gzip): what opens is read, the rest is refused with an Error. Not HDF5,
// whose library is not ours to fuzz.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "base/error.h"
#include "data/array_source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0 && data[0] == 0x89) return 0;
  constexpr std::size_t kMostRead = 16;  // pictures: the others are no different
  try {
    const auto source = pinwheel::open_arrays({{"fuzz", pinwheel::open_buffer({data, data + size})}});
    for (std::size_t i = 0; i < std::min(source->size(), kMostRead); ++i) {
      const auto image = source->picture(i, source->read(i));
      if (image.pixels.size() != static_cast<std::size_t>(image.height * image.width * image.channels)) std::abort();
    }
  } catch (const pinwheel::Error&) {
  }
  return 0;
}
