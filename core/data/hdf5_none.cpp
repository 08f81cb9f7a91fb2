// Where there is no HDF5 library, as in a browser: the page reads such files itself and hands over the rows.
#include "base/error.h"
#include "data/number_array.h"

namespace pinwheel {

std::vector<NamedArray> open_hdf5(std::shared_ptr<const RandomAccess>, const std::string& name) {
  throw Error(ErrorCode::kUnsupported, name + " is HDF5, which this build of Pinwheel cannot read by itself.");
}

}  // namespace pinwheel
