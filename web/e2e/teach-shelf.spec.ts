// What is kept when a network has been trained: the shelf, a file for somebody else's page, and the history of runs with
// two of them side by side.
import { expect, type Page } from '@playwright/test';
import { join } from 'node:path';
import { galaxy } from './galaxies.ts';
import { test } from './disk.ts';
import { configure, hand, learned, lit, renderSky } from './steps.ts';

const shelf = (page: Page) => page.getByRole('region', { name: 'Your shelf' });
const answers = (page: Page) => page.getByRole('list', { name: 'How likely each class is' });

async function use(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Steps of teaching' }).getByRole('link', { name: /Use/ }).click();
  await expect(lit(page, 'Look at a galaxy with it')).toBeVisible();
}

async function twoRuns(page: Page): Promise<void> {
  await renderSky(page, 180);
  await configure(page, { Epochs: 2 });
  await lit(page, 'Start training').click();
  await learned(page);
  await lit(page, 'Test it').click();
  await expect(lit(page, 'Use it')).toBeVisible();
  await page.getByRole('link', { name: /Network/ }).click();
  await page.getByText('More: how it learns').click();
  await page.getByLabel('Seed').fill('8');
  await page.getByLabel('Seed').press('Enter');
  await lit(page, 'Go to training').click();
  await lit(page, 'Train the changed one').click();
  await learned(page);
}

test('a network is kept, used, renamed, given away and deleted', async ({ page, folder, browser, baseURL }) => {
  await renderSky(page, 180);
  await configure(page, { Epochs: 2 });
  await lit(page, 'Start training').click();
  await learned(page);
  await use(page);
  await page.getByLabel('Keep it as').fill('Six kinds');
  await lit(page, 'Put it on the shelf').click();
  await expect(shelf(page)).toContainText('6 answers');
  await page.getByLabel('Name of Six kinds').fill('Six kinds, two epochs');
  await page.getByLabel('Name of Six kinds').press('Enter');
  await lit(page, 'Look with Pinwheel’s own again').click();
  await expect(lit(page, 'Look with Pinwheel’s own again')).toHaveCount(0);

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    shelf(page).getByRole('button', { name: 'Save', exact: true }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('Six-kinds-two-epochs.pinwheel');
  const file = join(folder, download.suggestedFilename());
  await download.saveAs(file);

  await page.reload();
  await expect(page.getByLabel('Name of Six kinds, two epochs')).toBeVisible();
  await lit(page, 'Look with it').first().click();
  await expect(shelf(page)).toContainText('in use');
  await page.getByRole('link', { name: 'Look' }).click();
  const picture = await galaxy(3, 5);
  await hand(page, 'drop', [picture]);
  await expect(answers(page).getByRole('listitem')).toHaveCount(6);
  const said = await answers(page).innerText();

  const stranger = await browser.newContext({ baseURL: baseURL ?? '' });
  const elsewhere = await stranger.newPage();
  await elsewhere.goto('./#teach/use');
  await expect(shelf(elsewhere)).toContainText('Nothing yet');
  await elsewhere.getByLabel('A network’s file').setInputFiles(file);
  await expect(shelf(elsewhere)).toContainText('opened from a file');
  await lit(elsewhere, 'Put it on the shelf').click();
  await expect(shelf(elsewhere)).toContainText('6 answers');
  await elsewhere.getByRole('link', { name: 'Look' }).click();
  await hand(elsewhere, 'drop', [picture]);
  await expect(answers(elsewhere).getByRole('listitem')).toHaveCount(6);
  expect(await answers(elsewhere).innerText()).toBe(said);
  await stranger.close();

  await page.getByRole('link', { name: 'Teach' }).click();
  await page.getByRole('button', { name: 'Delete Six kinds, two epochs' }).click();
  await lit(page, 'Delete it for good').click();
  await expect(shelf(page)).toContainText('Nothing yet');
  await page.reload();
  await expect(shelf(page)).toContainText('Nothing yet');
});

test('runs are remembered, compared, noted upon and deleted', async ({ page }) => {
  await twoRuns(page);
  await use(page);
  await expect(page.getByRole('heading', { name: '2 runs so far' })).toBeVisible();
  const boxes = page.getByRole('checkbox', { name: /^Compare/ });
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  const different = page.getByRole('region', { name: 'What was different' }).getByRole('table');
  await expect(different.getByRole('row', { name: /seed/i })).toContainText('8');
  const hashes = await different
    .getByRole('row', { name: /Weights/ })
    .getByRole('cell')
    .allTextContents();
  expect(hashes).toHaveLength(2);
  expect(hashes[0]).not.toBe(hashes[1]);

  await page
    .getByLabel(/^Notes on/)
    .first()
    .fill('another seed');
  await page
    .getByLabel(/^Notes on/)
    .first()
    .press('Enter');
  await page
    .getByLabel(/^Name of the run/)
    .first()
    .fill('Seed eight');
  await page
    .getByLabel(/^Name of the run/)
    .first()
    .press('Enter');
  await expect(page.getByLabel('Notes on Seed eight')).toHaveValue('another seed');
  await page.reload();
  await expect(page.getByLabel('Notes on Seed eight')).toHaveValue('another seed');
  await page.getByRole('button', { name: 'Delete the run Seed eight' }).click();
  await lit(page, 'Delete it for good').click();
  await expect(page.getByRole('heading', { name: '1 run so far' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: '1 run so far' })).toBeVisible();
});
