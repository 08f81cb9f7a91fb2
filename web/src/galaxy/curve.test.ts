import { describe, expect, it } from 'vitest';
import { columns, Curve, smoothed } from './curve';

describe('the curve', () => {
  it('keeps every step while there is room', () => {
    const curve = new Curve(10);
    for (let step = 1; step <= 5; step += 1) curve.add(step, step / 10);
    expect(curve.steps).toEqual([1, 2, 3, 4, 5]);
    expect(curve.losses).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
  });
  it('thins itself, but keeps the mean and the end', () => {
    const curve = new Curve(100);
    for (let step = 1; step <= 10_000; step += 1) curve.add(step, step);
    expect(curve.steps.length).toBeLessThan(100);
    expect(curve.steps.at(-1)).toBeGreaterThan(9_700);
    const mean = curve.losses.reduce((a, b) => a + b) / curve.losses.length;
    expect(mean).toBeGreaterThan(4_800);
    expect(mean).toBeLessThan(5_100);
    expect([...curve.steps].sort((a, b) => a - b)).toEqual(curve.steps);
  });
  it('is smoothed without a start at zero', () => {
    expect(smoothed([4, 4, 4], 10)).toEqual([4, 4, 4].map((v) => expect.closeTo(v)));
    expect(smoothed([0, 1], 1)).toEqual([0, 1]);
    const line = smoothed([1, 0, 0, 0], 4);
    expect(line[3]).toBeLessThan(line[2] ?? 0);
  });
  it('lines up lines of different steps', () => {
    const a = [
      { step: 1, value: 5 },
      { step: 3, value: 6 },
    ];
    expect(columns([a, [{ step: 2, value: 7 }]])).toEqual([
      [1, 2, 3],
      [5, null, 6],
      [null, 7, null],
    ]);
  });
});
