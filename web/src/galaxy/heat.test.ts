import { describe, expect, it } from 'vitest';
import { heatColours, heatWords, hottest } from './heat';

const flat = (values: number[], uncovered = 0.8) => ({
  output: 0,
  width: 3,
  height: 3,
  drop: Float32Array.from(values),
  uncovered,
});

describe('heat', () => {
  it('is amber where the answer goes, blue where it gains, clear where nothing happens', () => {
    const rgba = heatColours(flat([0.4, 0, -0.2, 0, 0, 0, 0, 0, 0]));
    expect([...rgba.slice(0, 4)]).toEqual([246, 177, 78, 199]);
    expect(rgba[7]).toBe(0);
    expect([...rgba.slice(8, 12)]).toEqual([93, 147, 230, 99]);
  });

  it('does not blow up noise', () => {
    expect(heatColours(flat([0.001, 0, 0, 0, 0, 0, 0, 0, 0]))[3]).toBeLessThan(15);
  });

  it('says where, and how much', () => {
    expect(heatWords(flat([0, 0, 0, 0, 0.5, 0, 0, 0, 0]), 'bar')).toBe(
      '“bar” rests most on the middle: covered there, it falls from 80 % to 30 %.',
    );
    expect(heatWords(flat([0, 0, 0.1, 0, 0, 0, 0, 0, 0]), 'bar')).toContain('the upper right:');
    expect(heatWords(flat([0, 0, 0, 0.1, 0, 0, 0, 0, 0]), 'bar')).toContain('the left edge:');
    expect(heatWords(flat([0.01, -0.3, 0, 0, 0, 0, 0, 0, 0]), 'bar')).toContain('no one place');
  });

  it('shows the answer first that rests most on one place', () => {
    expect(hottest([flat([0.1, -0.9]), flat([0, 0.3]), flat([0.2, 0])])).toBe(1);
    expect(hottest([])).toBe(0);
  });
});
