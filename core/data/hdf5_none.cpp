// Where there is no HDF5 library, as in a browser: the page reads such files itself and hands over the rows.
#include "base/error.h"
#include "data/number_array.h"

namespace pinwheel {

std::vector<NamedArray> open_hdf5(std::shared_ptr<const RandomAccess> bytes, const std::string& name) {
  if (const auto* holder = dynamic_cast<const ArrayHolder*>(bytes.get())) {
    auto arrays = holder->arrays();
    if (!arrays.empty()) return arrays;
  }
  throw Error(ErrorCode::kUnsupported, name + " is HDF5, which this build of Pinwheel cannot read by itself.");
}

}  // namespace pinwheel
