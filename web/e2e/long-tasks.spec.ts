// Nothing holds the page up while it opens, nor when one goes to Teach: no task of its main thread takes more than 50 ms
// of the processor. Time spent waiting for a busy machine does not count, so this can be told anywhere.
import { expect, test, type Browser, type Page } from '@playwright/test';

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  tdur?: number; // microseconds of processor time
}

/** Milliseconds of the longest task on a page's main thread while `work` goes on. */
async function longestTask(browser: Browser, page: Page, work: () => Promise<void>): Promise<number> {
  // Chromium draws parts of its own window as pages too, in processes of their own: ours is the one that sets this mark.
  const mark = 'pinwheel: the page under test';
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] });
  await work();
  await page.evaluate((name) => performance.mark(name), mark);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const place = ({ pid, tid }: TraceEvent) => `${String(pid)}.${String(tid)}`;
  const main = new Set(traceEvents.filter((event) => event.name === mark).map(place));
  expect(main.size).toBe(1);
  const tasks = traceEvents.filter((event) => event.name.endsWith('RunTask') && main.has(place(event)));
  expect(tasks.length).toBeGreaterThan(20);
  return Math.max(...tasks.map((task) => task.tdur ?? 0)) / 1000;
}

test('opening the page and entering Teach are made of short tasks', async ({ page, browser }) => {
  const opening = await longestTask(browser, page, async () => {
    await page.goto('./');
    await expect(page.locator('.ours img').first()).toBeVisible();
    await page.waitForTimeout(1500);
  });
  const entering = await longestTask(browser, page, async () => {
    await page.getByRole('link', { name: 'Teach' }).click();
    await expect(page.getByRole('button', { name: 'Render a class of galaxies' })).toBeVisible();
    await page.waitForTimeout(1000);
  });
  console.log(`longest task: ${opening.toFixed(0)} ms while opening, ${entering.toFixed(0)} ms on entering Teach`);
  expect(opening).toBeLessThan(50);
  expect(entering).toBeLessThan(50);
});
