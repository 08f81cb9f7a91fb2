import { describe, expect, it } from 'vitest';
import { mostThreads, possibleThreads, usualThreads } from './threads';

describe('threads', () => {
  it('are one where the engine has none', () => {
    expect(possibleThreads('simd', 64)).toBe(1);
    expect(usualThreads('simd', 64)).toBe(1);
  });

  it('are as many as there are processors, up to what the engine makes', () => {
    expect([1, 4, 64].map((processors) => possibleThreads('simd-threads', processors))).toEqual([1, 4, mostThreads]);
    expect([1, 4, 64].map((processors) => usualThreads('relaxed-threads', processors))).toEqual([1, 4, 8]);
  });

  it('are two where the browser does not tell', () => {
    expect(possibleThreads('simd-threads', 0)).toBe(2);
  });
});
