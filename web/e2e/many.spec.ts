// Very many galaxies in the page: what ten thousand cost in memory, read and learned; and more than fit, met with an offer
// that can be taken, twice if the network wants them larger.
import { expect, type Browser } from '@playwright/test';
import { zipSync } from 'fflate';
import { readFileSync } from 'node:fs';
import { put, test } from './disk.ts';
import { galaxy } from './galaxies.ts';
import { configure, dropPaths, heading, learned, lit } from './steps.ts';

declare global {
  interface Window {
    told: Set<string>; // how far reading said that it was
  }
}

/** A numpy file of bytes. */
function npy(shape: readonly number[], bytes: Uint8Array): Uint8Array {
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padded = `${header.padEnd(117)}\n`; // with ten bytes before it a multiple of 64
  return Buffer.concat([
    Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, padded.length, 0]),
    Buffer.from(padded),
    bytes,
  ]);
}

/** The most that any tab's process has held at once so far, in bytes; null where the system does not tell. */
async function peakOfTabs(browser: Browser): Promise<number | null> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const peaks = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => peakOf(id));
  return Math.max(...peaks) || null;
}
function peakOf(process: number): number {
  try {
    return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(process)}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // it is gone, or this is no Linux
  }
}
const megabytes = (bytes: number | null) => (bytes === null ? 'unknown' : `${(bytes / 1e6).toFixed(0)} MB`);

test('ten thousand galaxies are read well within a gigabyte, and learned within two', async ({
  page,
  browser,
  folder,
}) => {
  test.setTimeout(300_000);
  const entries: Record<string, Uint8Array> = {};
  const kinds = ['round', 'edge', 'spiral'];
  for (let i = 0; i < 30; i += 1) {
    const { buffer } = await galaxy(3 * (i % 3), i, 64);
    for (let n = i; n < 10_000; n += 30) entries[`${kinds[i % 3] ?? ''}/${String(n)}.png`] = buffer;
  }
  const zip = put(folder, 'sky.zip', zipSync(entries, { level: 0 }));

  await page.goto('./#teach');
  await page.evaluate(() => {
    window.told = new Set();
    const look = () => {
      const far = /[\d,]+ of 10,000/.exec(document.querySelector('[aria-label="Reading galaxies"]')?.textContent ?? '');
      if (far) window.told.add(far[0]);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  const began = Date.now();
  await dropPaths(page, page.getByRole('article'), [zip]);
  await expect(heading(page)).toHaveText('10,000 galaxies in 3 classes', { timeout: 120_000 });
  const [read, reading] = [(Date.now() - began) / 1000, await peakOfTabs(browser)];
  console.log(`10,000 galaxies: read in ${read.toFixed(1)} s, at most ${megabytes(reading)} of the tab`);
  if (reading !== null) expect(reading).toBeLessThan(1e9);
  expect(await page.evaluate(() => window.told.size)).toBeGreaterThan(3);

  if (!process.env.PINWHEEL_DATA) return; // learning takes a minute, and so goes with the other long ones
  await configure(page, { Epochs: 1, Batch: 128 });
  await lit(page, 'Start training').click();
  await learned(page, 150_000);
  const learning = await peakOfTabs(browser);
  console.log(`10,000 galaxies: learned, at most ${megabytes(learning)} of the tab`);
  if (learning !== null) expect(learning).toBeLessThan(2e9);
});

test('more than fit are met with an offer, and again when the network wants them larger', async ({ page, folder }) => {
  test.setTimeout(300_000);
  const [count, side] = [60_000, 8];
  const pixels = Uint8Array.from({ length: count * side * side * 3 }, (_, i) => (i * 7919) % 251);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 3);
  const arrays = { 'images.npy': npy([count, side, side, 3], pixels), 'labels.npy': npy([count], labels) };
  const path = put(folder, 'many.npz', zipSync(arrays, { level: 0 }));

  await page.goto('./#teach');
  await dropPaths(page, page.getByRole('article'), [path]);
  const offer = page.getByRole('region', { name: 'More than fits' });
  await expect(offer).toContainText('60,000 galaxies at 64x64 pixels in colour need 737 MB');
  await lit(page, 'all 60,000, at 48x48 pixels').click();
  await expect(heading(page)).toHaveText('60,000 galaxies in 3 classes', { timeout: 120_000 });
  await expect(offer).toHaveCount(0);

  await configure(page, { Epochs: 1, Batch: 256 });
  await lit(page, 'Start training').click();
  await expect(offer).toBeVisible();
  await offer.getByRole('button', { name: /of the 60,000, evenly chosen$/ }).click();
  await expect(offer).toHaveCount(0);
  await expect(lit(page, 'Pause')).toBeEnabled({ timeout: 150_000 });
  await lit(page, 'Stop here').click();
  await learned(page);
});
