// Versions of a stored file by name: "record.3" is newer than "record.2". The last bytes of a complete one say how long it
// is; one that was cut off by a crash lacks them.
const magic = 0x50_57_4b_31; // "PWK1"
export const sealBytes = 12;

export const nameOf = (name: string, generation: number) => `${name}.${String(generation)}`;

/** Newest first. */
export function generationsOf(name: string, files: readonly string[]): { file: string; generation: number }[] {
  return files
    .filter((file) => file.startsWith(`${name}.`) && /^\d+$/.test(file.slice(name.length + 1)))
    .map((file) => ({ file, generation: Number(file.slice(name.length + 1)) }))
    .sort((a, b) => b.generation - a.generation);
}

export function seal(size: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(sealBytes));
  view.setFloat64(0, size);
  view.setUint32(8, magic);
  return new Uint8Array(view.buffer);
}

export function isSealed(last: Uint8Array<ArrayBuffer>, size: number): boolean {
  if (last.length !== sealBytes) return false;
  const view = new DataView(last.buffer, last.byteOffset, last.length);
  return view.getUint32(8) === magic && view.getFloat64(0) === size;
}
