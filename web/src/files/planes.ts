// Weights in the order in which they pack best. Of numbers of two bytes the low one is noise and the high one is not; told
// apart, all low bytes and then all high ones, gzip makes a model a tenth smaller than as safetensors. Nothing is lost:
// what is read back is the file, byte for byte.
const mark = new TextEncoder().encode('PLANES2\n'); // safetensors files begin with a small number: byte 7 is 0
const lengthBytes = 8;

function headerEnd(bytes: Uint8Array, start: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, lengthBytes);
  return start + lengthBytes + Number(view.getBigUint64(0, true));
}

/** A safetensors file with its data in planes. */
export function toPlanes(safetensors: Uint8Array): Uint8Array<ArrayBuffer> {
  const begin = headerEnd(safetensors, 0);
  const half = (safetensors.length - begin) / 2;
  if (!Number.isInteger(half)) throw new Error('The weights are no whole number of pairs of bytes.');
  const out = new Uint8Array(mark.length + safetensors.length);
  out.set(mark);
  out.set(safetensors.subarray(0, begin), mark.length);
  const low = mark.length + begin;
  for (let i = 0; i < half; i += 1) {
    out[low + i] = safetensors[begin + 2 * i] ?? 0;
    out[low + half + i] = safetensors[begin + 2 * i + 1] ?? 0;
  }
  return out;
}

/** The safetensors file again; one that was never laid out in planes is given back as it is. */
export function fromPlanes(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (!mark.every((byte, i) => bytes[i] === byte)) return bytes;
  const low = headerEnd(bytes, mark.length);
  const half = (bytes.length - low) / 2;
  const out = new Uint8Array(bytes.length - mark.length);
  out.set(bytes.subarray(mark.length, low));
  const begin = low - mark.length;
  for (let i = 0; i < half; i += 1) {
    out[begin + 2 * i] = bytes[low + i] ?? 0;
    out[begin + 2 * i + 1] = bytes[low + half + i] ?? 0;
  }
  return out;
}
