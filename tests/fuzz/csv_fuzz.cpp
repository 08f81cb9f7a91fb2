// Any text as a CSV: a table in which every row is as long as the header, or an Error.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/error.h"
#include "data/readers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto rows = pinwheel::parse_csv(std::string(data, data + size), "fuzz.csv");
    for (const auto& row : rows) {
      if (row.size() != rows[0].size()) std::abort();
    }
  } catch (const pinwheel::Error&) {
  }
  return 0;
}
