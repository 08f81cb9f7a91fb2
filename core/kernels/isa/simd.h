// A small vocabulary of vectors of floats, the only place that knows an instruction set. Arithmetic, comparison and the
// choice `mask ? a : b` are the compiler's own vector extensions; only what those lack (fused multiply-add, maximum,
// partial loads) is written per target. Everything lives in the namespace of the instruction set that is being
// compiled: a function shared between two of them could be linked from the wrong one, so nothing here, and in no file
// of this folder, may be a std template or an inline function outside that namespace.
#pragma once

#include <cstdint>
#include <limits>

#if defined(__AVX512F__) || defined(__AVX2__) || defined(__SSE2__)
#include <immintrin.h>
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

// PINWHEEL_UNROLL makes arrays of vectors into registers. PINWHEEL_UNROLL_SUM spares the loop's own instructions where
// registers allow; compilers to WebAssembly would collect the loads of all steps first and run out of its sixteen.
#if defined(__wasm__)
#define PINWHEEL_UNROLL _Pragma("clang loop unroll(full)")
#define PINWHEEL_UNROLL_SUM _Pragma("clang loop unroll(disable)")
#elif defined(__clang__)
#define PINWHEEL_UNROLL _Pragma("clang loop unroll(full)")
#define PINWHEEL_UNROLL_SUM _Pragma("clang loop unroll_count(4)")
#else
#define PINWHEEL_UNROLL _Pragma("GCC unroll 32")
#define PINWHEEL_UNROLL_SUM _Pragma("GCC unroll 4")
#endif
// Asks for what will be read soon: it may lie beyond a buffer. WebAssembly has no such instruction.
#define PINWHEEL_FETCH(p) __builtin_prefetch(p)
#define PINWHEEL_FETCH_NEARER(p) __builtin_prefetch(p, /*to write:*/ 0, /*not to the first-level cache:*/ 2)
#define PINWHEEL_INLINE inline __attribute__((always_inline))

