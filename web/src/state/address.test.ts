import { describe, expect, it } from 'vitest';
import { addressOf, parseOurs, parseTeach, teachAddress } from './address';

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

  it('names a step of Teach, and may carry a configuration', () => {
    expect(parseTeach('#teach')).toEqual({ step: 'galaxies', shared: null });
    expect(parseTeach('#teach/train')).toEqual({ step: 'train', shared: null });
    expect(parseTeach('#teach/network=aB-_9')).toEqual({ step: 'network', shared: 'aB-_9' });
    expect(teachAddress('test', '?engine=simd&galaxy=spiral:1')).toBe('?engine=simd#teach/test');
  });
  it.each(['', '#main', '#teacher', '#teach/network=a b'])('is not in Teach at %s', (hash) => {
    expect(parseTeach(hash)).toBeNull();
  });
  it('opens Teach where it begins when the step is unknown', () => {
    expect(parseTeach('#teach/homework')?.step).toBe('galaxies');
  });
});
