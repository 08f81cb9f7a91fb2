import { describe, expect, it } from 'vitest';
import { extentOf, silhouette } from './silhouette';

describe('the silhouette of a network', () => {
  it('reads extents', () => {
    expect(extentOf('64x32x3')).toEqual({ side: 64, channels: 3, flat: false });
    expect(extentOf('300')).toEqual({ side: 1, channels: 300, flat: true });
    expect(extentOf('what')).toBeNull();
  });
  it('has a slab where something changes, side by side, and none for activations', () => {
    const layers = [
      { kind: 'conv2d', output: '62x62x16', parameters: 448 },
      { kind: 'relu', output: '62x62x16', parameters: 0 },
      { kind: 'max_pool', output: '31x31x16', parameters: 0 },
      { kind: 'flatten', output: '15376', parameters: 0 },
      { kind: 'dense', output: '5', parameters: 76885 },
    ];
    const slabs = silhouette('64x64x3', layers);
    expect(slabs.map((slab) => slab.title)).toEqual([
      'input 64x64x3',
      'conv2d 62x62x16',
      'max_pool 31x31x16',
      'flatten 15376',
      'dense 5',
    ]);
    slabs.slice(1).forEach((slab, i) => {
      const before = slabs[i];
      expect(slab.x).toBeGreaterThan((before?.x ?? 0) + (before?.width ?? 0));
    });
    expect(slabs[2]?.height).toBeLessThan(slabs[1]?.height ?? 0);
  });
});
