import { describe, expect, it } from 'vitest';
import { shares } from './balance';

describe('shares of classes', () => {
  it('is even when balanced, and loses nobody to rounding', () => {
    expect(shares(720, 6, 1)).toEqual([120, 120, 120, 120, 120, 120]);
    expect(shares(10, 3, 1)).toEqual([4, 3, 3]);
    for (const balance of [0.4, 0.7, 1]) expect(shares(777, 5, balance).reduce((a, b) => a + b)).toBe(777);
  });
  it('halves from class to class', () => {
    expect(shares(700, 3, 0.5)).toEqual([400, 200, 100]);
    expect(shares(10, 0, 1)).toEqual([]);
  });
});
