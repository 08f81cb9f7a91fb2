// For everybody: keyboard, screen reader, phone, both themes.
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { galaxies, troublesome } from './galaxies.ts';
import { allJudged, choose, focusShows, scrollsSideways, sentence, settled, shelfDrawn, tabTo, tree } from './steps.ts';

const views: Record<string, (page: Page) => Promise<void>> = {
  start: async (page) => {
    await page.goto('./');
    await shelfDrawn(page);
  },
  result: async (page) => {
    await page.goto('./?galaxy=spiral:3');
    await sentence(page);
    await page.getByText('Every answer in numbers').click();
  },
  sheet: async (page) => {
    await page.goto('./');
    await choose(page, [...(await galaxies(7)), ...(await troublesome())]);
    await allJudged(page, 7);
  },
};

for (const [name, open] of Object.entries(views)) {
  for (const colorScheme of ['dark', 'light'] as const) {
    test(`axe finds nothing on ${name}, ${colorScheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await open(page);
      await settled(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
    });
  }

  for (const width of [360, 820]) {
    test(`nothing scrolls sideways on ${name} at ${String(width)} pixels`, async ({ page }) => {
      await page.setViewportSize({ width, height: 780 });
      await open(page);
      expect(await scrollsSideways(page)).toBe(false);
    });
  }
}

test('all the way by keyboard', async ({ page }) => {
  await page.goto('./');
  await shelfDrawn(page);
  await tabTo(page, /^Skip to the galaxy$/);
  await expect(page.getByText('Skip to the galaxy')).toBeInViewport();
  await tabTo(page, /^Choose pictures$/);
  expect(await focusShows(page)).toBe(true);
  await tabTo(page, /^Spiral$/);
  await page.keyboard.press('Enter');
  await sentence(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await tabTo(page, /^As the network sees it$/);
  await page.keyboard.press('Space');
  await expect(page.locator('canvas')).toBeVisible();
  await tabTo(page, /simply smooth and rounded/);
  await page.keyboard.press('Enter');
  await expect(tree(page)).toContainText('plain glows of old stars');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { name: 'Drop a galaxy' })).toBeVisible();
});

test('arrows walk between galaxies and over the sheet', async ({ page }) => {
  await page.goto('./');
  await choose(page, await galaxies(5));
  await allJudged(page, 5);
  await tabTo(page, /round_smooth-0/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await sentence(page);
  await expect(page.getByText('2 of 5')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText('3 of 5')).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByText('1 of 5')).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByText('1 of 5')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Escape');
  await expect(page.locator('[data-card="1"] button')).toBeFocused();
});

test('side branches open into their own questions', async ({ page }) => {
  await page.goto('./?galaxy=spiral:3');
  await sentence(page);
  const fold = tree(page)
    .getByRole('button', { expanded: false, name: /unlikely answers/ })
    .first();
  const questions = () => tree(page).getByRole('heading', { level: 3 }).count();
  const before = await questions();
  if (await fold.isVisible()) await fold.click();
  await tree(page).locator('.other button[aria-expanded="false"]').first().click();
  expect(await questions()).toBeGreaterThan(before);
});

test('the sentence is announced', async ({ page }) => {
  await page.goto('./?galaxy=spiral:3');
  await sentence(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveAttribute('aria-live', 'polite');
});

test('the theme can be chosen and is remembered', async ({ page }) => {
  await page.goto('./');
  const sky = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await sky();
  await page.getByRole('button', { name: 'Switch to the light theme' }).click();
  const light = await sky();
  expect(light).not.toBe(dark);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Switch to the dark theme' })).toBeVisible();
  expect(await sky()).toBe(light);
});

test('nothing moves when motion is not wanted', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./');
  await shelfDrawn(page);
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});
