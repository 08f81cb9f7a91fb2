// Arrays of numbers as scientific files hold them: rows along the first dimension, read one at a time, whatever the
// file and the type of its numbers. What they mean is decided in array_source.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/random_access.h"

namespace pinwheel {

class NumberArray {
 public:
  virtual ~NumberArray() = default;
  virtual const std::vector<std::int64_t>& shape() const = 0;  // at least one dimension
  virtual bool is_float() const = 0;
  // Row i as numbers, [the product of the other dimensions]. From the calling thread only.
  virtual void read(std::int64_t row, std::span<float> out) const = 0;
};

struct NamedArray {
  std::string name;  // "images", or its place in a tuple
  std::shared_ptr<const NumberArray> values;
};

// numpy's description of one number: byte order ('<', '>', '|'), kind ('b' boolean, 'u', 'i', 'f') and bytes.
struct NumberType {
  char order = '|', kind = 'u';
  int bytes = 1;
};
// "<f4", "|u1", …; throws Error(kUnsupported) naming `where` for anything but plain numbers.
NumberType parse_number_type(const std::string& text, const std::string& where);

// Numbers that lie one after the other from `offset`, the last dimension fastest. Throws Error(kBadFile) naming `where`
// when the shape is none or the bytes end before the array does.
std::shared_ptr<const NumberArray> open_packed_array(std::shared_ptr<const RandomAccess> bytes, std::uint64_t offset,
                                                     const NumberType& type, std::vector<std::int64_t> shape,
                                                     const std::string& where);

// Bytes whose owner can list the arrays of an HDF5 file itself, as a page can by a library of its own. Asked where
// there is no HDF5 library here.
class ArrayHolder {
 public:
  virtual ~ArrayHolder() = default;
  virtual std::vector<NamedArray> arrays() const = 0;
};

// Each opens one kind of file and lists its arrays, without reading their numbers; `name` is for messages. Throw
// Error(kBadFile, kUnsupported, kTooLarge).
std::vector<NamedArray> open_npz(std::shared_ptr<const RandomAccess> bytes, const std::string& name);
std::vector<NamedArray> open_pickle(std::shared_ptr<const RandomAccess> bytes, const std::string& name);
std::vector<NamedArray> open_hdf5(std::shared_ptr<const RandomAccess> bytes, const std::string& name);

}  // namespace pinwheel
