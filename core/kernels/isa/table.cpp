// The table of this instruction set.
#include "kernels/isa/kernel_set.h"

#define PINWHEEL_QUOTE(name) #name
#define PINWHEEL_NAME(name) PINWHEEL_QUOTE(name)

namespace pinwheel::kernels::PINWHEEL_ISA {

extern const KernelTable kTable;
const KernelTable kTable = {PINWHEEL_NAME(PINWHEEL_ISA), kFused,
#define PINWHEEL_ENTRY(function) function,
                            PINWHEEL_FOR_EACH_KERNEL(PINWHEEL_ENTRY)
#undef PINWHEEL_ENTRY
};

}  // namespace pinwheel::kernels::PINWHEEL_ISA
