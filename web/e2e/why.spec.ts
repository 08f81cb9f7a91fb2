// Where the network looked: heat over the galaxy, and the same in words; it can be stopped, and it is gone with its galaxy.
import { expect, test, type Page } from '@playwright/test';
import { sentence } from './steps.ts';

const ask = (page: Page) => page.getByRole('button', { name: 'What it looked at' });
const heat = (page: Page) => page.locator('.frame canvas[aria-hidden]');

test('the heat lies on the galaxy, not on the sky, and says so', async ({ page }) => {
  await page.goto('./?galaxy=barred_spiral:7');
  await sentence(page);
  await ask(page).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('progressbar', { name: 'Covering one part after another' })).toBeVisible();
  await expect(heat(page)).toBeVisible({ timeout: 60_000 });
  await expect(
    page.getByRole('status').filter({ hasText: /rests most on the middle: .* falls from \d+ % to \d+ %/ }),
  ).toBeVisible();
  const [middle, corner] = await heat(page).evaluate((sheet: HTMLCanvasElement) => {
    const opacity = (x: number, y: number, side: number) => {
      const { data } = sheet.getContext('2d')?.getImageData(x, y, side, side) ?? { data: [] };
      return Math.max(...Array.from(data).filter((_, i) => i % 4 === 3));
    };
    const third = Math.floor(sheet.width / 3);
    return [opacity(third, third, third), opacity(0, 0, Math.floor(sheet.width / 12))];
  });
  expect(middle).toBeGreaterThan(150);
  expect(corner).toBeLessThan((middle ?? 0) / 2);

  const answers = page.getByLabel('For the answer');
  await expect(answers.getByRole('option', { name: 'bar', exact: true })).toHaveCount(1);
  await answers.selectOption({ label: 'spiral arms' });
  await expect(page.getByRole('status').filter({ hasText: '“spiral arms” rests' })).toBeVisible();

  await page.getByRole('button', { name: 'As the network sees it' }).click();
  await expect(page.locator('.frame canvas')).toHaveCount(2);
  await expect(heat(page)).toBeVisible();
  await ask(page).click();
  await expect(heat(page)).toHaveCount(0);
});

test('it can be stopped, and other galaxies are looked at meanwhile', async ({ page }) => {
  await page.goto('./?galaxy=spiral:3');
  await sentence(page);
  await ask(page).click();
  await page.getByRole('button', { name: 'Stop looking for it' }).click();
  await expect(ask(page)).toHaveAttribute('aria-pressed', 'false');
  await expect(heat(page)).toHaveCount(0);
  await ask(page).click();
  await page.getByRole('button', { name: 'Look at another' }).click();
  await page.getByRole('button', { name: 'Barred spiral' }).first().click();
  await sentence(page);
  await expect(ask(page)).toHaveAttribute('aria-pressed', 'false');
  await expect(heat(page)).toHaveCount(0);
});
