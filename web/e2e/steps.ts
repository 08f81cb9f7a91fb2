// What a person does, in steps that tests share.
import { expect, type Locator, type Page } from '@playwright/test';
import type { TestFile } from './galaxies.ts';

/** Drops or pastes files, as the browser would hand them over. */
export async function hand(page: Page, how: 'drop' | 'paste', files: TestFile[]): Promise<void> {
  await expect(page.getByRole('main')).toBeVisible(); // it listens from then on
  const plain = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString('base64') }));
  await page.evaluate(
    ({ event, contents }) => {
      const data = new DataTransfer();
      for (const { name, mimeType, base64 } of contents) {
        const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
        data.items.add(new File([bytes], name, { type: mimeType }));
      }
      const options = { bubbles: true, cancelable: true };
      if (event === 'paste') window.dispatchEvent(new ClipboardEvent('paste', { ...options, clipboardData: data }));
      else window.dispatchEvent(new DragEvent('drop', { ...options, dataTransfer: data }));
    },
    { event: how, contents: plain },
  );
}

export const choose = (page: Page, files: TestFile[]) =>
  page.getByLabel('Pictures of galaxies, or zip files of them').setInputFiles(files);

export const tree = (page: Page) => page.getByRole('region', { name: 'How forty volunteers would answer' });

/** The galaxy is judged when its tree is there; the sentence is the heading. */
export async function sentence(page: Page): Promise<string> {
  await expect(tree(page)).toBeVisible();
  return (await page.getByRole('heading', { level: 1 }).textContent())?.trim() ?? '';
}

export async function allJudged(page: Page, count: number): Promise<void> {
  const noun = count === 1 ? 'galaxy' : 'galaxies';
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${String(count)} ${noun}`, { timeout: 50_000 });
}

export const scrollsSideways = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

/** Until pictures of our own on the start page are drawn. */
export const shelfDrawn = (page: Page) => expect(page.locator('.ours img')).toHaveCount(12, { timeout: 60_000 });

/** Until nothing appears or grows any more; slow turns in the background do not count. */
export const settled = (page: Page) =>
  page.waitForFunction(() =>
    document
      .getAnimations()
      .every((a) => a.playState !== 'running' || a.effect?.getComputedTiming().iterations === Infinity),
  );

/** Presses Tab until what says so has the focus; answers with how often that took. */
export async function tabTo(page: Page, wanted: RegExp): Promise<number> {
  for (let i = 1; i <= 60; i += 1) {
    await page.keyboard.press('Tab');
    const text = await page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
    if (wanted.test(text)) return i;
  }
  throw new Error(`${String(wanted)} cannot be reached by keyboard`);
}
export const focusShows = (page: Page) =>
  page.evaluate(
    () => document.activeElement !== null && getComputedStyle(document.activeElement).outlineStyle !== 'none',
  );

/** Has every page of `page` mark the moment when its first answer stands on it; waiting for it looks now and then only. */
export const firstAnswer = 'pinwheel: first answer on the screen';
export const markFirstAnswer = (page: Page) =>
  page.addInitScript((mark) => {
    new MutationObserver((_, observer) => {
      if (!document.body?.textContent.includes('nothing was sent anywhere')) return;
      performance.mark(mark);
      observer.disconnect();
    }).observe(document, { subtree: true, childList: true });
  }, firstAnswer);

/** How much longer than alone everything takes while others use the machine: clock time over processor time. */
export function contention(): number {
  const clock = performance.now();
  const used = process.cpuUsage();
  while (performance.now() - clock < 300) Math.sqrt(clock);
  const { user, system } = process.cpuUsage(used);
  return Math.max(1, (performance.now() - clock) / ((user + system) / 1000));
}

// -- The Teach place

/** The button of that name: in each step one is lit. */
export const lit = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
export const percentIn = (text: string | null) => Number(/(\d+) %/.exec(text ?? '')?.[1]);
export const heading = (page: Page) => page.getByRole('heading', { level: 1 });

/** `count` rendered galaxies of six kinds, as the sliders stand otherwise. */
export async function renderSky(page: Page, count = 720): Promise<void> {
  await page.goto('./#teach');
  await page.getByLabel('How many').fill(String(count));
  await lit(page, 'Render a class of galaxies').click();
  await expect(lit(page, 'Choose a network')).toBeVisible({ timeout: 60_000 });
}

/** From the galaxies to the button that starts training, through the settings. */
export async function configure(page: Page, settings: Record<string, number> = {}, preset?: string): Promise<void> {
  await lit(page, 'Choose a network').click();
  if (preset !== undefined)
    await page
      .getByRole('button')
      .filter({ has: page.getByText(preset, { exact: true }) })
      .click();
  await page.getByText('More: how it learns').click();
  for (const [name, value] of Object.entries(settings)) {
    await page.getByLabel(name, { exact: true }).fill(String(value));
    await page.getByLabel(name, { exact: true }).press('Enter');
  }
  await lit(page, 'Go to training').click();
}

/** Until what is being learned is learned. */
export const learned = (page: Page, timeout = 110_000) => expect(lit(page, 'Test it')).toBeVisible({ timeout });

/** The first digits of the weights' hash, as the page tells them. */
export const weights = async (page: Page): Promise<string> =>
  (await page.locator('dl div', { hasText: 'Its weights' }).locator('dd').textContent())?.trim() ?? '';

/** Drops files and folders of this disk onto something, as a file manager would. */
export async function dropPaths(page: Page, target: Locator, paths: string[]): Promise<void> {
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  if (!box) throw new Error('There is nothing to drop on');
  const client = await page.context().newCDPSession(page);
  const place = { x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, 60) };
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await client.send('Input.dispatchDragEvent', { type, ...place, data });
  }
  await client.detach();
}