namespace pinwheel::kernels::PINWHEEL_ISA {

#if defined(__AVX512F__)
inline constexpr int kLanes = 16;
#elif defined(__AVX2__)
inline constexpr int kLanes = 8;
#else
inline constexpr int kLanes = 4;
#endif
inline constexpr std::int64_t kCacheLine = 16;                              // floats
inline constexpr float kInfinity = std::numeric_limits<float>::infinity();  // no call remains
#if defined(__wasm__)
inline constexpr bool kFetches = false;
#else
inline constexpr bool kFetches = true;
#endif

typedef float Floats __attribute__((vector_size(4 * kLanes)));
typedef std::int32_t Ints __attribute__((vector_size(4 * kLanes)));
typedef float AnyFloats __attribute__((vector_size(4 * kLanes), aligned(4), may_alias));
typedef std::int32_t AnyInts __attribute__((vector_size(4 * kLanes), aligned(4), may_alias));

// x - 0 is x for every x, also -0, so that this is a mere broadcast; x + 0 would stay an addition.
PINWHEEL_INLINE Floats broadcast(float x) { return x - Floats{}; }
PINWHEEL_INLINE Ints broadcast(std::int32_t x) { return Ints{} + x; }
PINWHEEL_INLINE Floats load(const float* p) { return *reinterpret_cast<const AnyFloats*>(p); }
PINWHEEL_INLINE Ints load(const std::int32_t* p) { return *reinterpret_cast<const AnyInts*>(p); }
PINWHEEL_INLINE void store(float* p, Floats v) { *reinterpret_cast<AnyFloats*>(p) = v; }
PINWHEEL_INLINE void store(std::int32_t* p, Ints v) { *reinterpret_cast<AnyInts*>(p) = v; }

// fma(a, b, c) = a * b + c, in one rounding where kFused: the build flags forbid the compiler to fuse on its own, so
// that two targets which both fuse (or both don't) compute the same bits. max returns b where a is not larger (also for
// NaN).
#if defined(__AVX512F__) || defined(__AVX2__) || defined(__wasm_relaxed_simd__)
inline constexpr bool kFused = true;
#else
inline constexpr bool kFused = false;
#endif
#if defined(__AVX512F__)
PINWHEEL_INLINE Floats fma(Floats a, Floats b, Floats c) { return _mm512_fmadd_ps(a, b, c); }
PINWHEEL_INLINE Floats max(Floats a, Floats b) { return _mm512_max_ps(a, b); }
PINWHEEL_INLINE Floats min(Floats a, Floats b) { return _mm512_min_ps(a, b); }
PINWHEEL_INLINE Floats sqrt(Floats a) { return _mm512_sqrt_ps(a); }
PINWHEEL_INLINE __mmask16 first_lanes(std::int64_t n) { return static_cast<__mmask16>((1U << n) - 1U); }
PINWHEEL_INLINE Floats load_partial(const float* p, std::int64_t n) { return _mm512_maskz_loadu_ps(first_lanes(n), p); }
PINWHEEL_INLINE Ints load_partial(const std::int32_t* p, std::int64_t n) {
  return reinterpret_cast<Ints>(_mm512_maskz_loadu_epi32(first_lanes(n), p));
}
PINWHEEL_INLINE void store_partial(float* p, Floats v, std::int64_t n) { _mm512_mask_storeu_ps(p, first_lanes(n), v); }
PINWHEEL_INLINE void store_partial(std::int32_t* p, Ints v, std::int64_t n) {
  _mm512_mask_storeu_epi32(p, first_lanes(n), reinterpret_cast<__m512i>(v));
}
#elif defined(__AVX2__)
PINWHEEL_INLINE Floats fma(Floats a, Floats b, Floats c) { return _mm256_fmadd_ps(a, b, c); }
PINWHEEL_INLINE Floats max(Floats a, Floats b) { return _mm256_max_ps(a, b); }
PINWHEEL_INLINE Floats min(Floats a, Floats b) { return _mm256_min_ps(a, b); }
PINWHEEL_INLINE Floats sqrt(Floats a) { return _mm256_sqrt_ps(a); }
PINWHEEL_INLINE __m256i first_lanes(std::int64_t n) {
  return reinterpret_cast<__m256i>(Ints{0, 1, 2, 3, 4, 5, 6, 7} < static_cast<std::int32_t>(n));
}
PINWHEEL_INLINE Floats load_partial(const float* p, std::int64_t n) { return _mm256_maskload_ps(p, first_lanes(n)); }
PINWHEEL_INLINE Ints load_partial(const std::int32_t* p, std::int64_t n) {
  return reinterpret_cast<Ints>(_mm256_maskload_epi32(p, first_lanes(n)));
}
// Piece by piece: some processors take many cycles for a masked store.
PINWHEEL_INLINE void store_partial(float* p, Floats v, std::int64_t n) {
  __m128 part = _mm256_castps256_ps128(v);
  if ((n & 4) != 0) {
    _mm_storeu_ps(p, part);
    part = _mm256_extractf128_ps(v, 1);
    p += 4;
  }
  if ((n & 2) != 0) {
    _mm_storel_pi(reinterpret_cast<__m64*>(p), part);
    part = _mm_movehl_ps(part, part);
    p += 2;
  }
  if ((n & 1) != 0) _mm_store_ss(p, part);
}
PINWHEEL_INLINE void store_partial(std::int32_t* p, Ints v, std::int64_t n) {
  store_partial(reinterpret_cast<float*>(p), reinterpret_cast<Floats>(v), n);
}
#else
#if defined(__SSE2__)
PINWHEEL_INLINE Floats fma(Floats a, Floats b, Floats c) { return a * b + c; }
PINWHEEL_INLINE Floats max(Floats a, Floats b) { return _mm_max_ps(a, b); }
PINWHEEL_INLINE Floats min(Floats a, Floats b) { return _mm_min_ps(a, b); }
PINWHEEL_INLINE Floats sqrt(Floats a) { return _mm_sqrt_ps(a); }
#elif defined(__wasm_simd128__)
PINWHEEL_INLINE Floats max(Floats a, Floats b) { return (Floats)wasm_f32x4_pmax((v128_t)b, (v128_t)a); }
PINWHEEL_INLINE Floats min(Floats a, Floats b) { return (Floats)wasm_f32x4_pmin((v128_t)b, (v128_t)a); }
PINWHEEL_INLINE Floats sqrt(Floats a) { return (Floats)wasm_f32x4_sqrt((v128_t)a); }
#if defined(__wasm_relaxed_simd__)
PINWHEEL_INLINE Floats fma(Floats a, Floats b, Floats c) {
  return (Floats)wasm_f32x4_relaxed_madd((v128_t)a, (v128_t)b, (v128_t)c);
}
#else
PINWHEEL_INLINE Floats fma(Floats a, Floats b, Floats c) { return a * b + c; }
#endif
#else
PINWHEEL_INLINE Floats fma(Floats a, Floats b, Floats c) { return a * b + c; }
PINWHEEL_INLINE Floats max(Floats a, Floats b) { return a > b ? a : b; }
PINWHEEL_INLINE Floats min(Floats a, Floats b) { return a < b ? a : b; }
PINWHEEL_INLINE Floats sqrt(Floats a) {
  for (int i = 0; i < kLanes; ++i) a[i] = __builtin_sqrtf(a[i]);
  return a;
}
#endif
PINWHEEL_INLINE Floats load_partial(const float* p, std::int64_t n) {
  return Floats{p[0], n > 1 ? p[1] : 0.0F, n > 2 ? p[2] : 0.0F, 0.0F};
}
PINWHEEL_INLINE Ints load_partial(const std::int32_t* p, std::int64_t n) {
  return Ints{p[0], n > 1 ? p[1] : 0, n > 2 ? p[2] : 0, 0};
}
template <typename Value, typename Vector>
PINWHEEL_INLINE void store_partial(Value* p, Vector v, std::int64_t n) {
  p[0] = v[0];
  if (n > 1) p[1] = v[1];
  if (n > 2) p[2] = v[2];
}
#endif

// As many sums side by side as the widest vector has lanes, so that a sum along a row is the same on every target.
inline constexpr int kSums = 16;
inline constexpr int kSumVectors = kSums / kLanes;
// Which of the kSumVectors vectors takes the values from the i-th on, i a multiple of kLanes.
PINWHEEL_INLINE int sum_vector(std::int64_t i) { return static_cast<int>(i / kLanes % kSumVectors); }
// Adds them up as a balanced tree.
PINWHEEL_INLINE float add_sums(const Floats* sums) {
  float lane[kSums];
  for (int v = 0; v < kSumVectors; ++v) store(lane + v * kLanes, sums[v]);
  for (int width = kSums / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; ++i) lane[i] += lane[i + width];
  }
  return lane[0];
}
PINWHEEL_INLINE float max_lanes(Floats v) {
  float best = v[0];
  for (int i = 1; i < kLanes; ++i) best = v[i] > best ? v[i] : best;
  return best;
}

