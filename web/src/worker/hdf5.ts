// HDF5 files by h5wasm, which is fetched only when somebody has one. The file stays where it is: h5wasm reads stretches of
// the Blob.
import { Dataset, File as Hdf5File, ready } from 'h5wasm';
import { EngineError } from '../engine/protocol';
import type { BlobArray } from './blob-bytes';
import { rowsOf } from './hdf5-rows';

let folders = 0;

interface Workers {
  mkdir(path: string): void;
  mount(kind: unknown, options: { blobs: { name: string; data: Blob }[] }, path: string): void;
  filesystems: { WORKERFS: unknown };
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
