// The Look place as people use it.
import { expect, test } from '@playwright/test';
import { zipSync } from 'fflate';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { galaxies, galaxy, troublesome } from './galaxies.ts';
import { root } from './site.ts';
import { allJudged, choose, hand, sentence, tree } from './steps.ts';

for (const how of ['drop', 'paste'] as const) {
  test(`${how} a galaxy, see the tree and the sentence`, async ({ page }) => {
    await page.goto('./');
    await hand(page, how, [await galaxy(4, 3)]);
    expect(await sentence(page)).toMatch(/\w+.*\.$/);
    await expect(tree(page).getByText('simply smooth and rounded')).toBeVisible();
    await expect(tree(page).locator('svg path.strands').first()).toBeAttached();
    await expect(page.getByText('nothing was sent anywhere')).toBeVisible();
    await expect(page.getByRole('img', { name: /spiral-3\.png/ })).toBeVisible();
  });
}

test('good files are judged, bad ones are told by name, cause and next step', async ({ page }) => {
  await page.goto('./');
  await choose(page, [...(await galaxies(5)), ...(await troublesome())]);
  await allJudged(page, 5);
  const failures = page.locator('details', { hasText: 'could not be looked at' });
  await expect(failures).toContainText('4 files could not be looked at');
  await expect(failures.getByRole('listitem')).toHaveCount(4);
  for (const name of ['cut.png', 'empty.jpg', 'enormous.png', 'notes.txt']) await expect(failures).toContainText(name);
  await expect(failures).toContainText('cut off');
  await expect(failures).toContainText('20');
  await page.getByRole('button', { name: /round_smooth-0\.png/ }).click();
  await sentence(page);
});

test('a single bad file is told where the galaxy would be', async ({ page }) => {
  await page.goto('./');
  await choose(page, (await troublesome()).slice(0, 1));
  await expect(page.getByRole('alert')).toContainText('cut.png');
  await expect(page.getByRole('button', { name: 'Take another' })).toBeVisible();
});

test('one of ours tells the truth after the guess, and its address leads back to it', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('button', { name: 'Barred spiral' }).first().click();
  const first = await sentence(page);
  await expect(page.getByText('The truth')).toBeVisible();
  await expect(page).toHaveURL(/\?galaxy=barred_spiral:\d+$/);
  await page.reload();
  expect(await sentence(page)).toBe(first);
});

test('the way back leads to the start', async ({ page }) => {
  await page.goto('./');
  await hand(page, 'drop', [await galaxy(0, 1)]);
  await sentence(page);
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Drop a galaxy' })).toBeVisible();
  await page.goForward();
  await sentence(page);
});

test('a zip becomes a contact sheet in its own order', async ({ page }) => {
  await page.goto('./');
  const files = await galaxies(6);
  const entries = files.map(({ buffer }, i) => [`sky/${String(9 - i)}.png`, new Uint8Array(buffer)] as const);
  const zip = Buffer.from(zipSync({ ...Object.fromEntries(entries), 'sky/readme.md': new Uint8Array([65]) }));
  await choose(page, [{ name: 'sky.zip', mimeType: 'application/zip', buffer: zip }]);
  await allJudged(page, 6);
  await expect(page.locator('[data-card] .name')).toHaveText(['9.png', '8.png', '7.png', '6.png', '5.png', '4.png']);
  await expect(page.locator('details')).toContainText('readme.md');
});

test('a broken zip is told, and what stood before the cut is kept', async ({ page }) => {
  await page.goto('./');
  const [a, b] = await galaxies(2);
  const whole = zipSync({ 'a.png': new Uint8Array(a?.buffer ?? []), 'b.png': new Uint8Array(b?.buffer ?? []) });
  const cut = Buffer.from(whole.subarray(0, whole.length * 0.7));
  await choose(page, [{ name: 'cut.zip', mimeType: 'application/zip', buffer: cut }]);
  await allJudged(page, 1);
  await expect(page.locator('details')).toContainText('cut.zip is cut off');
});

