// The rows of an array in an HDF5 file, one asked for at a time. A compressed block holds a small part of very many pictures
// (of Galaxy10 DECaLS 555 pictures share 768 blocks), and to read one row is to unpack all of them: so a band of rows as
// high as the blocks is read in one go and kept, each block unpacked once, as core/data/hdf5.cpp does.
import type { Dataset } from 'h5wasm';
import type { BlobArray } from './blob-bytes';

export interface Limits {
  plain: number; // bytes of rows that are read at once where nothing stores them together, or only a few
  band: number; // of rows that are stored together; a higher band is read in parts
}
const usual: Limits = { plain: 4_000_000, band: 128_000_000 };

type Rows = Pick<Dataset, 'shape' | 'dtype' | 'metadata' | 'slice'>;

function rowsAtOnce(set: Rows, rowBytes: number, limits: Limits): number {
  const block = set.metadata.chunks?.[0] ?? 1;
  const blockBytes = block * rowBytes;
  if (blockBytes > limits.band) return Math.max(1, Math.floor(limits.band / rowBytes));
  return block * Math.max(1, Math.floor(limits.plain / blockBytes));
}

export function rowsOf(set: Rows, name: string, limits = usual): BlobArray {
  const shape = (set.shape ?? []).map(Number);
  const row = shape.slice(1).reduce((product, side) => product * side, 1);
  const bandRows = rowsAtOnce(set, Math.max(1, row * set.metadata.size), limits);
  const values = new Float32Array(row); // of the row that was asked for last
  let band: ArrayLike<number> & { subarray(begin: number, end: number): ArrayLike<number> } = new Float32Array(0);
  let first = -1;
  const readBand = (at: number) => {
    const end = Math.min(shape[0] ?? 0, at + bandRows);
    const rest = shape.slice(1).map((side): [number, number] => [0, side]);
    first = -1;
    band = set.slice([[at, end], ...rest]) as typeof band;
    first = at;
  };
  return {
    name,
    shape,
    isFloat: typeof set.dtype === 'string' && /[efd]$/.test(set.dtype),
    read(i) {
      try {
        const begin = Math.floor(i / bandRows) * bandRows;
        if (begin !== first) readBand(begin);
        const stored = band.subarray((i - begin) * row, (i - begin + 1) * row);
        values.set(
          stored instanceof BigInt64Array || stored instanceof BigUint64Array ? Array.from(stored, Number) : stored,
        );
        return values;
      } catch {
        return null;
      }
    },
  };
}
