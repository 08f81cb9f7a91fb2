import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { packModel, unpackModel } from './model-pack';

describe('a model as one file', () => {
  it('comes back as it went in, the same bytes each time', () => {
    const weights = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
    const file = packModel('{"name":"é"}', weights);
    expect(unpackModel('a.pinwheel', file)).toEqual({ config: '{"name":"é"}', weights });
    expect(packModel('{"name":"é"}', weights)).toEqual(file);
  });

  it('is refused by name when it is something else', () => {
    expect(() => unpackModel('a.pinwheel', Uint8Array.from([1, 2, 3]))).toThrow(/a\.pinwheel cannot be read/);
    expect(() => unpackModel('b.zip', zipSync({ 'x.png': new Uint8Array(3) }))).toThrow(/b\.zip does not hold a model/);
    const cut = packModel('{}', new Uint8Array(5000)).slice(0, 3000);
    expect(() => unpackModel('c.pinwheel', cut)).toThrow(/c\.pinwheel/);
  });
});
