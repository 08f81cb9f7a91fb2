// A Blob as the engine reads it: any stretch, at once, on this thread. Small reads come out of a block that was read ahead,
// because asking the browser for thirty bytes costs as much as asking for a million.
const blockSize = 1 << 20;

export interface BlobBytes {
  name: string;
  size: number;
  read(offset: number, length: number): Uint8Array | null; // null: the browser can no longer read the file
}

export function blobBytes(name: string, file: Blob, reader = new FileReaderSync()): BlobBytes {
  let block = new Uint8Array(0);
  let start = 0;
  const fetch = (from: number, to: number) => new Uint8Array(reader.readAsArrayBuffer(file.slice(from, to)));
  return {
    name,
    size: file.size,
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
