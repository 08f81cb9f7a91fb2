// exp and its relatives on vectors, accurate to about two units in the last place, saturating instead of overflowing.
#pragma once

#include "kernels/isa/simd.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

// e^x for x clamped to [-87.3, 88.3], where the result is neither denormal nor infinite; NaN stays NaN.
// x = n ln 2 + r with |r| <= ln 2 / 2 (Cody & Waite 1980: ln 2 in two parts, so that the difference is exact), then the
// Taylor series of e^r, whose terms past r^7 are below half an ulp, and n goes into the exponent bits.
PINWHEEL_INLINE Floats exp(Floats x) {
  x = min(broadcast(88.3F), max(broadcast(-87.3F), x));
  const Floats rounder = broadcast(12582912.0F);  // 1.5 * 2^23: adding it leaves the rounded integer in the low bits
  const Floats shifted = fma(x, broadcast(1.44269504F), rounder);
  const Floats n = shifted - rounder;
  Floats r = fma(n, broadcast(-0.693359375F), x);
  r = fma(n, broadcast(2.12194440e-4F), r);
  Floats p = broadcast(1.0F / 5040);
  p = fma(p, r, broadcast(1.0F / 720));
  p = fma(p, r, broadcast(1.0F / 120));
  p = fma(p, r, broadcast(1.0F / 24));
  p = fma(p, r, broadcast(1.0F / 6));
  p = fma(p, r, broadcast(0.5F));
  p = fma(p, r, broadcast(1.0F));
  p = fma(p, r, broadcast(1.0F));
  const Ints exponent = reinterpret_cast<Ints>(shifted) << 23;
  return reinterpret_cast<Floats>(reinterpret_cast<Ints>(p) + exponent);
}

PINWHEEL_INLINE Floats sigmoid(Floats x) { return broadcast(1.0F) / (broadcast(1.0F) + exp(-x)); }

// tanh x = 1 - 2 / (e^2x + 1); near zero, where that would cancel, its odd Taylor series up to x^11.
PINWHEEL_INLINE Floats tanh(Floats x) {
  const Floats far = broadcast(1.0F) - broadcast(2.0F) / (exp(x + x) + broadcast(1.0F));
  const Floats square = x * x;
  Floats p = broadcast(-1382.0F / 155925);
  p = fma(p, square, broadcast(62.0F / 2835));
  p = fma(p, square, broadcast(-17.0F / 315));
  p = fma(p, square, broadcast(2.0F / 15));
  p = fma(p, square, broadcast(-1.0F / 3));
  const Floats near = fma(p * square, x, x);
  return square < broadcast(0.09F) ? near : far;
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
