// Real galaxies, where PINWHEEL_DATA names a folder with them (galaxies.zip and labels.csv): the page trains on a dropped
// zip as the command line does, and comes as far. (That the networks are the same, bit for bit, train-files.spec.ts
// tests.)
import { expect, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync, zipSync } from 'fflate';
import { put, test } from './disk.ts';
import { root } from './site.ts';
import { configure, dropPaths, heading, learned, lit } from './steps.ts';

const data = process.env.PINWHEEL_DATA ?? '';
const cli = join(root, 'build/pinwheel');

/** The confident galaxies of the challenge in a folder for each of the five classes. */
function fiveClasses(folder: string): { zip: string; count: number } {
  const [header = '', ...rows] = readFileSync(join(data, 'labels.csv'), 'utf8').trim().split('\n');
  const columns = header.split(',');
  const [file, label] = [columns.indexOf('file'), columns.indexOf('cls5')];
  const labels = new Map(rows.map((row) => row.split(',')).map((cells) => [cells[file] ?? '', cells[label] ?? '']));
  const pictures = unzipSync(new Uint8Array(readFileSync(join(data, 'galaxies.zip'))), {
    filter: ({ name }) => name.startsWith('kaggle/') && Boolean(labels.get(name)),
  });
  const sorted = Object.entries(pictures).map(([name, bytes]): [string, Uint8Array] => [
    `${labels.get(name) ?? ''}/${name.slice(name.lastIndexOf('/') + 1)}`,
    bytes,
  ]);
  return { zip: put(folder, 'five.zip', zipSync(Object.fromEntries(sorted), { level: 0 })), count: sorted.length };
}

// A batch that gives some thousand galaxies thirty steps an epoch; the preset's own 1,024 are for thirty times as many.
const settings = { Epochs: 10, Batch: 64, 'Kept for watching': 0.1, 'Kept for the test': 0.15, Seed: 1 };

function byCommandLine(zip: string, out: string): number {
  const options = ['--epochs', '10', '--batch-size', '64', '--validation', '0.1', '--test', '0.15', '--seed', '1'];
  const args = ['train', '--preset', 'small-cnn', '--data', zip, '--out', out, ...options, '--json'];
  const record = JSON.parse(execFileSync(cli, args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString()) as {
    test: { accuracy: number };
  };
  return record.test.accuracy;
}

/** The page shows whole per cent; the file of its network has the figures as they are. */
async function savedAccuracy(page: Page): Promise<number> {
  const [download] = await Promise.all([page.waitForEvent('download'), lit(page, 'Save as a file').click()]);
  const file = unzipSync(new Uint8Array(readFileSync(await download.path())));
  const config = JSON.parse(strFromU8(file['config.json'] ?? new Uint8Array())) as {
    training: { test: { accuracy: number } };
  };
  return config.training.test.accuracy;
}

test('the page comes as far on real galaxies as the command line', async ({ page, folder }) => {
  test.skip(!existsSync(join(data, 'galaxies.zip')), 'PINWHEEL_DATA names no folder with galaxies.zip and labels.csv');
  test.skip(!existsSync(cli), 'the command line is not built');
  test.setTimeout(900_000);
  const { zip, count } = fiveClasses(folder);
  const native = byCommandLine(zip, join(folder, 'model'));

  await page.goto('./#teach');
  await dropPaths(page, page.getByRole('article'), [zip]);
  await expect(heading(page)).toHaveText(`${count.toLocaleString('en')} galaxies in 5 classes`, { timeout: 120_000 });
  await configure(page, settings, 'Small CNN');
  await lit(page, 'Start training').click();
  await learned(page, 600_000);
  await lit(page, 'Test it').click();
  await expect(lit(page, 'Use it')).toBeVisible({ timeout: 60_000 });
  await lit(page, 'Use it').click();
  const inPage = await savedAccuracy(page);
  console.log(
    `${count.toLocaleString('en')} real galaxies, small-cnn, 10 epochs: ${(100 * inPage).toFixed(1)} % right in the ` +
      `page, ${(100 * native).toFixed(1)} % on the command line`,
  );
  expect(native).toBeGreaterThan(0.6);
  expect(Math.abs(inPage - native)).toBeLessThanOrEqual(0.02);
});
