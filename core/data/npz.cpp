// numpy's .npz: a zip of .npy members (NEP 1: a magic string, a version, a Python dictionary literal as the header,
// then the numbers). The header is read by looking for its three keys; nothing is evaluated.
#include <array>
#include <cstdlib>

#include "base/error.h"
#include "data/names.h"
#include "data/number_array.h"
#include "data/zip_archive.h"

namespace pinwheel {
namespace {

constexpr std::size_t kLargestHeader = 1 << 16;

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw Error(ErrorCode::kBadFile, where + " " + why);
}

// What stands behind 'key': in the header, up to the comma or bracket that ends it.
std::string value_of(const std::string& header, const std::string& key, const std::string& where) {
  const auto at = header.find("'" + key + "'");
  const auto colon = at == std::string::npos ? at : header.find(':', at);
  if (colon == std::string::npos) refuse(where, "has no '" + key + "' in its header: it is damaged.");
  const auto begin = header.find_first_not_of(" ", colon + 1);
  if (begin == std::string::npos) refuse(where, "has an unreadable header: it is damaged.");
  const char close = header[begin] == '(' ? ')' : ',';
  const auto end = header.find(close, begin);
  return header.substr(begin, end == std::string::npos ? end : end - begin);
}

std::vector<std::int64_t> parse_shape(const std::string& text, const std::string& where) {
  std::vector<std::int64_t> shape;
  for (std::size_t at = 1; at < text.size();) {
    char* end = nullptr;
    const long long side = std::strtoll(text.c_str() + at, &end, 10);
    const auto next = static_cast<std::size_t>(end - text.c_str());
    if (next == at) break;
    if (shape.size() == 8) refuse(where, "has more dimensions than pictures could have.");
    shape.push_back(side);
    at = text.find(',', next) == std::string::npos ? text.size() : text.find(',', next) + 1;
  }
  return shape;
}

std::shared_ptr<const NumberArray> open_npy(const std::shared_ptr<const RandomAccess>& bytes,
                                            const std::string& where) {
  std::array<std::uint8_t, 12> start{};
  if (bytes->size() < start.size()) refuse(where, "is cut off. Download it again.");
  bytes->read(0, start);
  const std::array<std::uint8_t, 6> magic{0x93, 'N', 'U', 'M', 'P', 'Y'};
  if (!std::equal(magic.begin(), magic.end(), start.begin())) refuse(where, "is not a numpy array.");
  const bool wide = start[6] >= 2;
  std::size_t length = start[8] | std::size_t{start[9]} << 8;
  if (wide) length |= std::size_t{start[10]} << 16 | std::size_t{start[11]} << 24;
  const std::size_t from = wide ? 12 : 10;
  if (length > kLargestHeader || bytes->size() < from + length) refuse(where, "is cut off in its header.");
  std::string header(length, ' ');
  bytes->read(from, {reinterpret_cast<std::uint8_t*>(header.data()), length});
  std::string type = value_of(header, "descr", where);
  std::erase(type, '\'');
  if (value_of(header, "fortran_order", where) != "False") {
    throw Error(ErrorCode::kUnsupported, where + " is in Fortran order: save it with numpy.ascontiguousarray.");
  }
  return open_packed_array(bytes, from + length, parse_number_type(type, where),
                           parse_shape(value_of(header, "shape", where), where), where);
}

}  // namespace

std::vector<NamedArray> open_npz(std::shared_ptr<const RandomAccess> bytes, const std::string& name) {
  const ZipArchive archive(std::move(bytes), name);
  std::vector<NamedArray> arrays;
  for (std::size_t i = 0; i < archive.entries().size(); ++i) {
    const std::string& member = archive.entries()[i].name;
    if (extension(member) != "npy") continue;
    arrays.push_back({member.substr(0, member.size() - 4), open_npy(archive.open_forward(i), name + "/" + member)});
  }
  return arrays;
}

}  // namespace pinwheel
