#include <sys/resource.h>

#include <fstream>
#include <string>

#include "bench/memory.h"

namespace pinwheel::bench {
namespace {

// Linux's own figure is the one that forget_peak_memory resets; getrusage keeps the largest ever.
std::int64_t high_water_mark() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::int64_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

}  // namespace

void forget_peak_memory() { std::ofstream("/proc/self/clear_refs") << "5"; }

std::int64_t peak_memory_bytes() {
  if (const std::int64_t bytes = high_water_mark(); bytes > 0) return bytes;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
  return usage.ru_maxrss;
#else
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
#endif
}

}  // namespace pinwheel::bench
