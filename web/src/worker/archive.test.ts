import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { unpack } from './archive';

const bytes = (...values: number[]) => Uint8Array.from(values);
const blob = (data: Uint8Array) => new Blob([data.slice()]);
const job = () => {
  const parts: number[] = [];
  return { parts, cancelled: () => false, progress: (part: number) => void parts.push(part) };
};

describe('unpacking', () => {
  it('gives pictures in the order of the archive and refuses the rest by name', async () => {
    const zip = zipSync({
      'b/2.png': bytes(1, 2),
      'a/1.jpg': bytes(3),
      'notes.txt': bytes(4),
      '__MACOSX/x.png': bytes(5),
    });
    const told = job();
    const { files, refused } = await unpack({ name: 'sky.zip', file: blob(zip) }, told);
    expect(files.map((file) => file.name)).toEqual(['b/2.png', 'a/1.jpg']);
    expect(new Uint8Array((await files[0]?.file.arrayBuffer()) ?? [])).toEqual(bytes(1, 2));
    expect(refused.map((file) => file.name)).toEqual(['notes.txt']);
    expect(told.parts.at(-1)).toBe(1);
  });

  it('keeps what came before the cut of a truncated archive', async () => {
    const noise = Uint8Array.from({ length: 4000 }, (_, i) => (i * 7919) % 251);
    const zip = zipSync({ 'a.png': noise, 'b.png': noise });
    const { files, refused } = await unpack({ name: 'sky.zip', file: blob(zip.subarray(0, zip.length * 0.6)) }, job());
    expect(files.map((file) => file.name)).toEqual(['a.png']);
    expect(refused[0]?.message).toMatch(/cut off/);
  });

  it('says so when there is nothing in it', async () => {
    await expect(unpack({ name: 'e.zip', file: blob(zipSync({})) }, job())).rejects.toThrow('e.zip holds no pictures');
    await expect(unpack({ name: 'n.zip', file: blob(bytes(9, 9, 9)) }, job())).rejects.toThrow(/n\.zip/);
  });

  it('stops when nobody wants it any more', async () => {
    const zip = zipSync({ 'a.png': bytes(1) });
    await expect(unpack({ name: 'a.zip', file: blob(zip) }, { ...job(), cancelled: () => true })).rejects.toMatchObject(
      {
        code: 'cancelled',
      },
    );
  });
});
