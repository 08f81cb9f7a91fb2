#include "io/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "io/bounded_json.h"
#include "nn/half.h"
#include "nn/json_fields.h"

namespace pinwheel {
namespace {

static_assert(std::endian::native == std::endian::little, "the file's numbers are copied as they are");

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeader = std::uint64_t{16} << 20;
constexpr const char* kMetadata = "__metadata__";

template <typename Stored>
Stored load(const std::uint8_t* bytes) {
  Stored value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

template <typename Stored>
float load_number(const std::uint8_t* bytes) {
  return static_cast<float>(load<Stored>(bytes));
}

struct ElementType {
  std::string_view name;
  std::uint64_t bytes;
  float (*read)(const std::uint8_t*);
};

constexpr std::array<ElementType, 6> kTypes{{
    {"F32", 4, load_number<float>},
    {"F16", 2, [](const std::uint8_t* bytes) { return from_half(load<std::uint16_t>(bytes)); }},
    {"BF16", 2,
     [](const std::uint8_t* bytes) { return std::bit_cast<float>(std::uint32_t{load<std::uint16_t>(bytes)} << 16); }},
    {"F64", 8, load_number<double>},
    {"I32", 4, load_number<std::int32_t>},
    {"I64", 8, load_number<std::int64_t>},
}};

struct Entry {
  std::string name;
  const ElementType* type = nullptr;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;  // bytes, from the start of the data
};

const ElementType& find_type(const std::string& where, const std::string& name) {
  for (const ElementType& type : kTypes) {
    if (type.name == name) return type;
  }
  throw Error(ErrorCode::kUnsupported,
              where + " has the element type '" + name + "'; save it as F32, F16, BF16 or F64");
}

// Bytes that the shape needs, or `limit` + 1 when it is more than that; never overflows.
std::uint64_t bytes_of(const Entry& entry, std::uint64_t limit) {
  std::uint64_t bytes = entry.type->bytes;
  bool empty = false;
  for (const std::int64_t side : entry.shape) {
    const auto factor = static_cast<std::uint64_t>(side);
    if (factor == 0) empty = true;
    if (factor != 0) bytes = bytes > limit / factor ? limit + 1 : bytes * factor;
  }
  return empty ? 0 : bytes;
}

std::uint64_t read_offset(JsonFields& fields, const nlohmann::json& offset, std::uint64_t limit) {
  if (!offset.is_number_unsigned() || offset.get<std::uint64_t>() > limit) {
    fields.refuse("data_offsets", "lies outside the file, which may have been cut off");
  }
  return offset.get<std::uint64_t>();
}

Entry read_entry(const std::string& file, const std::string& name, const nlohmann::json& json,
                 std::uint64_t data_bytes) {
  const std::string where = file + ": tensor '" + name + "'";
  JsonFields fields(json, where);
  Entry entry;
  entry.name = name;
  entry.type = &find_type(where, fields.string("dtype"));
  entry.shape = fields.integers("shape", 0);
  const nlohmann::json& offsets = fields.at("data_offsets");
  if (!offsets.is_array() || offsets.size() != 2) fields.refuse("data_offsets", "must be [begin, end]");
  entry.begin = read_offset(fields, offsets[0], data_bytes);
  entry.end = read_offset(fields, offsets[1], data_bytes);
  fields.finish();
  if (entry.begin > entry.end || bytes_of(entry, data_bytes) != entry.end - entry.begin) {
    fields.refuse("data_offsets", "does not hold as many bytes as the shape needs");
  }
  return entry;
}

std::map<std::string, std::string> read_metadata(const std::string& file, const nlohmann::json& json) {
  JsonFields fields(json, file + ": " + kMetadata);
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : json.items()) metadata[key] = fields.string(key.c_str());
  return metadata;
}

// The format wants the data covered exactly: no gap, no overlap, nothing left.
void check_cover(const std::string& file, const std::vector<Entry>& entries, std::uint64_t data_bytes) {
  std::uint64_t position = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != position) {
      throw Error(ErrorCode::kBadFile, file + ": tensor '" + entry.name + "' begins at byte " +
                                           std::to_string(entry.begin) + " of the data, not at " +
                                           std::to_string(position) + "; the file is damaged");
    }
    position = entry.end;
  }
  if (position != data_bytes) {
    throw Error(ErrorCode::kBadFile, file + ": " + std::to_string(data_bytes - position) +
                                         " bytes at the end belong to no tensor; the file is damaged");
  }
}

