import { describe, expect, it } from 'vitest';
import { abilities, pickVariant } from './variant';

const built = { 'relaxed-threads': 'a', 'simd-threads': 'b', simd: 'c' };
const all = { simd: true, relaxedSimd: true, threads: true };

describe('the variant', () => {
  it.each([
    [all, 'relaxed-threads'],
    [{ ...all, relaxedSimd: false }, 'simd-threads'],
    [{ ...all, threads: false }, 'simd'],
    [{ simd: false, relaxedSimd: false, threads: true }, null],
  ])('%o runs %s', (can, expected) => {
    expect(pickVariant(can, built)).toBe(expected);
  });

  it('takes what was built', () => {
    expect(pickVariant(all, { simd: 'c' })).toBe('simd');
    expect(pickVariant(all, {})).toBeNull();
  });

  it('obeys a wish only when the browser can', () => {
    expect(pickVariant(all, built, 'simd')).toBe('simd');
    expect(pickVariant({ ...all, threads: false }, built, 'relaxed-threads')).toBe('simd');
    expect(pickVariant(all, built, 'nonsense')).toBe('relaxed-threads');
  });

  it('probes with modules that are well-formed: node knows SIMD', () => {
    expect(abilities().simd).toBe(true);
  });
});
