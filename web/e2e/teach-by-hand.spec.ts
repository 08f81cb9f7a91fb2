// Classes made by hand: named, filled by dragging pictures in, put right, and learned.
import { expect, type Page } from '@playwright/test';
import { draw, test } from './disk.ts';
import { configure, dropPaths, heading, learned, lit } from './steps.ts';

const places = (page: Page) => page.getByRole('article').locator('ol > li');
const withName = (page: Page, name: string) =>
  places(page).filter({ has: page.getByLabel(`Name of the class ${name}`, { exact: true }) });

test('named, filled by drag, put right, renamed, and learned', async ({ page, folder }) => {
  const drawn = await draw(folder, [0, 3], 15, (kind, n) => `${kind}-${String(n)}.png`);
  const [round = [], flat = []] = [0, 3].map((kind) => drawn.filter(({ which }) => which === kind));
  const paths = (some: typeof drawn) => some.map(({ path }) => path);

  await page.goto('./#teach');
  await lit(page, 'Classes by hand').click();
  await expect(lit(page, 'Use these galaxies')).toBeDisabled();
  await page.getByLabel('Name of class 1').fill('Blobs');
  await page.getByLabel('Name of class 2').fill('Needles');
  await page.getByLabel('Name of class 2').press('Enter');
  await lit(page, 'Add a class').click();
  await dropPaths(page, places(page).nth(0), paths([...round, ...flat.slice(0, 1)]));
  await expect(places(page).nth(0)).toContainText('16 galaxies');
  await expect(page.getByText('Let go to learn from it')).toHaveCount(0);
  await dropPaths(page, places(page).nth(1), paths(flat.slice(1, 12)));
  await dropPaths(page, places(page).nth(2), paths(flat.slice(12)));
  await expect(places(page).nth(2)).toContainText('3 galaxies');
  await page.getByRole('button', { name: `Take out ${flat[0]?.file ?? ''}` }).click();
  await expect(places(page).nth(0)).toContainText('15 galaxies');
  await lit(page, 'Use these galaxies').click();
  await expect(heading(page)).toHaveText('29 galaxies in 3 classes');

  // Once they are read: one more picture by drag, one out, one to another class, and two classes made one.
  await dropPaths(page, withName(page, 'Needles'), paths(flat.slice(0, 1)));
  await expect(heading(page)).toHaveText('30 galaxies in 3 classes');
  await expect(page.getByText('Let go to learn from it')).toHaveCount(0);
  await page.getByRole('button', { name: 'Blobs 1', exact: true }).click();
  await page.getByLabel('Its class').selectOption('Needles');
  await expect(withName(page, 'Blobs').locator('.many')).toHaveText('14');
  await expect(withName(page, 'Needles').locator('.many')).toHaveText('13');
  await lit(page, 'Take it out').click();
  await expect(heading(page)).toHaveText('29 galaxies in 3 classes');
  await page.getByLabel('Name of the class Class 3').fill('Needles');
  await page.getByLabel('Name of the class Class 3').press('Enter');
  await expect(heading(page)).toHaveText('29 galaxies in 2 classes');
  await page.getByLabel('Name of the class Blobs').fill('Round ones');
  await page.getByLabel('Name of the class Blobs').press('Enter');
  await page.getByRole('button', { name: 'Round ones 1', exact: true }).dragTo(withName(page, 'Needles'));
  await expect(withName(page, 'Round ones').locator('.many')).toHaveText('13');

  await configure(page, { Epochs: 3 });
  await lit(page, 'Start training').click();
  await learned(page);
  await lit(page, 'Test it').click();
  await expect(page.getByRole('table').first()).toContainText('Round ones');
  await expect(page.getByRole('table').first()).toContainText('Needles');
});
