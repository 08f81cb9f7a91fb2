// What becomes of a training when its worker dies, its tab is reloaded, or another tab wants to train too: it goes on from
// a checkpoint a few seconds old, and ends with the very weights of a run that nothing happened to.
import { expect, test, type Page } from '@playwright/test';
import { configure, learned, lit, renderSky, weights } from './steps.ts';

declare global {
  interface Window {
    workers: Worker[];
  }
}

test.describe.configure({ mode: 'serial', timeout: 240_000 });
let undisturbed = ''; // weights of the first test, which the second must come to as well

/** A page whose worker can be ended behind its back. */
const watchWorkers = (page: Page) =>
  page.addInitScript(() => {
    window.workers = [];
    window.Worker = class extends Worker {
      constructor(...made: ConstructorParameters<typeof Worker>) {
        super(...made);
        window.workers.push(this);
      }
    };
  });

async function prepare(page: Page): Promise<void> {
  await renderSky(page, 360);
  await configure(page, { Epochs: 40 });
}

const safeUpTo = (page: Page) => page.locator('dl div', { hasText: 'Safe up to' }).locator('dd');
const stepIn = (text: string | null) => Number(/step ([\d,]+)/.exec(text ?? '')?.[1]?.replaceAll(',', ''));

/** Until a checkpoint past `step` is written; answers with its step. */
async function checkpointPast(page: Page, step: number): Promise<number> {
  const now = async () => stepIn(await safeUpTo(page).textContent());
  await expect.poll(now, { timeout: 60_000 }).toBeGreaterThan(step);
  return now();
}

/** The step that the page offers to go on from. */
async function offeredStep(page: Page): Promise<number> {
  const offer = page.getByText(/You were training/);
  await expect(offer).toBeVisible({ timeout: 30_000 });
  return stepIn(await offer.textContent());
}

test('whose worker is killed, and whose tab is reloaded, ends with the same weights', async ({ page }) => {
  await watchWorkers(page);
  await prepare(page);
  await lit(page, 'Start training').click();
  await learned(page);
  undisturbed = await weights(page);
  expect(undisturbed).toMatch(/^[0-9a-f]{8}$/);

  await lit(page, 'Train again').click();
  const first = await checkpointPast(page, 0);
  await page.evaluate(() => window.workers.at(-1)?.terminate());
  await expect(page.getByRole('alert')).toContainText('The engine stopped in the middle of this');
  const afterKill = await offeredStep(page);
  expect(afterKill).toBeGreaterThanOrEqual(first);

  await lit(page, 'Go on with it').click();
  const second = await checkpointPast(page, afterKill);
  await page.reload();
  const afterReload = await offeredStep(page);
  expect(afterReload).toBeGreaterThanOrEqual(second);

  await lit(page, 'Go on with it').click();
  await learned(page);
  console.log(`killed past step ${String(first)}, reloaded past step ${String(second)}: ${await weights(page)}`);
  expect(await weights(page)).toBe(undisturbed);
});

test('paused, is offered at that very step by a tab that is reloaded at once', async ({ page }) => {
  await watchWorkers(page);
  await prepare(page);
  await lit(page, 'Start training').click();
  await checkpointPast(page, 0);
  await page.waitForTimeout(700); // some way past the checkpoint
  // Asked of the page itself: what a test hears a moment later might be saved by then.
  const pausedAt = await page.evaluate(async () => {
    const answered = new Promise<number>((resolve) => {
      window.workers.at(-1)?.addEventListener('message', ({ data }: MessageEvent<{ value?: { step?: number } }>) => {
        if (data.value?.step !== undefined) resolve(data.value.step);
      });
    });
    [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === 'Pause')?.click();
    const step = await answered;
    while (document.querySelector('h1')?.textContent !== 'Paused') await new Promise((r) => setTimeout(r));
    location.reload();
    return step;
  });
  expect(await offeredStep(page)).toBe(pausedAt);
  await lit(page, 'Go on with it').click();
  await learned(page);
  expect(await weights(page)).toBe(undisturbed);
});

test('in the background goes on, and another tab can neither join in nor spoil it', async ({ page, context }) => {
  await prepare(page);
  await lit(page, 'Start training').click();
  const before = await checkpointPast(page, 0);

  const other = await context.newPage();
  await other.bringToFront();
  await other.goto('./#teach/train');
  await expect(other.getByText(/is learning in another tab/)).toBeVisible();
  await expect(lit(other, 'Go on with it')).toHaveCount(0);
  await other.goto('./#teach/use');
  await other.getByRole('button', { name: /^Delete the run/ }).click();
  await lit(other, 'Delete it for good').click();
  await expect(other.getByRole('alert')).toContainText('in another tab');
  await other.getByLabel(/^Notes on/).fill('seen from the other tab');
  await other.getByLabel(/^Notes on/).press('Enter');
  await prepare(other);
  await lit(other, 'Start training').click();
  await expect(other.getByRole('alert')).toContainText('Pinwheel trains in another tab');
  console.log(`the first tab is ${await page.evaluate(() => document.visibilityState)} meanwhile`);
  await checkpointPast(page, before);

  await learned(page);
  expect(await weights(page)).toBe(undisturbed);
  await lit(other, 'Start training').click();
  await expect(lit(other, 'Pause')).toBeEnabled();
  await lit(other, 'Stop here').click();
  await learned(other);
  await other.goto('./#teach/use');
  await expect(other.getByRole('heading', { name: '2 runs so far' })).toBeVisible();
  expect(
    await other.getByLabel(/^Notes on/).evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value)),
  ).toEqual(['', 'seen from the other tab']);
});
