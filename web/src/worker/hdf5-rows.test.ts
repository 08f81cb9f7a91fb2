import { File as Hdf5File, ready, type Dataset } from 'h5wasm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { rowsOf } from './hdf5-rows';

const [count, side] = [22, 8];
const rowSize = side * side * 3;
const pixels = Uint8Array.from({ length: count * rowSize }, (_, i) => (i * 7919) % 251);
const labels = BigInt64Array.from({ length: count }, (_, i) => BigInt(i % 4));
let file: Hdf5File;

beforeAll(async () => {
  await ready;
  const path = '/galaxies.h5'; // of a file system in memory
  const written = new Hdf5File(path, 'w');
  // As in Galaxy10 DECaLS: a block is a small part of many pictures.
  const shared = { chunks: [8, 4, 4, 1], compression: 4 };
  written.create_dataset({ name: 'shared', data: pixels, shape: [count, side, side, 3], ...shared });
  written.create_dataset({ name: 'plain', data: pixels, shape: [count, side, side, 3] });
  written.create_dataset({ name: 'labels', data: labels, chunks: [4], compression: 4 });
  written.create_dataset({ name: 'parts', data: Float32Array.from([0.25, 0.5, 1]) });
  written.close();
  file = new Hdf5File(path, 'r');
});
afterAll(() => {
  file.close();
});

/** Every row in order, and how often the file was asked. */
function readAll(name: string, limits?: Parameters<typeof rowsOf>[2]) {
  const set = file.get(name) as Dataset;
  const slice = vi.spyOn(set, 'slice');
  const array = rowsOf(set, name, limits);
  const rows = Array.from({ length: array.shape[0] ?? 0 }, (_, i) => [...(array.read(i) ?? [])]);
  return { array, rows, reads: slice.mock.calls.length };
}
const expected = Array.from({ length: count }, (_, i) => [...pixels.subarray(i * rowSize, (i + 1) * rowSize)]);

describe('rows of an HDF5 file', () => {
  it('unpacks each block once where pictures share blocks', () => {
    const { rows, reads } = readAll('shared', { plain: rowSize, band: 8 * rowSize });
    expect(reads).toBe(3);
    expect(rows).toEqual(expected);
  });

  it('reads several bands together while they are small', () => {
    expect(readAll('shared', { plain: 16 * rowSize, band: 100 * rowSize }).reads).toBe(2);
    expect(readAll('shared').reads).toBe(1);
  });

  it('reads a band in parts rather than more than its limit at once', () => {
    const { rows, reads } = readAll('shared', { plain: rowSize, band: 5 * rowSize });
    expect(reads).toBe(5);
    expect(rows).toEqual(expected);
  });

  it('reads a few at a time where nothing is shared', () => {
    const { rows, reads } = readAll('plain', { plain: 10 * rowSize, band: 100 * rowSize });
    expect(reads).toBe(3);
    expect(rows).toEqual(expected);
  });

  it('hands out whole numbers of 64 bits and real ones as they are', () => {
    const whole = readAll('labels');
    expect(whole.rows.flat()).toEqual([...labels].map(Number));
    expect(whole.array.isFloat).toBe(false);
    const real = readAll('parts');
    expect(real.rows).toEqual([[0.25], [0.5], [1]]);
    expect(real.array.isFloat).toBe(true);
  });

  it('says so when it cannot be read', () => {
    const set = file.get('shared') as Dataset;
    vi.spyOn(set, 'slice').mockImplementation(() => {
      throw new Error('gone');
    });
    expect(rowsOf(set, 'shared').read(0)).toBeNull();
  });
});
