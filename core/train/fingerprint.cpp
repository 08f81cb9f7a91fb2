// Texts are hashed with their length, so that "ab","c" and "a","bc" differ.
#include "train/fingerprint.h"

namespace pinwheel {

void Fingerprint::add_bytes(const void* data, std::size_t size) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  for (std::size_t i = 0; i < size; ++i) hash_ = (hash_ ^ bytes[i]) * 0x100000001B3ULL;
}

void Fingerprint::add_text(std::string_view text) {
  const std::uint64_t size = text.size();
  add_bytes(&size, sizeof size);
  add_bytes(text.data(), text.size());
}

std::string Fingerprint::hex() const {
  std::string digits(16, '0');
  for (std::size_t i = 0; i < 16; ++i) digits[i] = "0123456789abcdef"[(hash_ >> (60 - 4 * i)) & 15];
  return digits;
}

std::string network_fingerprint(const ParamLayout& layout, const Extent& input) {
  Fingerprint print;
  print.add_text(input.text());
  for (const ParamSlot& slot : layout.slots) {
    print.add_text(slot.name);
    print.add_values(std::span<const std::int64_t>(slot.shape));
  }
  return print.hex();
}

std::string data_fingerprint(const Dataset& dataset, const Split& split) {
  Fingerprint print;
  for (const std::string& id : dataset.ids) print.add_text(id);
  for (const std::string& output : dataset.outputs) print.add_text(output);
  print.add_text(dataset.extent.text());
  print.add_values(std::span<const float>(dataset.features));
  print.add_values(std::span<const float>(dataset.targets));
  print.add_values(std::span<const std::int64_t>(split.train));
  print.add_values(std::span<const std::int64_t>(split.validation));
  return print.hex();
}

}  // namespace pinwheel
