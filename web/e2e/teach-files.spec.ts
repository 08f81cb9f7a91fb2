// Galaxies that people bring to Teach, dropped as a file manager drops them: folders, tables beside pictures, and arrays
// as numpy, h5py and pickle wrote them (tools/make_golden_arrays.py); and what is said of those that are no good.
import { expect, type Page } from '@playwright/test';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { readFileSync } from 'node:fs';
import { fractionsOf } from './galaxies.ts';
import { draw, put, test } from './disk.ts';
import { root } from './site.ts';
import { configure, dropPaths, heading, learned, lit, percentIn } from './steps.ts';

const arrays = join(root, 'tests/golden/arrays');
const drop = (page: Page, ...paths: string[]) => dropPaths(page, page.getByRole('article'), paths);
const kinds = [0, 3, 5];

async function open(page: Page): Promise<void> {
  await page.goto('./#teach');
  await lit(page, 'Your own files').click();
}

/** Two epochs of the network that the page proposes, or of this one, to its figures in the test. */
async function trainAndTest(page: Page, preset?: string): Promise<void> {
  await configure(page, { Epochs: 2 }, preset);
  await lit(page, 'Start training').click();
  await learned(page);
  await lit(page, 'Test it').click();
  await expect(lit(page, 'Use it')).toBeVisible();
}

test('arrays of every kind open, one after another', async ({ page }) => {
  await open(page);
  const opened: [string, string][] = [
    ['plain.npz', '6 galaxies in 3 classes'],
    ['ten.npz', '10 galaxies in 10 classes'],
    ['packed.h5', '6 galaxies in 3 classes'],
    ['protocol4.pickle.gz', '7 galaxies in 5 classes'],
    ['grey.npz', '6 galaxies in 3 classes'],
  ];
  for (const [file, says] of opened) {
    await drop(page, join(arrays, file));
    await expect(heading(page)).toHaveText(says);
    await expect(page.getByText(`From ${file}`)).toBeVisible();
  }
});

test('an array that is no good is named, with what is wrong and what to do', async ({ page }) => {
  await open(page);
  const refused: [string, RegExp][] = [
    ['words.npz', /words\.npz.*\b/],
    ['eval.pickle', /eval\.pickle/],
    ['link_outside.h5', /link_outside\.h5/],
  ];
  for (const [file, says] of refused) {
    await drop(page, join(arrays, file));
    await expect(page.getByRole('alert')).toHaveText(says);
    console.log(await page.getByRole('alert').textContent());
  }
  await drop(page, join(arrays, 'plain.npz'));
  await expect(heading(page)).toHaveText('6 galaxies in 3 classes');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a folder of class folders, and a zip of it', async ({ page, folder }) => {
  const sky = join(folder, 'sky');
  const drawn = await draw(sky, kinds, 16, (kind, n) => `${kind}/${String(n)}.png`);
  put(sky, `${drawn[0]?.kind ?? ''}/notes.txt`, 'not a galaxy');
  put(sky, `${drawn[0]?.kind ?? ''}/cut.png`, readFileSync(drawn[0]?.path ?? '').subarray(0, 200));
  await open(page);
  await drop(page, sky);
  await expect(heading(page)).toHaveText('48 galaxies in 3 classes');
  await page.getByText('1 problem found').click();
  await expect(page.getByText(/cut\.png/)).toBeVisible();

  const entries = drawn.map(({ file, path }) => [file, new Uint8Array(readFileSync(path))] as const);
  const zip = put(folder, 'sky.zip', zipSync(Object.fromEntries(entries.slice(0, 36))));
  await drop(page, zip);
  await expect(heading(page)).toHaveText('36 galaxies in 3 classes');
  await trainAndTest(page, 'First light');
});

test('a table with a class column beside pictures', async ({ page, folder }) => {
  const drawn = await draw(folder, kinds, 12, (kind, n) => `${kind.slice(0, 1)}${String(n)}.png`);
  const [odd] = drawn.splice(0, 1); // has a picture, but no row
  const rows = drawn.map(({ file, kind, seed }) => `${file},${kind},night ${String(seed % 2)}`);
  const table = put(folder, 'labels.csv', ['file,shape,when', ...rows].join('\n'));
  await open(page);
  await drop(page, table, ...drawn.map(({ path }) => path), odd?.path ?? '');
  await expect(page.getByRole('alert')).toContainText('Choose one of: file, shape, when');
  await page.getByLabel(/the class is in column/).fill('shape');
  await page.getByLabel(/the class is in column/).press('Enter');
  await expect(heading(page)).toHaveText('35 galaxies in 3 classes');
  await page.getByText('1 problem found').click();
  await expect(page.getByText(`${odd?.file ?? ''}: has no row in labels.csv`)).toBeVisible();
  await trainAndTest(page);
  expect(percentIn(await page.locator('dl div', { hasText: 'Right' }).first().textContent())).toBeGreaterThanOrEqual(0);
});

test('a table with the 37 fractions of Galaxy Zoo beside pictures', async ({ page, folder }) => {
  const drawn = await draw(folder, kinds, 12, (kind, n) => `${String(100_000 + 100 * kind.length + n)}.png`);
  const rows = [];
  for (const { which, seed, file } of drawn) {
    rows.push({ GalaxyID: file.replace('.png', ''), ...(await fractionsOf(which, seed)) });
  }
  const lines = [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))].map((row) => row.join(','));
  const table = put(folder, 'solutions.csv', lines.join('\n'));
  await open(page);
  await drop(page, table, ...drawn.map(({ path }) => path));
  await expect(heading(page)).toHaveText('36 galaxies');
  await expect(page.getByText(/with the answers of volunteers/)).toBeVisible();
  await trainAndTest(page);
  await expect(page.locator('dl div', { hasText: 'Error of the vote fractions' })).toBeVisible();
  await expect(page.getByText(/keeps no galaxies for the test/)).toBeVisible();
});
