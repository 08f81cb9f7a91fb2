// How many galaxies of each class a rendered sky has: each class `balance` times as many as the one before it.

/** Sums to `count` exactly; the largest remainders get what rounding leaves over. */
export function shares(count: number, classes: number, balance: number): number[] {
  if (classes < 1) return [];
  const weights = Array.from({ length: classes }, (_, i) => balance ** i);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const exact = weights.map((weight) => (count * weight) / total);
  const whole = exact.map(Math.floor);
  const left = count - whole.reduce((sum, n) => sum + n, 0);
  const byRemainder = exact.map((value, i) => ({ i, rest: value - Math.floor(value) }));
  byRemainder.sort((a, b) => b.rest - a.rest || a.i - b.i);
  for (const { i } of byRemainder.slice(0, left)) whole[i] = (whole[i] ?? 0) + 1;
  return whole;
}
