import { describe, expect, it } from 'vitest';
import { classesOf, extremes, inWords, predictionsOf } from './judging';

const names = ['smooth', 'edge_on'];
// Four galaxies: truth 0, 0, 1, 1; said 0 (0.92), 1 (0.62), 1 (0.95), 1 (0.73).
const truth = Float32Array.from([1, 0, 1, 0, 0, 1, 0, 1]);
const said = Float32Array.from([0.92, 0.08, 0.38, 0.62, 0.05, 0.95, 0.27, 0.73]);
// As the core counts them.
const figures = {
  confusion: [
    [1, 1],
    [0, 2],
  ],
  recall: [0.5, 1],
  precision: [1, 2 / 3],
};
const predictions = predictionsOf(Int32Array.from([5, 6, 7, 8]), truth, said, 2, 2);

describe('judging', () => {
  it('knows who was taken for what, and how surely', () => {
    expect(predictions[1]).toMatchObject({ example: 6, truth: 0, guess: 1 });
    expect(predictions[1]?.sure).toBeCloseTo(0.62);
    expect(predictions[1]?.ofTruth).toBeCloseTo(0.38);
  });

  it('lets the first question of a tree decide', () => {
    const row = Float32Array.from([0.2, 0.7, 0.1, 0.99]);
    expect(predictionsOf(Int32Array.from([0]), row, row, 4, 3)[0]?.guess).toBe(1);
  });

  it('names the classes and counts who is truly of each', () => {
    const classes = classesOf([...names, 'ring'], {
      ...figures,
      confusion: [
        [1, 1, 0],
        [0, 2, 0],
        [0, 0, 0],
      ],
    });
    expect(classes[0]).toEqual({ name: 'smooth', count: 2, precision: 1, recall: 0.5 });
    expect(classes[2]).toEqual({ name: 'ring', count: 0, precision: null, recall: null });
  });

  it('shows the surest first', () => {
    expect(extremes(predictions)).toEqual({ best: [2, 0, 3], worst: [1] });
  });

  it('says what was learned and where it fails', () => {
    expect(inWords(names, figures)).toBe(
      'It is right about 3 of 4 galaxies that it never saw (75 %). It knows “edge on” best (2 of 2) ' +
        'and fails most at “smooth” (1 of 2), which it most often takes for “edge on”.',
    );
    expect(inWords(names, { confusion: [], recall: [], precision: [] })).toContain('no galaxies');
  });
});
