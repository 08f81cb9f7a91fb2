// The safetensors format: 8 bytes little-endian header length, a JSON header, raw little-endian data. Strict on
// purpose: any byte that does not fit is an error with a sentence, so that a model file can come from anywhere.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace pinwheel {

struct NamedTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values;  // F16, BF16, F64, I32 and I64 (counters) are converted when read
};

struct TensorFile {
  std::vector<NamedTensor> tensors;  // in data order
  std::map<std::string, std::string> metadata;
};

// Throws Error(kBadFile): truncated, header over 16 MB or not JSON, overlapping or missing byte ranges, sizes that do
// not match the shape, duplicate names; Error(kUnsupported) for other element types.
TensorFile read_safetensors(std::span<const std::uint8_t> bytes, const std::string& name);
// F32, or F16 for a tensor of two or more dimensions whose every value a half holds exactly; those come last: reading
// gives the same bits.
std::vector<std::uint8_t> write_safetensors(const TensorFile& file);

}  // namespace pinwheel
