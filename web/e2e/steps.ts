// What a person does, in steps that tests share.
import { expect, type Page } from '@playwright/test';
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
