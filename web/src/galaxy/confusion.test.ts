import { describe, expect, it } from 'vitest';
import { share, worstMistake } from './confusion';

const cells = [
  [8, 2, 0],
  [1, 5, 4],
  [0, 0, 0],
];

describe('the table of truths and guesses', () => {
  it('gives parts of the true class', () => {
    expect(share(cells, { truth: 0, guess: 0 })).toBe(0.8);
    expect(share(cells, { truth: 1, guess: 2 })).toBe(0.4);
    expect(share(cells, { truth: 2, guess: 2 })).toBe(0);
    expect(share([], { truth: 0, guess: 0 })).toBe(0);
  });
  it('finds the commonest mistake, never a right answer', () => {
    expect(worstMistake(cells)).toEqual({ truth: 1, guess: 2 });
    expect(
      worstMistake([
        [3, 0],
        [0, 3],
      ]),
    ).toBeNull();
  });
});
