import { describe, expect, it } from 'vitest';
import { Curve } from './curve';

describe('the curve', () => {
  it('stays within its limit and even', () => {
    const curve = new Curve([], 100);
    for (let step = 1; step <= 10_000; step += 1) curve.add(step, 1 / step);
    const steps = curve.points.map((point) => point.step);
    expect(steps.length).toBeLessThanOrEqual(100);
    expect(steps.length).toBeGreaterThan(50);
    const gaps = steps.slice(1).map((step, i) => step - (steps[i] ?? 0));
    expect(new Set(gaps).size).toBe(1);
  });

  it('goes back to a checkpoint', () => {
    const curve = new Curve([1, 2, 3, 4].map((step) => ({ step, loss: step })));
    expect(curve.upTo(2).points.map((point) => point.step)).toEqual([1, 2]);
  });
});
