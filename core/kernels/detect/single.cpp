// A build with one instruction set, chosen by the compiler's flags: WebAssembly, and processors other than x86.
#include <array>

#include "kernels/dispatch.h"

namespace pinwheel::kernels {
namespace PINWHEEL_ISA {
extern const KernelTable kTable;
}

std::span<const KernelTable* const> usable_tables() {
  static constexpr std::array<const KernelTable*, 1> kTables{&PINWHEEL_ISA::kTable};
  return kTables;
}

}  // namespace pinwheel::kernels
