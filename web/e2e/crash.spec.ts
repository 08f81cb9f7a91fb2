// The engine dies while somebody's own network is in use: the fresh one looks with that network too.
import { expect, test, type Page } from '@playwright/test';
import { lit } from './steps.ts';

const classes = (page: Page) => page.getByRole('list', { name: 'How likely each class is' }).getByRole('listitem');

/** What the browser does when the worker's memory is gone: an error that nobody catches. */
async function killEngine(page: Page): Promise<void> {
  const engine = page.workers().find((worker) => /\/worker-[^/]*\.js$/.test(worker.url()));
  const gone = engine?.waitForEvent('close');
  // The worker goes before it can answer.
  void engine?.evaluate('setTimeout(() => { throw new Error("out of memory"); })').catch(() => undefined);
  await gone;
}

test('a network of one’s own is still in use after the engine died', async ({ page }) => {
  await page.goto('./#teach');
  await lit(page, 'Render a class of galaxies').click();
  await lit(page, 'Choose a network').click({ timeout: 60_000 });
  await lit(page, 'Go to training').click();
  await lit(page, 'Start training').click();
  await expect(page.getByRole('region', { name: 'What it thinks of these galaxies now' })).toBeVisible({
    timeout: 60_000,
  });
  await lit(page, 'Stop here').click();
  await lit(page, 'Test it').click();
  await lit(page, 'Use it').click();
  await lit(page, 'Look at a galaxy with it').click();
  await page.getByRole('button', { name: 'Barred spiral' }).first().click();
  await expect(classes(page)).toHaveCount(6);
  await killEngine(page);
  await page.getByRole('button', { name: 'Look at another' }).click();
  await page.getByRole('button', { name: 'Edge on' }).first().click();
  await expect(classes(page)).toHaveCount(6, { timeout: 60_000 });
  await page.getByRole('button', { name: 'What it looked at' }).click();
  await expect(page.locator('.frame canvas')).toBeVisible({ timeout: 60_000 });
});
