// Pictures of every view, wide and narrow, for people to look at: build/screenshots. With PINWHEEL_HERO=1 the README's
// own picture, docs/screenshot.png, is taken anew.
import { expect, test, type Page } from '@playwright/test';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { galaxies, troublesome } from './galaxies.ts';
import { root, screenshots } from './site.ts';
import { allJudged, choose, lit, sentence, settled, shelfDrawn, tree } from './steps.ts';

const hero = process.env.PINWHEEL_HERO !== undefined;

const views: Record<string, (page: Page) => Promise<void>> = {
  start: async (page) => {
    await page.goto('./');
    await shelfDrawn(page);
    await expect(page.locator('.field img')).toHaveCount(7);
  },
  result: async (page) => {
    await page.goto('./?galaxy=barred_spiral:7');
    await sentence(page);
  },
  opened: async (page) => {
    await page.goto('./?galaxy=spiral:3');
    await sentence(page);
    const closed = tree(page).locator('.other button[aria-expanded="false"], .fold button[aria-expanded="false"]');
    for (let i = 0; i < 8 && (await closed.count()) > 0; i += 1) await closed.first().click();
  },
  sheet: async (page) => {
    await page.goto('./');
    await choose(page, [...(await galaxies(30, 128)), ...(await troublesome())]);
    await allJudged(page, 30);
  },
  failed: async (page) => {
    await page.goto('./');
    await choose(page, (await troublesome()).slice(0, 1));
    await expect(page.getByRole('alert')).toBeVisible();
  },
};

test.beforeAll(() => {
  mkdirSync(screenshots, { recursive: true });
});

const sizes = [
  ['wide', 1440, 900],
  ['narrow', 390, 844],
] as const;
const schemes = ['dark', 'light'] as const;

for (const [name, open] of Object.entries(views)) {
  for (const [size, width, height] of sizes) {
    for (const colorScheme of schemes) {
      test(`${name}, ${size}, ${colorScheme}`, async ({ page }) => {
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme });
        await open(page);
        await settled(page);
        const path = join(screenshots, `${name}-${size}-${colorScheme}.png`);
        await page.screenshot({ path, fullPage: name !== 'start' && name !== 'sheet' });
        expect(statSync(path).size).toBeGreaterThan(10_000);
      });
    }
  }
}

// One lesson for all of its pictures: training takes longest.
test('every step of Teach', async ({ page }) => {
  test.setTimeout(300_000);
  const take = async (name: string) => {
    for (const [size, width, height] of [sizes[0], ['narrow', 360, 780]] as const) {
      for (const colorScheme of schemes) {
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme });
        await settled(page);
        const path = join(screenshots, `teach-${name}-${size}-${colorScheme}.png`);
        await page.screenshot({ path, fullPage: true });
        expect(statSync(path).size).toBeGreaterThan(10_000);
      }
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  };
  await page.goto('./#teach');
  await expect(lit(page, 'Render a class of galaxies')).toBeVisible();
  await take('begin');
  await lit(page, 'Render a class of galaxies').click();
  await expect(lit(page, 'Choose a network')).toBeVisible({ timeout: 100_000 });
  await take('galaxies');
  await lit(page, 'Choose a network').click();
  await expect(lit(page, 'Go to training')).toBeEnabled();
  await page.getByText('Layer by layer').click();
  await page.getByText('More: how it learns').click();
  await take('network');
  await lit(page, 'Go to training').click();
  await lit(page, 'Start training').click();
  await expect(page.getByRole('region', { name: 'What it thinks of these galaxies now' })).toBeVisible();
  await page.waitForTimeout(2000);
  await lit(page, 'Pause').click();
  await expect(lit(page, 'Go on')).toBeVisible();
  await take('paused');
  await lit(page, 'Go on').click();
  await expect(lit(page, 'Test it')).toBeVisible({ timeout: 200_000 });
  await take('trained');
  await lit(page, 'Test it').click();
  await expect(lit(page, 'Use it')).toBeVisible({ timeout: 60_000 });
  await take('test');
  await lit(page, 'Use it').click();
  await expect(page.getByRole('heading', { name: 'Your shelf' })).toBeVisible();
  await page.waitForTimeout(3000);
  await take('use');
  await lit(page, 'Look at a galaxy with it').click();
  await page.getByRole('button', { name: 'Barred spiral' }).first().click();
  await expect(page.getByRole('list', { name: 'How likely each class is' })).toBeVisible();
  await page.getByRole('button', { name: 'What it looked at' }).click();
  await expect(page.locator('.frame canvas')).toBeVisible({ timeout: 60_000 });
  await take('look');
});

test('print is dark on white', async ({ page }) => {
  await views.result?.(page);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const sky = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  expect(Number(/\d+/.exec(sky)?.[0])).toBeGreaterThan(200);
});

test('the lesson plan fits on one printed page', async ({ page }) => {
  await page.goto('./lesson.html');
  const pdf = await page.pdf({ preferCSSPageSize: true, path: join(screenshots, 'lesson.pdf') });
  expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
});

test('the picture in the README is small enough', async ({ page }) => {
  const path = hero ? join(root, 'docs/screenshot.png') : join(screenshots, 'hero.png');
  await page.setViewportSize({ width: 900, height: 600 });
  await views.result?.(page);
  await settled(page);
  await page.screenshot({ path });
  expect(statSync(path).size).toBeLessThan(250_000);
});