test('the sheet sorts and filters by any answer', async ({ page }) => {
  await page.goto('./');
  await choose(page, await galaxies(12));
  await allJudged(page, 12);
  await page.getByLabel('Showing').selectOption({ label: 'features or a disk' });
  const shares = async () =>
    (await page.locator('[data-card] .share').allTextContents()).map((text) => Number(text.replace(/[^\d]/g, '')));
  const most = await shares();
  expect(most).toEqual([...most].sort((x, y) => y - x));
  await page.getByLabel('sorted by').selectOption('least');
  const least = await shares();
  expect(least).toEqual([...least].sort((x, y) => x - y));
  await page.getByLabel('from').selectOption('50');
  expect((await shares()).every((share) => share >= 50)).toBe(true);
});

test('the numbers are saved as the command line saves them', async ({ page }) => {
  const files = await galaxies(4);
  await page.goto('./');
  await choose(page, files);
  await allJudged(page, 4);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Save as CSV').click()]);
  const [header = '', ...rows] = readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split('\n');
  expect(header.split(',')[0]).toBe('file');
  expect(rows.map((row) => row.split(',')[0])).toEqual(files.map((file) => file.name));
  const numbers = rows.map((row) => row.split(',').slice(1).map(Number));
  for (const row of numbers) {
    expect(row).toHaveLength(header.split(',').length - 1);
    expect(row.every((value) => value >= 0 && value <= 1.0001)).toBe(true);
  }

  const cli = join(root, 'build/pinwheel');
  if (!existsSync(cli)) return; // then there is nothing to compare with
  const folder = mkdtempSync(join(tmpdir(), 'pinwheel-'));
  const paths = files.map((file) => join(folder, file.name));
  files.forEach((file, i) => {
    writeFileSync(paths[i] ?? '', file.buffer);
  });
  const printed = execFileSync(cli, ['classify', '--format', 'csv', ...paths], { cwd: root, encoding: 'utf8' });
  const [cliHeader, ...cliRows] = printed.trimEnd().split('\n');
  expect(cliHeader).toBe(header);
  cliRows.forEach((row, i) => {
    const values = row.split(',').slice(1).map(Number);
    values.forEach((value, j) => {
      expect(Math.abs(value - (numbers[i]?.[j] ?? NaN))).toBeLessThan(1e-4);
    });
  });
});

test('hundreds can be stopped and gone on with', async ({ page }) => {
  await page.goto('./');
  const some = await galaxies(9, 128);
  const many = Array.from({ length: 300 }, (_, i) => ({ ...(some[i % 9] ?? some[0]), name: `g${String(i)}.png` }));
  await hand(page, 'drop', many as typeof some);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText(/Stopped after/)).toBeVisible();
  await page.getByRole('button', { name: 'Go on' }).click();
  await allJudged(page, 300);
  expect(await page.locator('[data-card]').count()).toBeLessThan(90); // only what is near the screen exists
  await page.evaluate(() => {
    window.scrollTo(0, document.body.scrollHeight);
  });
  await expect(page.getByText('g299.png')).toBeVisible();
});

test('a class model shows bars instead of a tree', async ({ page }) => {
  const { config, weights } = classModel();
  await page.route('**/models/*/config.json', (route) =>
    route.fulfill({ body: config, contentType: 'application/json' }),
  );
  await page.route('**/models/*/weights.packed', (route) => route.fulfill({ body: gzipSync(weights) }));
  await page.goto('./?galaxy=ring:1');
  await expect(page.getByRole('list', { name: 'How likely each class is' }).getByRole('listitem')).toHaveCount(3);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('merger');
});

// Average colour → three classes; the bias decides.
function classModel(): { config: string; weights: Buffer } {
  const config = JSON.stringify({
    format: 'pinwheel-model',
    version: 1,
    name: 'three-classes',
    description: 'For a test',
    network: {
      input: [8, 8, 3],
      layers: [
        { name: 'pool', kind: 'global_avg_pool' },
        { name: 'head', kind: 'dense', units: 3, bias: true },
      ],
    },
    head: 'softmax',
    preprocess: {
      steps: [{ op: 'resize', height: 8, width: 8, resampler: 'area' }],
      bgr: false,
      divide_by: 255,
      mean: [],
      std: [],
    },
    outputs: ['normal', 'ringed', 'merger'],
    training: {},
  });
  const header = JSON.stringify({
    'head.weight': { dtype: 'F32', shape: [3, 3], data_offsets: [0, 36] },
    'head.bias': { dtype: 'F32', shape: [3], data_offsets: [36, 48] },
  }).padEnd(152);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const values = Buffer.from(Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3).buffer);
  return { config, weights: Buffer.concat([length, Buffer.from(header), values]) };
}
