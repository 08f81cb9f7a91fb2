// The most memory that was in use at once. Of the whole process, or of the whole heap in WebAssembly, which never
// shrinks: figures of several measurements are apart only where each has a process or a worker of its own, and on
// Linux.
#pragma once

#include <cstdint>

namespace pinwheel::bench {

// Forgets earlier peaks where the system can (Linux).
void forget_peak_memory();
std::int64_t peak_memory_bytes();

}  // namespace pinwheel::bench
