// The x86 builds of the kernels, and what the processor and the system allow of them.
#include <array>

#include "kernels/dispatch.h"

namespace pinwheel::kernels {
namespace avx512 {
extern const KernelTable kTable;
}
namespace avx2 {
extern const KernelTable kTable;
}
namespace sse2 {
extern const KernelTable kTable;
}

std::span<const KernelTable* const> usable_tables() {
  static constexpr std::array<const KernelTable*, 3> kTables{&avx512::kTable, &avx2::kTable, &sse2::kTable};
  static const std::size_t first = [] {
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const bool avx512 =
        __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    return avx2 && avx512 ? 0U : avx2 ? 1U : 2U;
  }();
  return std::span(kTables).subspan(first);
}

}  // namespace pinwheel::kernels
