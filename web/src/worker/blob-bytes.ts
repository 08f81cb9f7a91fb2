// A Blob as the engine reads it: any stretch, at once, on this thread. Small reads come out of a block that was read ahead,
// because asking the browser for thirty bytes costs as much as asking for a million.
const blockSize = 1 << 20;

/** An array of numbers that the page can read for the engine: rows along its first dimension. */
export interface BlobArray {
  name: string;
  shape: number[];
  isFloat: boolean;
  read(row: number): Float32Array | null;
}
export interface BlobBytes {
  name: string;
  size: number;
  arrays: BlobArray[]; // of an HDF5 file
  read(offset: number, length: number): Uint8Array | null; // null: the browser can no longer read the file
}

export function blobBytes(name: string, file: Blob, reader = new FileReaderSync()): BlobBytes {
  let block = new Uint8Array(0);
  let start = 0;
  const fetch = (from: number, to: number) => new Uint8Array(reader.readAsArrayBuffer(file.slice(from, to)));
  return {
    name,
    size: file.size,
    arrays: [],
    read(offset, length) {
      try {
        if (length >= blockSize) return fetch(offset, offset + length);
        if (offset < start || offset + length > start + block.length) {
          block = fetch(offset, offset + blockSize);
          start = offset;
        }
        return block.subarray(offset - start, offset - start + length);
      } catch {
        return null;
      }
    },
  };
}

const hdf5 = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]; // "\x89HDF\r\n\x1a\n"

/** With the arrays of those that are HDF5, told by their first bytes. */
export async function bytesOfAll(files: readonly { name: string; file: Blob }[]): Promise<BlobBytes[]> {
  const reader = new FileReaderSync();
  const all = files.map(({ name, file }) => blobBytes(name, file, reader));
  for (const [i, bytes] of all.entries()) {
    const whole = files[i]?.file;
    // Whole folders of pictures are not probed one by one: an HDF5 file comes alone or with a few others.
    if (!whole || all.length > 16) continue;
    const start = bytes.size < hdf5.length ? null : bytes.read(0, hdf5.length);
    if (!start || !hdf5.every((byte, k) => start[k] === byte)) continue;
    const { openHdf5 } = await import('./hdf5');
    bytes.arrays = await openHdf5(bytes.name, whole);
  }
  return all;
}
