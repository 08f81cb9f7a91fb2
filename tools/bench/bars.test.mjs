import { describe, expect, it } from 'vitest';
import { barsOf } from './bars.mjs';

const mine = (imagesPerSecond, more = {}) => ({
  ...{ runner: 'pinwheel', ours: true, imagesPerSecond, limitGflops: 100 },
  ...{ repetitions: [imagesPerSecond], limits: [100], handOvers: [0] },
  ...more,
});
const peer = (runner, imagesPerSecond) => ({ runner, ours: false, imagesPerSecond });
const native = (name, threads, results, more = {}) => ({
  ...{ where: 'native', kind: 'infer-1', mode: 'infer', names: [name], batch: 1, threads },
  ...{ flop: 1e7, dense: false, results, ...more },
});
const barNamed = (rows, words, visits) => barsOf(rows, visits).filter(({ title }) => title.includes(words));

describe('bars', () => {
  it('of which nothing was measured are left out', () => {
    expect(barsOf([], null)).toEqual([]);
    expect(barNamed([native('a', 1, [mine(10)])], 'ONNX Runtime')).toEqual([]);
  });

  it('that speak of every network are decided by the least', () => {
    const rows = [
      native('a', 1, [mine(30), peer('onnxruntime', 10)]),
      native('b', 1, [mine(9), peer('onnxruntime', 10)]),
    ];
    const [bar] = barNamed(rows, 'Native, judging one, against ONNX Runtime');
    expect(bar.reached).toBeCloseTo(0.9);
    expect(bar.detail).toContain('1 of 2 pass; least in b ×1, 1t: 9.00 against 10.0');
  });

  it('say which networks not even the limit would have pass', () => {
    const train = { where: 'browser', kind: 'train', mode: 'train', dense: true };
    const main = { build: 'relaxed-threads', limitGflops: 1 }; // 1e9 / 1e7 = 100 images/s at most
    const rows = [
      native('a', 1, [mine(90, main), peer('jax-js', 2)], train),
      native('b', 1, [mine(90, main), peer('jax-js', 0.5)], train),
    ];
    const [bar] = barNamed(rows, 'another trainer');
    expect(bar.detail).toContain('1 of 2 pass');
    expect(bar.detail).toContain('the limit itself would not, 50.00 in a ×1, 1t: a ×1, 1t');
  });

  it('take PyTorch at its best number of threads', () => {
    const train = { kind: 'train', mode: 'train' };
    const rows = [
      native('convnet', 1, [mine(100), peer('torch', 50)], train),
      native('convnet', 2, [mine(180), peer('torch', 40)], train),
    ];
    const [bar] = barNamed(rows, 'Native training of convnet');
    expect(bar.reached).toBeCloseTo(180 / 50);
    expect(bar.detail).toBe('180 images/s on 2t against 50.0 on 1t');
  });

  describe('of two threads', () => {
    const pair = (name, two, more) => [native(name, 1, [mine(10)]), native(name, 2, [mine(two, more)])];
    const bar = (...rows) => barNamed(rows.flat(), 'Two threads against one, judging one, natively')[0];

    it('look apart at moments with two whole cores behind one cache', () => {
      const moments = (repetitions, handOvers, limits) => ({ limitGflops: 200, repetitions, handOvers, limits });
      const found = bar(
        pair('a', 11, moments([18, 11, 10], [0.2, 0.9, 0.1], [200, 200, 110])),
        pair('b', 15, moments([15, 15, 16], [0.2, 0.2, 0.2], [200, 195, 190])),
        pair('c', 11, moments([11], [0.9], [200])),
      );
      expect(found.reached).toBeCloseTo(1.1);
      expect(found.detail).toContain('0 of 3 pass');
      const [, apart] = found.detail.split('Apart: ');
      expect(apart).toContain('1 of 2 pass; least in b ×1, 2t: 15.0 against 10.0');
    });

    it('say so where there was no such moment', () => {
      const far = { limitGflops: 200, repetitions: [12], limits: [200], handOvers: [0.9] };
      expect(bar(pair('a', 12, far)).detail).toMatch(/there was no moment with two whole cores behind one cache$/);
    });

    it('rule out what the machine gave no second processor to', () => {
      const alone = {
        limitGflops: 200,
        repetitions: [11, 11, 18],
        limits: [120, 120, 200],
        handOvers: [0.1, 0.1, 0.2],
      };
      expect(bar(pair('a', 11, alone)).detail).toContain('the limit itself would not, 1.20 in a ×1, 2t');
    });

    it('leave small networks out', () => {
      expect(bar([1, 2].map((threads) => native('a', threads, [mine(10)], { flop: 1e6 })))).toBeUndefined();
    });
  });

  it('ask the first visit to be quick', () => {
    const [bar] = barNamed([], 'first answer', { open: [500, 400, 700], starting: [900] });
    expect(bar).toMatchObject({ need: 600, reached: 500, low: true });
    expect(bar.detail).toContain('3 visits, 400 to 700 ms');
  });
});
