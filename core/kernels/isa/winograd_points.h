// Minimal filtering in one dimension, as Cook and Toom derive it (Blahut, Fast Algorithms for Signal Processing, 2010,
// ch. 5): the outputs y of a filter g over inputs d are coefficients of a product of polynomials, so that values at
// enough points determine them: y = Aᵀ [(G g) ⊙ (Bᵀ d)]. The points are 0, pairs ±p and ∞, as many as there are inputs;
// those in pairs share their even and odd halves.
#pragma once

#include "kernels/isa/simd.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

template <int kCount>
struct Several {
  Floats v[kCount];
};

// factor * a + b with a constant factor
PINWHEEL_INLINE Floats times_plus(float factor, Floats a, Floats b) {
  if (factor == 1.0F) return b + a;
  if (factor == -1.0F) return b - a;
  return fma(broadcast(factor), a, b);
}

// kAt: the pairs' p; kSquare: p²; kScale: what makes G of the filter's values at the points, 1 / Π (point - other).
template <int kPoints>
struct Points;

template <>
struct Points<4> {
  static constexpr int kPairs = 1;
  static constexpr float kAt[] = {1.0F}, kSquare[] = {1.0F};
  static constexpr float kScale[] = {-1.0F, 0.5F, 0.5F, 1.0F};

  // Bᵀ d
  static PINWHEEL_INLINE Several<4> spread(const Floats (&d)[4]) {
    return {{d[2] - d[0], d[2] + d[1], d[2] - d[1], d[3] - d[1]}};
  }
};

// Points far apart, as ±1 and ±2, lose a digit by cancellation (Barabasz et al. 2020, arXiv:1803.10986). These lose
// least: with a product of one, what is large for one pair of them is small for the other.
template <>
struct Points<6> {
  static constexpr int kPairs = 2;
  static constexpr float kAt[] = {0.70710678F, 1.41421356F}, kSquare[] = {0.5F, 2.0F};
  static constexpr float kScale[] = {1.0F, -2.0F / 3, -2.0F / 3, 1.0F / 6, 1.0F / 6, 1.0F};

  static PINWHEEL_INLINE Several<6> spread(const Floats (&d)[6]) {
    constexpr float kSum = kSquare[0] + kSquare[1];
    const Floats even0 = times_plus(-kSquare[1], d[2], d[4]), odd0 = times_plus(-kSquare[1], d[1], d[3]);
    const Floats even1 = times_plus(-kSquare[0], d[2], d[4]), odd1 = times_plus(-kSquare[0], d[1], d[3]);
    return {{times_plus(-kSum, d[2], d[4] + d[0]), times_plus(kAt[0], odd0, even0), times_plus(-kAt[0], odd0, even0),
             times_plus(kAt[1], odd1, even1), times_plus(-kAt[1], odd1, even1), times_plus(-kSum, d[3], d[5] + d[1])}};
  }
};

// A y: the values at the points of the polynomial with coefficients y, at ∞ the last of them.
template <int kPoints, int kValues>
PINWHEEL_INLINE Several<kPoints> evaluate(const Floats (&y)[kValues]) {
  using P = Points<kPoints>;
  constexpr int kLastEven = (kValues - 1) / 2 * 2, kLastOdd = kValues / 2 * 2 - 1;
  Several<kPoints> at{};
  at.v[0] = y[0];
  at.v[kPoints - 1] = y[kValues - 1];
  PINWHEEL_UNROLL
  for (int p = 0; p < P::kPairs; ++p) {
    Floats even = y[kLastEven], odd = y[kLastOdd];
    PINWHEEL_UNROLL
    for (int k = kLastEven - 2; k >= 0; k -= 2) even = times_plus(P::kSquare[p], even, y[k]);
    PINWHEEL_UNROLL
    for (int k = kLastOdd - 2; k >= 1; k -= 2) odd = times_plus(P::kSquare[p], odd, y[k]);
    at.v[1 + 2 * p] = times_plus(P::kAt[p], odd, even);
    at.v[2 + 2 * p] = times_plus(-P::kAt[p], odd, even);
  }
  return at;
}

// G g
template <int kPoints, int kValues>
PINWHEEL_INLINE Several<kPoints> evaluate_scaled(const Floats (&g)[kValues]) {
  Several<kPoints> at = evaluate<kPoints>(g);
  PINWHEEL_UNROLL
  for (int i = 0; i < kPoints; ++i) at.v[i] *= Points<kPoints>::kScale[i];
  return at;
}

// Aᵀ m
template <int kValues, int kPoints>
PINWHEEL_INLINE Several<kValues> collect(const Floats (&m)[kPoints]) {
  using P = Points<kPoints>;
  Several<kValues> y{};
  y.v[0] = m[0];
  PINWHEEL_UNROLL
  for (int p = 0; p < P::kPairs; ++p) {
    const Floats both[] = {m[1 + 2 * p] + m[2 + 2 * p], m[1 + 2 * p] - m[2 + 2 * p]};
    float power = 1;
    PINWHEEL_UNROLL
    for (int k = 0; k < kValues; ++k) {
      const float factor = k % 2 == 0 ? power : power * P::kAt[p];
      y.v[k] = times_plus(factor, both[k % 2], y.v[k]);
      if (k % 2 == 1) power *= P::kSquare[p];
    }
  }
  y.v[kValues - 1] += m[kPoints - 1];
  return y;
}

// Gᵀ s
template <int kValues, int kPoints>
PINWHEEL_INLINE Several<kValues> collect_scaled(const Floats (&s)[kPoints]) {
  Floats m[kPoints];
  PINWHEEL_UNROLL
  for (int i = 0; i < kPoints; ++i) m[i] = s[i] * Points<kPoints>::kScale[i];
  return collect<kValues>(m);
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
