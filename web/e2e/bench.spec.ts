// ?bench: measures in the browser, says so, can be stopped. How fast it is, no test says.
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { variants } from './site.ts';
import { scrollsSideways } from './steps.ts';

interface Measurement {
  name: string;
  mode: string;
  batch: number;
  threads: number;
  imagesPerSecond: number;
  gflops: number;
  limitGflops: number;
  percentOfLimit: number;
  handOverMicroseconds: number;
  peakMemoryBytes: number;
  repetitions: number[];
}

const ready = (page: Page) => expect(page.locator('main')).toHaveAttribute('data-status', 'ready');

async function figures(page: Page): Promise<{ engine: string; measurements: Measurement[] }> {
  await page.getByText('The exact figures', { exact: true }).click();
  return JSON.parse((await page.locator('pre').textContent()) ?? '') as { engine: string; measurements: Measurement[] };
}

for (const variant of variants) {
  test(`a small network is measured by ${variant}`, async ({ page }) => {
    const strangers: string[] = [];
    page.on('request', (request) => {
      if (new URL(request.url()).hostname !== 'localhost') strangers.push(request.url());
    });
    await page.goto(`./?bench=lesson&engine=${variant}&batch=2&threads=2&seconds=0.05&repetitions=2`);
    await ready(page);
    await page.getByRole('button', { name: 'Measure' }).click();
    await expect(page.locator('tbody tr')).toHaveCount(2);
    await ready(page);
    const { engine, measurements } = await figures(page);
    expect(engine).toBe(variant);
    expect(measurements.map(({ name, mode, batch }) => [name, mode, batch])).toEqual([
      ['lesson', 'infer', 2],
      ['lesson', 'train', 2],
    ]);
    for (const row of measurements) {
      expect(row.threads).toBe(variant.endsWith('threads') ? 2 : 1);
      expect(row.imagesPerSecond).toBeGreaterThan(0);
      expect(row.repetitions).toHaveLength(2);
      expect(row.percentOfLimit).toBeCloseTo((100 * row.gflops) / row.limitGflops, 6);
      expect(row.peakMemoryBytes).toBeGreaterThan(1e6);
      expect(row.handOverMicroseconds > 0).toBe(row.threads > 1);
    }
    expect(strangers).toEqual([]);
  });
}

test('stops in the middle of a batch, and can go again', async ({ page }) => {
  await page.goto('./?bench=lesson&mode=infer&batch=1&threads=1&seconds=0.05&repetitions=1');
  await ready(page);
  await page.getByRole('button', { name: 'Measure' }).click();
  await expect(page.locator('tbody tr')).toHaveCount(1);
  await page.getByLabel('Networks').selectOption('resnet50-224');
  await page.getByLabel('Mode').selectOption('train');
  await page.getByLabel('Galaxies at once').selectOption('usual');
  await page.getByRole('button', { name: 'Measure' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await ready(page);
  await expect(page.locator('tbody tr')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Measure' })).toBeEnabled();
});

for (const colorScheme of ['dark', 'light'] as const) {
  test(`axe finds nothing, ${colorScheme}, and nothing scrolls sideways on a phone`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto('./?bench=lesson&threads=1&seconds=0.02&repetitions=1');
    await ready(page);
    await page.getByRole('button', { name: 'Measure' }).click();
    await expect(page.locator('tbody tr')).toHaveCount(3);
    await ready(page);
    await page.getByText('The exact figures', { exact: true }).click();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
    await page.screenshot({ path: `../build/screenshots/bench-${colorScheme}.png`, fullPage: true });
    await page.setViewportSize({ width: 360, height: 780 });
    expect(await scrollsSideways(page)).toBe(false);
  });
}
