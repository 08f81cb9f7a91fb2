// HDF5 files by h5wasm, which is fetched only when somebody has one. The file stays where it is: h5wasm reads stretches of
// the Blob, and we hand out rows from a few rows read at a time.
import { Dataset, File as Hdf5File, ready } from 'h5wasm';
import { EngineError } from '../engine/protocol';
import type { BlobArray } from './blob-bytes';

const blockBytes = 4_000_000;
let folders = 0;

interface Workers {
  mkdir(path: string): void;
  mount(kind: unknown, options: { blobs: { name: string; data: Blob }[] }, path: string): void;
  filesystems: { WORKERFS: unknown };
}

function rowsOf(set: Dataset, name: string): BlobArray {
  const shape = (set.shape ?? []).map(Number);
  const row = shape.slice(1).reduce((product, side) => product * side, 1);
  const rowsAtOnce = Math.max(1, Math.floor(blockBytes / (4 * Math.max(1, row))));
  let block = new Float32Array(0);
  let first = 0;
  return {
    name,
    shape,
    isFloat: typeof set.dtype === 'string' && /[efd]$/.test(set.dtype),
    read(i) {
      try {
        if (i < first || (i - first + 1) * row > block.length) {
          const end = Math.min(shape[0] ?? 0, i + rowsAtOnce);
          const rest = shape.slice(1).map((side): [number, number] => [0, side]);
          block = Float32Array.from(set.slice([[i, end], ...rest]) as ArrayLike<number>, Number);
          first = i;
        }
        return block.subarray((i - first) * row, (i - first + 1) * row);
      } catch {
        return null;
      }
    },
  };
}

const isNumbers = (set: Dataset) =>
  (set.shape?.length ?? 0) > 0 && typeof set.dtype === 'string' && /[bBhHiIqQefd]$/.test(set.dtype);

/** The arrays of numbers in the file. */
export async function openHdf5(name: string, file: Blob): Promise<BlobArray[]> {
  const { FS } = (await ready) as unknown as { FS: Workers };
  const folder = `/hdf5-${String((folders += 1))}`;
  FS.mkdir(folder);
  FS.mount(FS.filesystems.WORKERFS, { blobs: [{ name: 'data.h5', data: file }] }, folder);
  try {
    const opened = new Hdf5File(`${folder}/data.h5`, 'r');
    const found = opened.paths().map((path) => ({ path, set: opened.get(path) }));
    return found.flatMap(({ path, set }) => (set instanceof Dataset && isNumbers(set) ? [rowsOf(set, path)] : []));
  } catch {
    throw new EngineError('bad_file', `${name} is a damaged or cut-off HDF5 file: download it again.`);
  }
}
