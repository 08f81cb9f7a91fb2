import { describe, expect, it } from 'vitest';
import { estimate, offerFor, storeLimit } from './room';

const colour = (count: number, side: number) => ({ count, height: side, width: side, channels: 3 });

describe('the room in a tab', () => {
  it('takes ten thousand galaxies as they are', () => {
    expect(offerFor(colour(10_000, 64), true)).toBeNull();
  });

  it('offers fewer or smaller ones when sixty thousand would not fit, and each offer fits', () => {
    const offer = offerFor(colour(60_000, 64), true);
    expect(offer?.sentence).toContain('60,000 galaxies at 64x64 pixels in colour need 737 MB');
    const [smaller, fewer] = offer?.choices ?? [];
    expect(smaller?.limits.size).toBe(48);
    expect(offerFor(colour(60_000, smaller?.limits.size ?? 0), true)).toBeNull();
    expect(fewer?.limits.most).toBe(48_000);
    expect((fewer?.limits.most ?? 0) * 64 * 64 * 3).toBeLessThanOrEqual(storeLimit);
  });

  it('never offers another size than the network reads', () => {
    const offer = estimate(colour(60_000, 64), 1_500_000_000).offer;
    expect(offer?.choices.map((choice) => Object.keys(choice.limits))).toEqual([['most']]);
  });

  it('says when it is the batch that does not fit', () => {
    expect(estimate(colour(10, 64), 2_500_000_000)).toMatchObject({ fits: false, offer: null });
  });
});
