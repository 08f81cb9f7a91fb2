#include "infer/xnn.h"

#include "base/error.h"

namespace pinwheel {
namespace {

const char* status_text(xnn_status status) {
  switch (status) {
    case xnn_status_out_of_memory:
      return "out of memory";
    case xnn_status_unsupported_hardware:
      return "this processor is not supported";
    case xnn_status_unsupported_parameter:
      return "unsupported parameter";
    case xnn_status_invalid_parameter:
      return "invalid parameter";
    default:
      return "refused";
  }
}

}  // namespace

void check(xnn_status status, const std::string& what) {
  if (status == xnn_status_success) return;
  const bool memory = status == xnn_status_out_of_memory;
  throw Error(memory ? ErrorCode::kTooLarge : ErrorCode::kInternal, what + ": XNNPACK says: " + status_text(status));
}

void initialise_xnnpack() {
  static const xnn_status status = xnn_initialize(/*allocator=*/nullptr);
  check(status, "starting XNNPACK");
}

std::vector<std::size_t> dims_of(const Extent& extent, std::int64_t batch) {
  const auto n = static_cast<std::size_t>(batch), c = static_cast<std::size_t>(extent.channels);
  if (extent.flat) return {n, c};
  return {n, static_cast<std::size_t>(extent.height), static_cast<std::size_t>(extent.width), c};
}

}  // namespace pinwheel
