// Multiply-adds that touch nothing but registers: what the other kernels are measured against. Every chain waits for
// its own last result, so there are as many chains as hide the wait, and no more than there are registers. Where a
// multiplication and an addition are two instructions, every other chain does the one, the rest the other: processors
// have units of their own for each, and products that are summed keep both busy.
#include "kernels/isa/kernel_set.h"

namespace pinwheel::kernels::PINWHEEL_ISA {
namespace {

#if defined(__AVX512F__) || !(defined(__SSE2__) || defined(__wasm__))
constexpr int kChains = 24;  // of 32 registers
#else
constexpr int kChains = 12;  // of 16
#endif

}  // namespace

double multiply_add_peak(float* sum, std::int64_t rounds) {
  // A compiler that knew where the chains begin could find out where they end.
  volatile float zero = 0;
  const float start = zero;
  Floats chains[kChains];
  PINWHEEL_UNROLL
  for (int i = 0; i < kChains; ++i) {
    for (int lane = 0; lane < kLanes; ++lane) chains[i][lane] = start + static_cast<float>(i * kLanes + lane);
  }
  const Floats factors[2] = {broadcast(kPeakFactor), broadcast(1 / kPeakFactor)};  // there and back
  const Floats terms[2] = {broadcast(kPeakTerm), broadcast(-kPeakTerm)};
  for (std::int64_t round = 0; round < rounds; ++round) {
    PINWHEEL_UNROLL
    for (int step = 0; step < kPeakSteps; ++step) {
      PINWHEEL_UNROLL
      for (int i = 0; i < kChains; ++i) {
        if constexpr (kFused) {
          chains[i] = fma(chains[i], factors[0], terms[0]);
        } else {
          chains[i] = i % 2 == 0 ? chains[i] * factors[step % 2] : chains[i] + terms[step % 2];
        }
      }
    }
  }
  Floats total[kSumVectors] = {};
  PINWHEEL_UNROLL
  for (int i = 0; i < kChains; ++i) total[0] += chains[i];
  *sum = add_sums(total);
  return (kFused ? 2.0 : 1.0) * kChains * kLanes * kPeakSteps * static_cast<double>(rounds);
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
