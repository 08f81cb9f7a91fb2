// What the worker makes of files: the same as the command line does, and HDF5 by a library fetched only then.
import { expect, test, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { File as Hdf5File, ready } from 'h5wasm/node';
import { root, variants } from './site.ts';
import { connect } from './wire.ts';

const cli = join(root, 'build/pinwheel');
let folder = '';
test.beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pinwheel-'))));
test.afterEach(() => rmSync(folder, { recursive: true }));

interface Opened {
  fits: boolean;
  data: { id: string; count: number; counts: number[]; outputs: string[] };
}
const open = (page: Page, files: { name: string; base64: string }[]) =>
  page.evaluate(async (all) => {
    const blobs = all.map(({ name, base64 }) => ({
      name,
      file: new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]),
    }));
    return window.wire.call<Opened>('openFiles', { name: 'files', files: blobs });
  }, files);

const base64 = (path: string) => readFileSync(path).toString('base64');

// Where multiplications and additions are fused on both sides, as the builds of both ask for.
const fuses = existsSync('/proc/cpuinfo') && readFileSync('/proc/cpuinfo', 'utf8').includes(' fma ');

test("the same galaxies, recipe and seed give the command line's network", async ({ page }) => {
  test.skip(!existsSync(cli), 'the command line is not built');
  const run = (...args: string[]) => execFileSync(cli, args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  const sky = join(folder, 'sky');
  run('render', '--out', sky, '--count', '180', '--size', '64', '--seed', '5');
  const how = ['--preset', 'first-light', '--data', sky, '--epochs', '2', '--seed', '3', '--json'];
  const native = JSON.parse(run('train', ...how, '--out', join(folder, 'm'))) as { weights_hash: string };
  const losses = readFileSync(join(folder, 'm/steps.csv'), 'utf8').trim().split('\n').slice(1);
  const expected = losses.map((row) => Number(row.split(',')[2]));

  await connect(page);
  const files = readdirSync(sky).flatMap((kind) =>
    readdirSync(join(sky, kind)).map((file) => ({ name: `${kind}/${file}`, base64: base64(join(sky, kind, file)) })),
  );
  const { data } = await open(page, files);
  expect(data.count).toBe(180);
  const found = await page.evaluate(async ({ id, outputs }) => {
    const text = await window.wire.call<string>('recipe', { name: 'first-light', outputs, targetKind: 'classes' });
    const recipe = JSON.parse(text) as { train: { epochs: number; seed: number } };
    Object.assign(recipe.train, { epochs: 2, seed: 3 });
    const told: number[] = [];
    const hear = (news: { at: string; losses: number[] }) => {
      if (news.at === 'step') told.push(...news.losses);
    };
    const { run, weightsHash } = await window.wire.call<{ run: string; weightsHash: string }>(
      'train',
      { data: id, recipe: JSON.stringify(recipe), name: 'same' },
      hear,
    );
    const [record] = await window.wire.call<{ run: string; losses: { loss: number }[] }[]>('history', {});
    return { losses: record?.run === run ? record.losses.map((point) => point.loss) : told, hash: weightsHash };
  }, data);
  console.log(`native ${expected.join(' ')}\nworker ${found.losses.map((loss) => loss.toPrecision(6)).join(' ')}`);
  expect(found.losses).toHaveLength(expected.length);
  found.losses.forEach((value, i) => {
    const loss = expected[i] ?? NaN;
    expect(Math.abs(value - loss)).toBeLessThan(1e-3 * Math.abs(loss));
  });
  // Not nearly: every bit.
  if (fuses && variants.includes('relaxed-threads')) expect(found.hash).toBe(native.weights_hash);
});

test('an HDF5 file is read row by row', async ({ page }) => {
  await ready;
  const path = join(folder, 'galaxies.h5');
  const [count, side] = [40, 32];
  const images = Uint8Array.from({ length: count * side * side * 3 }, (_, i) => (i * 7919) % 251);
  const written = new Hdf5File(path, 'w');
  written.create_dataset({
    name: 'images',
    data: images,
    shape: [count, side, side, 3],
    chunks: [8, side, side, 3],
    compression: 4,
  });
  written.create_dataset({ name: 'ans', data: Uint8Array.from({ length: count }, (_, i) => i % 4) });
  written.close();

  await connect(page);
  const { fits, data } = await open(page, [{ name: 'galaxies.h5', base64: base64(path) }]);
  expect(fits).toBe(true);
  expect(data).toMatchObject({ count, counts: [10, 10, 10, 10] });
  const original = await page.evaluate(
    (id) =>
      window.wire
        .call<{ picture: { width: number; rgba: Uint8ClampedArray } }>('original', { data: id, example: 1 })
        .then(({ picture }) => [...picture.rgba.subarray(0, 8)]),
    data.id,
  );
  const first = [...images.subarray(side * side * 3, side * side * 3 + 6)];
  expect(original).toEqual([...first.slice(0, 3), 255, ...first.slice(3), 255]);

  const cut = readFileSync(path).subarray(0, 3000).toString('base64');
  await expect(open(page, [{ name: 'cut.h5', base64: cut }])).rejects.toThrow(/bad_file: cut\.h5/);
});
