// Where the time goes between opening the page for the first time and its first answer: a timeline from the browser's own
// trace, with nothing in its cache. It prints figures and judges none, as they are this machine's; what it holds the page
// to is the order: nothing that can come early waits for something that comes late.
import { chromium, expect, test } from '@playwright/test';
import { markFirstAnswer } from './steps.ts';

interface TraceEvent {
  name: string;
  ts: number; // microseconds
  args: { data?: { url?: string; requestId?: string } };
}
interface Moment {
  what: string;
  at: number; // milliseconds after the first request
}

/** What happened, in order; a file is asked for and later whole. */
function timelineOf(events: readonly TraceEvent[]): Moment[] {
  const files: [RegExp, string][] = [
    [/\?galaxy=/, 'page'],
    [/assets\/index-/, 'first code'],
    [/assets\/page-.*js$/, 'code of the screen'],
    [/pinwheel\.wasm$/, 'WebAssembly'],
    [/weights\.packed$/, 'model'],
  ];
  const nameOf = (url: string) => files.find(([pattern]) => pattern.test(url))?.[1];
  const asked = new Map<string, string>();
  const moments: Moment[] = [];
  for (const { name, ts, args } of events) {
    const { url = '', requestId = '' } = args.data ?? {};
    if (name === 'ResourceSendRequest') {
      const file = nameOf(url);
      if (file === undefined) continue;
      asked.set(requestId, file);
      moments.push({ what: `${file}: asked for`, at: ts / 1000 });
    } else if (name === 'ResourceFinish') {
      const file = asked.get(requestId);
      if (file !== undefined) moments.push({ what: `${file}: here`, at: ts / 1000 });
    } else if (name === 'wasm.FinishStreaming') moments.push({ what: 'WebAssembly: compiled', at: ts / 1000 });
    else if (name.startsWith('pinwheel: ')) moments.push({ what: name.slice(10), at: ts / 1000 });
  }
  moments.sort((a, b) => a.at - b.at);
  const start = moments[0]?.at ?? 0;
  return moments.map(({ what, at }) => ({ what, at: at - start }));
}

async function firstVisit(baseURL: string): Promise<Moment[]> {
  const { launchOptions } = test.info().project.use;
  const browser = await chromium.launch(launchOptions);
  const page = await browser.newPage();
  await markFirstAnswer(page);
  await browser.startTracing(page, { categories: ['devtools.timeline', 'blink.user_timing', 'v8.wasm'] });
  await page.goto(`${baseURL}?galaxy=spiral:3`, { waitUntil: 'commit' });
  await page.getByText('nothing was sent anywhere').waitFor();
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  await browser.close();
  return timelineOf(trace.traceEvents);
}

test('on a first visit everything comes as early as it can', async ({ baseURL }) => {
  const runs: Moment[][] = [];
  for (let i = 0; i < 3; i += 1) runs.push(await firstVisit(baseURL ?? ''));
  const last = (moments: Moment[]) => moments.at(-1)?.at ?? Infinity;
  // A trace may lack its first moments, when the browser was slow to begin with it; it would pass for the fastest.
  const whole = runs.filter(([first]) => first?.what === 'page: asked for');
  const [fastest = []] = whole.sort((a, b) => last(a) - last(b));
  console.log(fastest.map(({ what, at }) => `${at.toFixed(0).padStart(6)} ms  ${what}`).join('\n'));

  const at = (what: string) => fastest.find((moment) => moment.what === what)?.at ?? NaN;
  for (const early of ['model', 'code of the screen']) {
    expect(at(`${early}: asked for`), early).toBeLessThan(at('first code: here'));
  }
  expect(at('WebAssembly: asked for')).toBeLessThan(at('awake'));
  for (const step of ['awake', 'engine', 'threads', 'model', 'drawn', 'judged'])
    expect(at(step), step).toBeGreaterThan(0);
  expect(at('first answer on the screen')).toBeGreaterThan(at('judged'));
});
