// Training in the worker, without views: it learns, it pauses at once, and whatever kills it, it goes on bit for bit.
import { expect, test, type Page } from '@playwright/test';
import { contention } from './steps.ts';
import { connect } from './wire.ts';

interface End {
  run: string;
  why: string;
  step: number;
  weightsHash: string;
}
const sky = { kinds: ['round_smooth', 'edge_on', 'spiral'], count: 240, balance: 1, noise: 1, size: 64, seed: 5 };
const changes = { epochs: 3, seed: 11 };

/** Renders a sky and makes a recipe; answers with what `train` needs. */
const prepare = (page: Page, how: { sky: object; preset: string; changes: object }) =>
  page.evaluate(async ({ sky: wish, preset, changes: other }) => {
    const answer = await window.wire.call('renderSky', wish);
    const { data } = answer as { data: { id: string; outputs: string[]; count: number } };
    const text = await window.wire.call('recipe', { name: preset, outputs: data.outputs, targetKind: 'classes' });
    const recipe = JSON.parse(text) as { train: object };
    Object.assign(recipe.train, other);
    return { data: data.id, recipe: JSON.stringify(recipe), name: 'a test' };
  }, how);

const train = (page: Page, request: object) =>
  page.evaluate(
    (wish) =>
      window.wire.call('train', wish, (news) => {
        window.news.push(news);
      }) as Promise<End>,
    request,
  );

/** Starts without waiting for the end, and comes back when `steps` are done. */
const trainUntil = (page: Page, request: object, steps: number) =>
  page.evaluate(
    ({ wish, until }) =>
      new Promise<void>((resolve) => {
        const running = window.wire.call('train', wish, (news: { at: string; step?: number }) => {
          window.news.push(news);
          if (news.at === 'step' && (news.step ?? 0) >= until) resolve();
        });
        Object.assign(window, { running: running.catch((error: Error) => error.message) });
      }),
    { wish: request, until: steps },
  );

test('learns rendered galaxies, tells what happens, and can be judged and used', async ({ page }) => {
  await connect(page);
  await page.evaluate(() => window.wire.call('history', {})); // has the worker fetch its code for all of this
  const requests: string[] = [];
  page.context().on('request', (one) => requests.push(one.url()));
  const request = await prepare(page, { sky, preset: 'first-light', changes: { seed: 1 } });
  const end = await train(page, request);
  expect(end.why).toBe('finished');
  const told = await page.evaluate(() => [...new Set(window.news.map((news) => news.at))]);
  expect(told).toEqual(expect.arrayContaining(['started', 'step', 'epoch', 'moment']));

  const result = await page.evaluate(async (run) => {
    const test_ = await window.wire.call('evaluate', { run, part: 'validation' });
    const model = await window.wire.call('useModel', { source: { from: 'run', run } });
    const kept = await window.wire.call('shelve', { source: { from: 'run', run }, name: 'my first' });
    const runs = await window.wire.call('history', {});
    return { test_, model, kept, runs } as never as {
      test_: { metrics: { accuracy: number }; predictions: unknown[]; sentence: string };
      model: { outputs: string[] };
      kept: { id: string; parameters: number };
      runs: { run: string; recipeTitle: string; state: string; weightsHash: string }[];
    };
  }, end.run);
  console.log(result.test_.sentence);
  expect(result.test_.metrics.accuracy).toBeGreaterThan(0.7);
  expect(result.test_.predictions.length).toBeGreaterThan(10);
  expect(result.model.outputs).toEqual(sky.kinds);
  expect(result.kept.parameters).toBeGreaterThan(1000);
  expect(requests).toEqual([]); // what was learned stays here
  expect(result.runs[0]).toMatchObject({ run: end.run, state: 'finished', weightsHash: end.weightsHash });
  expect(result.runs[0]?.recipeTitle).toBe('First light');
});

test('killed or reloaded in the middle, it goes on bit for bit', async ({ page }) => {
  await connect(page);
  const request = await prepare(page, { sky, preset: 'first-light', changes });
  const whole = await train(page, request);
  expect(whole.why).toBe('finished');

  await trainUntil(page, request, 8);
  await page.evaluate(() => window.wire.call('pause', {}));
  // Pausing is answered when the weights stand still, training when they are saved, too.
  await page.evaluate(() => (window as unknown as { running: Promise<unknown> }).running);
  await page.evaluate(() => {
    void window.wire.call('resume', { run: (window.news.at(-1) as { run?: string }).run }).catch(() => undefined);
    window.wire.kill();
  });
  await page.goto('./icon.svg');
  await connect(page);
  const [left] = await page.evaluate(
    () => window.wire.call('interrupted', {}) as Promise<{ run: string; step: number }[]>,
  );
  expect(left?.step).toBeGreaterThanOrEqual(8);
  const resumed = await page.evaluate((run) => window.wire.call('resume', { run }) as Promise<End>, left?.run);
  expect(resumed.why).toBe('finished');
  expect(resumed.step).toBe(whole.step);
  expect(resumed.weightsHash).toBe(whole.weightsHash);
  expect(await page.evaluate(() => window.wire.call<unknown[]>('interrupted', {}))).toEqual([]);
});

