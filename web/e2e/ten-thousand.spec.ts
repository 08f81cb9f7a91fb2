// Ten thousand galaxies dropped as one zip: read in a reasonable time, well below a gigabyte, and sixty thousand are met
// with an offer. The zip is made here, of pictures that the engine rendered.
import { expect, test, type Page } from '@playwright/test';
import { connect } from './wire.ts';

/** A zip of `count` PNGs in three class folders, of 30 different pictures; kept in the page as `zip`. */
async function makeZip(page: Page, count: number): Promise<number> {
  return page.evaluate(async (n) => {
    const kinds = ['round_smooth', 'edge_on', 'spiral'];
    const pictures: Uint8Array[] = [];
    for (let i = 0; i < 30; i += 1) {
      const wish = { kind: kinds[i % 3], seed: i, size: 96, noise: 1 };
      const { file } = await window.wire.call<{ file: Blob }>('render', wish);
      pictures.push(new Uint8Array(await file.arrayBuffer()));
    }
    const table = Uint32Array.from({ length: 256 }, (_, k) => {
      let c = k;
      for (let bit = 0; bit < 8; bit += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
      return c;
    });
    const crc = (bytes: Uint8Array) => {
      let c = 0xffffffff;
      for (const byte of bytes) c = (table[(c ^ byte) & 255] ?? 0) ^ (c >>> 8);
      return (c ^ 0xffffffff) >>> 0;
    };
    const sums = pictures.map(crc);
    const numbers = (...fields: [number, number][]) => {
      const out: number[] = [];
      for (const [value, width] of fields) for (let b = 0; b < width; b += 1) out.push((value / 2 ** (8 * b)) & 255);
      return Uint8Array.from(out);
    };
    const parts: Uint8Array[] = [];
    const directory: Uint8Array[] = [];
    let offset = 0;
    const encoder = new TextEncoder();
    for (let i = 0; i < n; i += 1) {
      const picture = pictures[i % 30] ?? new Uint8Array();
      const name = encoder.encode(`${kinds[i % 3] ?? ''}/${String(i)}.png`);
      const size = picture.length;
      const common: [number, number][] = [
        [20, 2],
        [0x800, 2],
        [0, 2],
        [0, 4],
        [sums[i % 30] ?? 0, 4],
        [size, 4],
        [size, 4],
        [name.length, 2],
        [0, 2],
      ];
      const local = numbers([0x04034b50, 4], ...common);
      parts.push(local, name, picture);
      directory.push(numbers([0x02014b50, 4], [20, 2], ...common, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]), name);
      offset += local.length + name.length + size;
    }
    const size = directory.reduce((sum, part) => sum + part.length, 0);
    const end = numbers([0x06054b50, 4], [0, 4], [n, 2], [n, 2], [size, 4], [offset, 4], [0, 2]);
    Object.assign(window, { zip: new Blob([...parts, ...directory, end] as Uint8Array<ArrayBuffer>[]) });
    return offset;
  }, count);
}

const open = (page: Page, limits: object) =>
  page.evaluate(async (wish) => {
    const { zip } = window as unknown as { zip: Blob };
    const told: { secondsLeft: number | null }[] = [];
    const start = performance.now();
    const request = { name: 'sky.zip', files: [{ name: 'sky.zip', file: zip }], options: { limits: wish } };
    const answer = await window.wire.call<{
      fits: boolean;
      data?: { id: string; count: number; bytes: number; counts: number[]; problemCount: number };
      choices?: { limits: object }[];
      sentence?: string;
    }>('openFiles', request, (news: { secondsLeft: number | null }) => told.push(news));
    const guessed = told.filter((news) => news.secondsLeft !== null).length;
    return { ...answer, seconds: (performance.now() - start) / 1000, told: told.length, guessed };
  }, limits);

test('ten thousand galaxies in a zip are read within a gigabyte', async ({ page }) => {
  await connect(page);
  const bytes = await makeZip(page, 10_000);
  const opened = await open(page, {});
  expect(opened.fits).toBe(true);
  expect(opened.data).toMatchObject({ count: 10_000, bytes: 10_000 * 64 * 64 * 3, problemCount: 0 });
  expect(opened.guessed).toBeGreaterThan(3);
  const memory = await page.evaluate(async () => {
    const wide = performance as unknown as { measureUserAgentSpecificMemory?: () => Promise<{ bytes: number }> };
    return (await wide.measureUserAgentSpecificMemory?.())?.bytes ?? null;
  });
  console.log(
    `10,000 galaxies from a zip of ${(bytes / 1e6).toFixed(0)} MB: ${opened.seconds.toFixed(1)} s, ` +
      `${memory === null ? 'memory unknown' : `${(memory / 1e6).toFixed(0)} MB of the tab`}`,
  );
  if (memory !== null) expect(memory).toBeLessThan(800e6);
});

test('sixty thousand are met with an offer that then fits', async ({ page }) => {
  await connect(page);
  await makeZip(page, 60_000);
  const offered = await open(page, {});
  expect(offered.fits).toBe(false);
  expect(offered.sentence).toContain('60,000 galaxies');
  const [smaller] = offered.choices ?? [];
  expect(smaller?.limits).toEqual({ size: 48 });
});
