import { describe, expect, it } from 'vitest';
import { count, duration, ofForty, percent } from './words';

describe('numbers in words', () => {
  it.each([
    [0, '0 %'],
    [0.004, '< 1 %'],
    [0.5, '50 %'],
    [0.996, '> 99 %'],
    [1, '100 %'],
  ])('%d is %s', (share, expected) => {
    expect(percent(share)).toBe(expected);
  });

  it('counts volunteers', () => {
    expect(ofForty(0.73)).toBe('29 of 40');
    expect(ofForty(0.01)).toBe('none of 40');
  });

  it.each([
    [0.3, 'under 1 ms'],
    [1.14, '1.1 ms'],
    [12.4, '12 ms'],
    [123, '120 ms'],
    [1234, '1.2 s'],
    [61_000, '61 s'],
    [600_000, '10 minutes'],
    [7_200_000, '2 hours'],
  ])('%d milliseconds are %s', (milliseconds, expected) => {
    expect(duration(milliseconds)).toBe(expected);
  });

  it('knows one from many', () => {
    expect(count(1, 'galaxy', 'galaxies')).toBe('1 galaxy');
    expect(count(12345, 'file')).toBe('12,345 files');
  });
});