NamedTensor read_values(const Entry& entry, const std::uint8_t* data) {
  NamedTensor tensor{entry.name, entry.shape, {}};
  tensor.values.resize(static_cast<std::size_t>((entry.end - entry.begin) / entry.type->bytes));
  const std::uint8_t* bytes = data + entry.begin;
  for (float& value : tensor.values) {
    value = entry.type->read(bytes);
    bytes += entry.type->bytes;
  }
  return tensor;
}

std::string_view header_text(std::span<const std::uint8_t> bytes, const std::string& name) {
  if (bytes.size() < kLengthBytes) throw Error(ErrorCode::kBadFile, name + ": too short for a safetensors file");
  const auto length = load<std::uint64_t>(bytes.data());
  if (length > kMaxHeader) throw Error(ErrorCode::kBadFile, name + ": not a safetensors file (its header is too long)");
  if (length > bytes.size() - kLengthBytes) throw Error(ErrorCode::kBadFile, name + ": cut off inside its header");
  return {reinterpret_cast<const char*>(bytes.data()) + kLengthBytes, static_cast<std::size_t>(length)};
}

// Weights that halves hold exactly are written as halves: the same numbers in half the bytes.
bool fits_half(const NamedTensor& tensor) {
  return tensor.shape.size() >= 2 && std::all_of(tensor.values.begin(), tensor.values.end(), [](float value) {
           return std::bit_cast<std::uint32_t>(from_half(to_half(value))) == std::bit_cast<std::uint32_t>(value);
         });
}

std::vector<std::uint8_t> data_of(const NamedTensor& tensor, bool half) {
  std::vector<std::uint8_t> bytes(tensor.values.size() * (half ? sizeof(std::uint16_t) : sizeof(float)));
  if (half) {
    std::vector<std::uint16_t> halves(tensor.values.size());
    std::transform(tensor.values.begin(), tensor.values.end(), halves.begin(), to_half);
    if (!bytes.empty()) std::memcpy(bytes.data(), halves.data(), bytes.size());
  } else if (!bytes.empty()) {
    std::memcpy(bytes.data(), tensor.values.data(), bytes.size());
  }
  return bytes;
}

}  // namespace

TensorFile read_safetensors(std::span<const std::uint8_t> bytes, const std::string& name) {
  const std::string_view text = header_text(bytes, name);
  const nlohmann::json header = parse_bounded_json(text, name, {.max_bytes = kMaxHeader, .max_depth = 4});
  if (!header.is_object()) throw Error(ErrorCode::kBadFile, name + ": its header is not a JSON object");
  const std::span<const std::uint8_t> data = bytes.subspan(kLengthBytes + text.size());
  TensorFile file;
  std::vector<Entry> entries;
  for (const auto& [key, value] : header.items()) {
    if (key == kMetadata) {
      file.metadata = read_metadata(name, value);
    } else {
      entries.push_back(read_entry(name, key, value, data.size()));
    }
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair{a.begin, a.end} < std::pair{b.begin, b.end};
  });
  check_cover(name, entries, data.size());
  file.tensors.reserve(entries.size());
  for (const Entry& entry : entries) file.tensors.push_back(read_values(entry, data.data()));
  return file;
}

std::vector<std::uint8_t> write_safetensors(const TensorFile& file) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!file.metadata.empty()) header[kMetadata] = file.metadata;
  std::vector<std::uint8_t> data;
  // Whole floats before halves: readers that map the file want each number at a multiple of its size.
  for (const bool half : {false, true}) {
    for (const NamedTensor& tensor : file.tensors) {
      if (fits_half(tensor) != half) continue;
      const std::vector<std::uint8_t> bytes = data_of(tensor, half);
      const std::size_t begin = data.size();
      data.insert(data.end(), bytes.begin(), bytes.end());
      header[tensor.name] = {
          {"dtype", half ? "F16" : "F32"}, {"shape", tensor.shape}, {"data_offsets", {begin, data.size()}}};
    }
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // so that the data starts aligned
  const std::uint64_t length = text.size();
  std::vector<std::uint8_t> bytes(kLengthBytes + text.size());
  std::memcpy(bytes.data(), &length, sizeof length);
  std::memcpy(bytes.data() + kLengthBytes, text.data(), text.size());
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}

}  // namespace pinwheel
