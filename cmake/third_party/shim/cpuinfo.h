// The part of the cpuinfo library that XNNPACK's single-precision tables ask, answered by the compiler's own run-time
// detection. It refuses to know core models (except Zen 1, whose wide registers are halves): everyone else gets
// XNNPACK's default choice. Spares a library of forty files that only a moving Debian suite serves.
#pragma once
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum cpuinfo_uarch {
  cpuinfo_uarch_unknown,
  cpuinfo_uarch_zen,
  cpuinfo_uarch_dhyana,
  cpuinfo_uarch_zen4,
  cpuinfo_uarch_krait,
  cpuinfo_uarch_kryo,
  cpuinfo_uarch_cortex_a5,
  cpuinfo_uarch_cortex_a7,
  cpuinfo_uarch_cortex_a32,
  cpuinfo_uarch_cortex_a35,
  cpuinfo_uarch_cortex_a53,
  cpuinfo_uarch_cortex_a55,
  cpuinfo_uarch_cortex_a55r0,
  cpuinfo_uarch_cortex_a57,
  cpuinfo_uarch_cortex_a72,
  cpuinfo_uarch_cortex_a73,
  cpuinfo_uarch_cortex_a75,
  cpuinfo_uarch_cortex_a76,
  cpuinfo_uarch_cortex_a77,
  cpuinfo_uarch_cortex_a78,
  cpuinfo_uarch_cortex_a510,
  cpuinfo_uarch_cortex_a710,
  cpuinfo_uarch_cortex_a715,
  cpuinfo_uarch_cortex_x1,
  cpuinfo_uarch_cortex_x2,
  cpuinfo_uarch_cortex_x3,
  cpuinfo_uarch_exynos_m1,
  cpuinfo_uarch_exynos_m2,
  cpuinfo_uarch_exynos_m3,
  cpuinfo_uarch_exynos_m4,
  cpuinfo_uarch_exynos_m5,
  cpuinfo_uarch_neoverse_n1,
  cpuinfo_uarch_neoverse_n2,
  cpuinfo_uarch_neoverse_v1,
  cpuinfo_uarch_neoverse_v2,
};

struct cpuinfo_core {
  enum cpuinfo_uarch uarch;
};
struct cpuinfo_uarch_info {
  enum cpuinfo_uarch uarch;
};

static inline bool cpuinfo_initialize(void) { return true; }

static inline const struct cpuinfo_core* cpuinfo_get_core(unsigned index) {
  static const struct cpuinfo_core unknown = {cpuinfo_uarch_unknown};
  (void)index;
#if defined(__x86_64__)
  static const struct cpuinfo_core zen = {cpuinfo_uarch_zen};
  __builtin_cpu_init();
  if (__builtin_cpu_is("znver1")) return &zen;
#endif
  return &unknown;
}

static inline const struct cpuinfo_uarch_info* cpuinfo_get_uarch(unsigned index) {
  return (const struct cpuinfo_uarch_info*)cpuinfo_get_core(index);
}

#if defined(__x86_64__)
#define PINWHEEL_CPU_HAS(name, feature)             \
  static inline bool cpuinfo_has_x86_##name(void) { \
    __builtin_cpu_init();                           \
    return __builtin_cpu_supports(feature) != 0;    \
  }
PINWHEEL_CPU_HAS(ssse3, "ssse3")
PINWHEEL_CPU_HAS(sse4_1, "sse4.1")
PINWHEEL_CPU_HAS(avx, "avx")
// Not every compiler can ask for F16C; every processor with AVX2 has it.
PINWHEEL_CPU_HAS(f16c, "avx2")
PINWHEEL_CPU_HAS(fma3, "fma")
PINWHEEL_CPU_HAS(avx2, "avx2")
PINWHEEL_CPU_HAS(avx512f, "avx512f")
PINWHEEL_CPU_HAS(avx512bw, "avx512bw")
PINWHEEL_CPU_HAS(avx512dq, "avx512dq")
PINWHEEL_CPU_HAS(avx512vl, "avx512vl")
#undef PINWHEEL_CPU_HAS
#else
// 64-bit Arm: NEON with fused multiply-add is part of the architecture, the rest serves number types that we leave out.
static inline bool cpuinfo_has_arm_neon(void) { return true; }
static inline bool cpuinfo_has_arm_neon_fma(void) { return true; }
static inline bool cpuinfo_has_arm_neon_v8(void) { return true; }
static inline bool cpuinfo_has_arm_vfpv3(void) { return true; }
static inline bool cpuinfo_has_arm_neon_fp16(void) { return false; }
static inline bool cpuinfo_has_arm_fp16_arith(void) { return false; }
static inline bool cpuinfo_has_arm_neon_fp16_arith(void) { return false; }
static inline bool cpuinfo_has_arm_neon_bf16(void) { return false; }
static inline bool cpuinfo_has_arm_neon_dot(void) { return false; }
static inline bool cpuinfo_has_arm_i8mm(void) { return false; }
static inline bool cpuinfo_has_arm_sve(void) { return false; }
static inline bool cpuinfo_has_arm_sve2(void) { return false; }
static inline bool cpuinfo_has_arm_sme(void) { return false; }
static inline bool cpuinfo_has_arm_sme2(void) { return false; }
#endif

#ifdef __cplusplus
}
#endif
