import { describe, expect, it } from 'vitest';
import { addressOf, parseOurs } from './address';

describe('the address', () => {
  it('names one of ours', () => {
    expect(parseOurs('?galaxy=barred_spiral:7')).toEqual({ kind: 'barred_spiral', seed: 7 });
    expect(addressOf({ kind: 'ring', seed: 3 }, '?engine=simd&galaxy=spiral:1')).toBe('?engine=simd&galaxy=ring:3');
  });
  it.each(['', '?galaxy=', '?galaxy=spiral', '?galaxy=spiral:-1', '?galaxy=a b:1', '?galaxy=x:1e9'])(
    'ignores %s',
    (search) => {
      expect(parseOurs(search)).toBeNull();
    },
  );
});