PINWHEEL_INLINE constexpr std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }
PINWHEEL_INLINE constexpr std::int64_t larger(std::int64_t a, std::int64_t b) { return a > b ? a : b; }
PINWHEEL_INLINE std::int64_t divide_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }
PINWHEEL_INLINE std::int64_t round_up(std::int64_t a, std::int64_t b) { return divide_up(a, b) * b; }

// Calls body(i, lanes) for the vectors that cover [0, n): `lanes` is kLanes but for the last, partial one. load_some
// and store_some are the memory access of such a body.
template <typename Body>
PINWHEEL_INLINE void for_vectors(std::int64_t n, Body body) {
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) body(i, kLanes);
  if (i < n) body(i, static_cast<int>(n - i));
}
template <typename Value>
PINWHEEL_INLINE auto load_some(const Value* p, int lanes) {
  return lanes == kLanes ? load(p) : load_partial(p, lanes);
}
template <typename Value, typename Vector>
PINWHEEL_INLINE void store_some(Value* p, Vector v, int lanes) {
  if (lanes == kLanes) {
    store(p, v);
  } else {
    store_partial(p, v, lanes);
  }
}

// max(x, 0); NaN stays.
PINWHEEL_INLINE Floats rectified(Floats x) { return max(Floats{}, x); }
// How sums end (see ConvEnd): what lies at `added` goes to them, where that is not null, and what is less than `least`
// becomes that: 0, or -infinity where nothing does, so that nobody has to ask.
PINWHEEL_INLINE float least_of(bool rectify) { return rectify ? 0.0F : -kInfinity; }
PINWHEEL_INLINE Floats ended(Floats sum, const float* added, Floats least, int lanes) {
  if (added != nullptr) sum = load_some(added, lanes) + sum;
  return max(least, sum);
}

// Between buffers that do not overlap: the last vector may lie partly over the one before it.
PINWHEEL_INLINE void copy(float* to, const float* from, std::int64_t n) {
  if (n < kLanes) {
    if (n > 0) store_partial(to, load_partial(from, n), n);
    return;
  }
  for (std::int64_t i = 0; i + kLanes < n; i += kLanes) store(to + i, load(from + i));
  store(to + n - kLanes, load(from + n - kLanes));
}
// `rows` pieces of n floats, `stride` apart.
PINWHEEL_INLINE void copy_rows(float* to, std::int64_t to_stride, const float* from, std::int64_t stride,
                               std::int64_t rows, std::int64_t n) {
  if (n == 0) return;
  if (n < kLanes) {  // short pieces are many: decide once what they all need
    for (std::int64_t r = 0; r < rows; ++r) store_partial(to + r * to_stride, load_partial(from + r * stride, n), n);
  } else if (n <= 2 * kLanes) {
    const std::int64_t second = n - kLanes;
    for (std::int64_t r = 0; r < rows; ++r) {
      const Floats head = load(from + r * stride), tail = load(from + r * stride + second);
      store(to + r * to_stride, head);
      store(to + r * to_stride + second, tail);
    }
  } else {
    for (std::int64_t r = 0; r < rows; ++r) copy(to + r * to_stride, from + r * stride, n);
  }
}
PINWHEEL_INLINE void fill_zero(float* to, std::int64_t n) {
  for_vectors(n, [=](std::int64_t i, int lanes) { store_some(to + i, Floats{}, lanes); });
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
