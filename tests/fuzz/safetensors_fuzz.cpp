// Any bytes as a safetensors file: either tensors whose sizes agree with their shapes, or an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "io/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const pinwheel::TensorFile file = pinwheel::read_safetensors({data, size}, "fuzz");
    for (const pinwheel::NamedTensor& tensor : file.tensors) {
      std::uint64_t count = 1;
      for (const std::int64_t side : tensor.shape) count *= static_cast<std::uint64_t>(side);
      if (count != tensor.values.size()) std::abort();
    }
  } catch (const pinwheel::Error&) {
  }
  return 0;
}
