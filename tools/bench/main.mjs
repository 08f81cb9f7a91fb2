// What ./dev bench does: measures every network, natively and in Chromium, beside PyTorch, ONNX Runtime and TensorFlow.js
// where they are installed. The figures are written after each measurement (build/bench/table.json), so that a run which is
// interrupted keeps what it has, and --resume goes on from there; the page (docs/speed.md) when all are there.
//   node main.mjs PINWHEEL [--only convnet,lesson] [--where native,browser] [--mode train,infer] [--threads 1,2]
//                          [--seconds 0.3] [--repetitions 3] [--quick] [--resume] [--json FILE] [--markdown FILE]
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser } from './browser.mjs';
import { measureFirstVisits } from './first-visit.mjs';
import { measureTask } from './measure.mjs';
import { exporter, folder as onnxFolder } from './onnx.mjs';
import { barsTable, chapters } from './page.mjs';
import { nameOf, planTasks } from './plan.mjs';
import { Record } from './record.mjs';
import { onnx } from './runners/onnx.mjs';
import { pages } from './runners/page.mjs';
import { describe, pinwheel } from './runners/pinwheel.mjs';
import { torch } from './runners/torch.mjs';
import { webPeers } from './runners/web-peers.mjs';
import { three } from './statistics.mjs';

const list = { type: 'string', default: '' };
const flag = { type: 'boolean', default: false };
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ only: list, where: list, mode: list, threads: list },
    ...{ seconds: { type: 'string' }, repetitions: { type: 'string' }, quick: flag, resume: flag },
    ...{ json: { type: 'string', default: join('build', 'bench', 'table.json') }, markdown: { type: 'string' } },
  },
});
const wanted = (name) => options[name].split(',').filter(Boolean);
const [program] = positionals;
const pace = {
  seconds: Number(options.seconds ?? (options.quick ? 0.1 : 0.3)),
  repetitions: Number(options.repetitions ?? (options.quick ? 1 : 3)),
};

function chosenSubjects(all) {
  const names = wanted('only');
  const unknown = names.find((name) => !all.some((subject) => subject.name === name));
  if (unknown) throw new Error(`there is no '${unknown}' to time; choose from ${all.map((s) => s.name).join(', ')}`);
  return names.length > 0 ? all.filter((subject) => names.includes(subject.name)) : all;
}

/** Who takes part in a place, and how to send them home. */
async function company(where) {
  const peers = process.env.PINWHEEL_PEERS;
  const write = exporter();
  if (where === 'native') {
    return { runners: [pinwheel(program), torch(), onnx(peers, write)].filter(Boolean), close: () => undefined };
  }
  const folders = { '/onnx/': onnxFolder, ...(peers ? { '/peers/': join(peers, 'node_modules') } : {}) };
  const browser = await openBrowser(folders);
  if (!browser) {
    console.error('No browser: it needs Chromium (PINWHEEL_CHROMIUM) and the built page (./dev build).');
    return { runners: [], close: () => undefined };
  }
  const runners = [...pages(browser, pace.seconds), ...webPeers(browser, peers, write)];
  return { runners, close: () => browser.close() };
}

function tell(place, task, results) {
  const name = `${task.names[0]} ${task.mode} ×${task.batch}, ${task.threads}t`;
  const figures = results.map((r) => `${r.title} ${r.failed ? 'failed' : three(r.imagesPerSecond)}`);
  console.error(`${place} ${name.padEnd(40)} ${figures.join('  ')}`);
}

async function measurePlace(where, tasks, record) {
  const { runners, close } = await company(where);
  for (const [i, task] of runners.length > 0 ? tasks.entries() : []) {
    if (record.has(nameOf(where, task))) continue;
    const results = await measureTask(task, runners, pace);
    tell(`[${where} ${i + 1}/${tasks.length}, ${record.minutes} min]`, task, results);
    if (results.every(({ failed }) => failed)) {
      // A browser that is gone fails the rest, too: no table to publish.
      throw new Error(`nobody could do ${nameOf(where, task)} (${results[0].failed}); --resume goes on from there`);
    }
    record.add(where, task, results);
  }
  await close();
}

// The table of the repository is written by whole runs alone.
function markdownFile() {
  const whole = ['only', 'where', 'mode', 'threads'].every((name) => options[name] === '') && !options.quick;
  return options.markdown ?? (whole ? join('docs', 'speed.md') : null);
}

async function main() {
  const subjects = chosenSubjects(await describe(program));
  const names = subjects.map((subject) => subject.name);
  const places = wanted('where').length > 0 ? wanted('where') : ['native', 'browser'];
  const threads = wanted('threads').length > 0 ? wanted('threads').map(Number) : [1, 2].slice(0, cpus().length);
  const modes = wanted('mode');
  const tasks = planTasks(subjects, threads).filter(({ mode }) => modes.length === 0 || modes.includes(mode));
  const record = new Record({ pace, json: options.json });
  if (options.resume) record.resume();
  if (places.includes('browser') && record.visits === null) record.visited(await measureFirstVisits());
  for (const where of places) await measurePlace(where, tasks, record);
  const markdown = markdownFile();
  if (markdown) record.publish(markdown, names);
  console.log(`${chapters(record.rows, names)}\n${barsTable(record.bars)}`);
  console.error(`\nExact figures: ${[options.json, markdown].filter(Boolean).join('; the table: ')}`);
}

await main().catch((error) => {
  console.error(`./dev bench: ${error.message}`);
  process.exit(1);
});
