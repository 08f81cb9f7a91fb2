import { describe, expect, it } from 'vitest';
import { csvField, shortestFloat, toCsv } from './csv';

describe('shortestFloat', () => {
  // As std::to_chars(float) writes them.
  it.each([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [0.1, '0.1'],
    [0.33333334, '0.33333334'],
    [1 / 3, '0.33333334'],
    [0.001, '0.001'],
    [0.0001, '1e-04'],
    [0.00012, '0.00012'],
    [1e-5, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [1.17549435e-38, '1.1754944e-38'],
    [16777216, '16777216'],
    [1e10, '1e+10'],
  ])('%d is %s', (value, expected) => {
    expect(shortestFloat(value)).toBe(expected);
  });

  it('brings every float back', () => {
    let seed = 1;
    for (let i = 0; i < 2000; i += 1) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const value = Math.fround((seed / 2 ** 32) * 10 ** -(i % 9));
      expect(Math.fround(Number(shortestFloat(value)))).toBe(value);
    }
  });
});

describe('the table', () => {
  it('quotes what needs it', () => {
    expect(csvField('plain.png')).toBe('plain.png');
    expect(csvField('a "b", c.png')).toBe('"a ""b"", c.png"');
  });

  it('has one line for the outputs and one for each galaxy', () => {
    const lines = toCsv(['Class1.1', 'Class1.2'], [{ file: 'a,b.png', values: Float32Array.of(0.25, 0.75) }]);
    expect(lines.join('')).toBe('file,Class1.1,Class1.2\n"a,b.png",0.25,0.75\n');
  });
});
