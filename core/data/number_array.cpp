#include "data/number_array.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace pinwheel {
namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw Error(ErrorCode::kBadFile, where + " " + why);
}

// One number of any width and order, as a float.
template <typename Value>
void convert(const std::uint8_t* from, bool swapped, std::span<float> out) {
  for (float& value : out) {
    std::uint8_t bytes[sizeof(Value)];
    std::memcpy(bytes, from, sizeof(Value));
    if (swapped) std::reverse(bytes, bytes + sizeof(Value));
    Value number;
    std::memcpy(&number, bytes, sizeof(Value));
    value = static_cast<float>(number);
    from += sizeof(Value);
  }
}

using Converter = void (*)(const std::uint8_t*, bool, std::span<float>);

Converter converter_of(const NumberType& type) {
  switch (type.kind) {
    case 'f':
      return type.bytes == 4 ? convert<float> : type.bytes == 8 ? convert<double> : nullptr;
    case 'i':
      return type.bytes == 1   ? convert<std::int8_t>
             : type.bytes == 2 ? convert<std::int16_t>
             : type.bytes == 4 ? convert<std::int32_t>
             : type.bytes == 8 ? convert<std::int64_t>
                               : nullptr;
    case 'b':
    case 'u':
      return type.bytes == 1   ? convert<std::uint8_t>
             : type.bytes == 2 ? convert<std::uint16_t>
             : type.bytes == 4 ? convert<std::uint32_t>
             : type.bytes == 8 ? convert<std::uint64_t>
                               : nullptr;
    default:
      return nullptr;
  }
}

class PackedArray final : public NumberArray {
 public:
  PackedArray(std::shared_ptr<const RandomAccess> bytes, std::uint64_t offset, const NumberType& type,
              std::vector<std::int64_t> shape, std::size_t row_bytes)
      : bytes_(std::move(bytes)), offset_(offset), type_(type), shape_(std::move(shape)), row_bytes_(row_bytes) {}

  const std::vector<std::int64_t>& shape() const override { return shape_; }
  bool is_float() const override { return type_.kind == 'f'; }
  void read(std::int64_t row, std::span<float> out) const override {
    row_.resize(row_bytes_);
    bytes_->read(offset_ + static_cast<std::uint64_t>(row) * row_bytes_, row_);
    converter_of(type_)(row_.data(), type_.order == '>', out);
  }

 private:
  std::shared_ptr<const RandomAccess> bytes_;
  std::uint64_t offset_;
  NumberType type_;
  std::vector<std::int64_t> shape_;
  std::size_t row_bytes_;
  mutable std::vector<std::uint8_t> row_;
};

}  // namespace

NumberType parse_number_type(const std::string& text, const std::string& where) {
  NumberType type;
  std::string rest = text;
  if (!rest.empty() && std::string("<>|=").find(rest[0]) != std::string::npos) {
    type.order = rest[0];
    rest.erase(0, 1);
  }
  if (rest.size() == 2 && rest[1] >= '1' && rest[1] <= '8') {
    type.kind = rest[0];
    type.bytes = rest[1] - '0';
    if (converter_of(type) != nullptr) return type;
  }
  throw Error(ErrorCode::kUnsupported, where + " holds values of type '" + text.substr(0, 40) +
                                           "': pictures and labels should be plain numbers (uint8, float32, …).");
}

std::shared_ptr<const NumberArray> open_packed_array(std::shared_ptr<const RandomAccess> bytes, std::uint64_t offset,
                                                     const NumberType& type, std::vector<std::int64_t> shape,
                                                     const std::string& where) {
  if (shape.empty()) refuse(where, "is a single number, not an array.");
  if (offset > bytes->size()) refuse(where, "is cut off before its numbers. Download it again.");
  const bool empty = std::find(shape.begin(), shape.end(), 0) != shape.end();
  const std::uint64_t room = empty ? kLargestRead : bytes->size() - offset;
  std::uint64_t row = static_cast<std::uint64_t>(type.bytes);
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (shape[i] < 0) refuse(where, "has a negative dimension.");
    const auto side = static_cast<std::uint64_t>(shape[i]);
    if (i == 0) break;
    if (side > 0 && row > room / side) refuse(where, "is cut off: its numbers end early. Download it again.");
    row *= side;
  }
  const auto rows = static_cast<std::uint64_t>(shape[0]);
  if (row > kLargestRead || (row > 0 && rows > room / row)) {
    refuse(where, "is cut off: it should hold " + std::to_string(rows) + " rows of " + std::to_string(row) +
                      " bytes and has room for fewer. Download it again.");
  }
  return std::make_shared<PackedArray>(std::move(bytes), offset, type, std::move(shape), static_cast<std::size_t>(row));
}

}  // namespace pinwheel
