import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fromPlanes, toPlanes } from '../src/files/planes.ts';

function file(header: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const out = new Uint8Array(8 + text.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  out.set(data, 8 + text.length);
  return out;
}

describe('weights in planes', () => {
  it('puts low bytes before high ones, behind an untouched header', () => {
    const planes = toPlanes(file('{}', Uint8Array.of(1, 101, 2, 102, 3, 103)));
    expect([...planes.subarray(8)]).toEqual([2, 0, 0, 0, 0, 0, 0, 0, 123, 125, 1, 2, 3, 101, 102, 103]);
  });

  it('comes back byte for byte', () => {
    for (const size of [0, 2, 1000]) {
      const before = file(
        '{"a": 1} ',
        Uint8Array.from({ length: size }, (_, i) => (i * 7919) % 256),
      );
      expect(fromPlanes(toPlanes(before))).toEqual(before);
    }
  });

  it('leaves a plain file as it is, and refuses half a number', () => {
    const plain = file('{}', Uint8Array.of(1, 2));
    expect(fromPlanes(plain)).toBe(plain);
    expect(() => toPlanes(file('{}', Uint8Array.of(1, 2, 3)))).toThrow(/pairs of bytes/);
  });

  const shipped = fileURLToPath(new URL('../../models/galaxy-zoo-64/model.safetensors', import.meta.url));
  it('makes the shipped model at least 5 % smaller when packed', () => {
    const before = new Uint8Array(readFileSync(shipped));
    const planes = toPlanes(before);
    expect(Buffer.compare(fromPlanes(planes), before)).toBe(0);
    expect(gzipSync(planes).length).toBeLessThan(0.95 * gzipSync(before).length);
  });
});