test('a page that is hidden has its training kept before its time, going or standing', async ({ page }) => {
  await connect(page);
  const request = await prepare(page, { sky, preset: 'first-light', changes: { epochs: 200 } });
  await trainUntil(page, request, 8);
  const apart = await page.evaluate(async () => {
    const saved = async () => {
      const before = window.news.filter((news) => news.at === 'saved').length;
      while (window.news.filter((news) => news.at === 'saved').length === before)
        await new Promise((r) => setTimeout(r));
      return performance.now();
    };
    const usual = await saved();
    await window.wire.call('keepNow', {});
    return (await saved()) - usual;
  });
  console.log(`kept ${apart.toFixed(0)} ms after it was kept`);
  expect(apart / contention()).toBeLessThan(1500); // of itself it waits for two seconds

  const standing = await page.evaluate(async () => {
    await window.wire.call('pause', {});
    await (window as unknown as { running: Promise<unknown> }).running;
    const { step } = (await window.wire.call('singleStep', {})) as { step: number };
    await window.wire.call('keepNow', {});
    window.wire.kill();
    return step;
  });
  await page.goto('./icon.svg');
  await connect(page);
  const [left] = await page.evaluate(() => window.wire.call('interrupted', {}) as Promise<{ step: number }[]>);
  expect(left?.step).toBe(standing);
});

test('pause answers within 200 ms, a single step is one step, and another tab is told', async ({ page, context }) => {
  await connect(page);
  const request = await prepare(page, { sky, preset: 'first-light', changes: { epochs: 200 } });
  await trainUntil(page, request, 5);

  const other = await context.newPage();
  await connect(other);
  const wish = await prepare(other, { sky: { ...sky, count: 60 }, preset: 'first-light', changes });
  await expect(train(other, wish)).rejects.toThrow(/busy: .*another tab/);

  const waits = await page.evaluate(async () => {
    const found: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      const asked = performance.now();
      const { step } = (await window.wire.call('pause', {})) as { step: number };
      found.push(performance.now() - asked);
      const one = (await window.wire.call('singleStep', {})) as { step: number };
      if (one.step !== step + 1) throw new Error(`${String(step)} became ${String(one.step)}`);
      const run = (window.news.find((news) => news.at === 'started') as unknown as { run: string }).run;
      void window.wire.call('resume', { run }).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    return found;
  });
  console.log(`pause answered after ${waits.map((wait) => wait.toFixed(0)).join(', ')} ms`);
  expect(Math.max(...waits) / contention()).toBeLessThan(200);
  const end = await page.evaluate(() => window.wire.call('stop', {}) as Promise<End>);
  expect(end.why).toBe('stopped');
});

// A step of this network takes half a second: pausing must not wait for its end, nor for a checkpoint.
test('a large network, too, pauses and stops within 200 ms', async ({ page }) => {
  await connect(page);
  const request = await prepare(page, {
    sky,
    preset: 'galaxy-resnet-classes',
    changes: { epochs: 50, batch_size: 64 },
  });
  await trainUntil(page, request, 2);
  const { stepMilliseconds, waits } = await page.evaluate(async () => {
    const found: number[] = [];
    const { run } = window.news.find((news) => news.at === 'started') as unknown as { run: string };
    const told = window.news.filter((news) => news.at === 'step') as unknown as { imagesPerSecond: number }[];
    for (let i = 0; i < 6; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 300 + 170 * i)); // somewhere in the middle of a step
      const asked = performance.now();
      await window.wire.call(i < 5 ? 'pause' : 'stop', {});
      found.push(performance.now() - asked);
      if (i < 5) void window.wire.call('resume', { run }).catch(() => undefined);
    }
    return { stepMilliseconds: 64_000 / (told.at(-1)?.imagesPerSecond ?? Infinity), waits: found };
  });
  const list = waits.map((wait) => wait.toFixed(0)).join(', ');
  console.log(`a step takes ${stepMilliseconds.toFixed(0)} ms; answers took ${list} ms`);
  expect(Math.max(...waits) / contention()).toBeLessThan(200);
});
