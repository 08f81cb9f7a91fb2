import { deflateSync, strToU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import { pack, unpack, type Shared } from './share';

const shared: Shared = {
  version: 1,
  sky: { kinds: ['spiral', 'ring'], count: 600, balance: 1, noise: 1, size: 64, seed: 3 },
  recipe: { name: 'first-light', network: { input: [64, 64, 3], layers: [{ name: 'a', kind: 'relu' }] }, seed: 7 },
  outputs: 2,
  targetKind: 'classes',
};
const packed = (value: unknown) =>
  btoa(String.fromCharCode(...deflateSync(strToU8(JSON.stringify(value)))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

describe('a shared configuration', () => {
  it('comes out as it went in, in letters that an address keeps', () => {
    const text = pack(shared);
    expect(text).toMatch(/^[\w-]+$/);
    expect(unpack(text)).toEqual(shared);
  });
  it.each(['', 'abc', pack(shared).slice(0, -9), packed([1]), packed({ ...shared, version: 2 }), packed(null)])(
    'says so when it is broken (%#)',
    (text) => {
      expect(() => unpack(text)).toThrow(/ask for it again/);
    },
  );
  it('does not unpack without end', () => {
    expect(() => unpack(packed({ ...shared, more: 'x'.repeat(5_000_000) }))).toThrow(/ask for it again/);
  });
  it('leaves out a sky that is none', () => {
    const sky = { ...shared.sky, count: -1 } as Shared['sky'];
    expect(unpack(pack({ ...shared, sky })).sky).toBeNull();
  });
});
