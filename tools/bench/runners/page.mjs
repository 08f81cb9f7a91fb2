// Pinwheel in a browser: its own ?bench page, each of the three engines. Each repetition runs in a fresh worker. What
// older browsers take instead of the first is measured once.
const engines = [
  { variant: 'relaxed-threads', title: 'Pinwheel, relaxed SIMD' },
  { variant: 'simd-threads', title: 'Pinwheel, SIMD', rounds: 1 },
  { variant: 'simd', title: 'Pinwheel, SIMD without threads', rounds: 1 },
];

const threaded = (variant) => variant.endsWith('threads');

function address({ subject, mode, batch, threads }, variant, seconds) {
  const asked = { bench: subject.name, engine: variant, mode, batch, threads, seconds, repetitions: 1 };
  return `/site/?${new URLSearchParams(Object.entries(asked).map(([key, value]) => [key, String(value)]))}`;
}

async function measure(page) {
  const rows = page.locator('tbody tr');
  await page.getByRole('button', { name: 'Measure', exact: true }).click();
  await page.locator('main[data-status="ready"]').waitFor();
  await rows.first().waitFor();
  const { engine, measurements } = JSON.parse(await page.locator('pre').textContent());
  const [figures] = measurements;
  if (figures.failed) throw new Error(figures.failed);
  return { engine, figures };
}

const answer = ({ imagesPerSecond, limitGflops, handOverMicroseconds, peakMemoryBytes, instructionSet }) => ({
  images_per_second: imagesPerSecond,
  limit_gflops: limitGflops,
  hand_over_microseconds: handOverMicroseconds,
  peak_memory_bytes: peakMemoryBytes,
  instruction_set: instructionSet,
});

const runner = (browser, { variant, title, rounds }, seconds) => ({
  key: `pinwheel-${variant}`,
  title,
  build: variant,
  rounds,
  ours: true,
  can: (task) => task.threads === 1 || threaded(variant),
  async open(task) {
    const { page, close } = await browser.page(address(task, variant, seconds));
    await page.locator('main[data-status="ready"]').waitFor();
    return {
      version: browser.version,
      async repeat() {
        const { engine, figures } = await measure(page);
        if (engine !== variant) throw new Error(`this browser runs ${engine} instead`);
        return answer(figures);
      },
      close,
    };
  },
});

export const pages = (browser, seconds) => engines.map((engine) => runner(browser, engine, seconds));
