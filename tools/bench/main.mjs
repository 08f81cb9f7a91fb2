// What ./dev bench does: measures every network, natively and in Chromium, beside PyTorch, ONNX Runtime and TensorFlow.js
// where they are installed, and writes build/bench/table.json and docs/speed.md.
//   node main.mjs PINWHEEL [--only convnet,lesson] [--where native,browser] [--mode train,infer] [--threads 1,2]
//                          [--seconds 1] [--repetitions 3] [--quick]
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser } from './browser.mjs';
import { measureTask } from './measure.mjs';
import { exporter, folder as onnxFolder } from './onnx.mjs';
import { chapters, page } from './page.mjs';
import { planTasks } from './plan.mjs';
import { onnx } from './runners/onnx.mjs';
import { pages } from './runners/page.mjs';
import { describe, pinwheel } from './runners/pinwheel.mjs';
import { torch } from './runners/torch.mjs';
import { webPeers } from './runners/web-peers.mjs';
import { three } from './statistics.mjs';
import { tableOf } from './table.mjs';

const list = { type: 'string', default: '' };
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ only: list, where: list, mode: list, threads: list },
    ...{ seconds: { type: 'string' }, repetitions: { type: 'string' } },
    quick: { type: 'boolean', default: false },
  },
});
const wanted = (name) => options[name].split(',').filter(Boolean);
const [program] = positionals;
const pace = {
  seconds: Number(options.seconds ?? (options.quick ? 0.2 : 1)),
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

const machine = () =>
  `${cpus().length} cores (${cpus()[0]?.model.trim() ?? process.arch}) and ${(totalmem() / 1e9).toFixed(0)} GB of memory`;

const everything = () => ['only', 'where', 'mode', 'threads'].every((name) => options[name] === '') && !options.quick;

function save(measured, names) {
  const rows = tableOf(measured);
  const found = measured.flatMap(({ results }) => results.map((result) => result.version));
  const versions = [...new Set(found.filter(Boolean))].sort();
  const about = { date: new Date().toISOString().slice(0, 10), machine: machine(), versions, ...pace };
  mkdirSync('build/bench', { recursive: true });
  writeFileSync('build/bench/table.json', `${JSON.stringify({ ...about, rows }, null, 1)}\n`);
  return { rows, text: page(rows, names, about) };
}

async function main() {
  const subjects = chosenSubjects(await describe(program));
  const names = subjects.map((subject) => subject.name);
  const places = wanted('where').length > 0 ? wanted('where') : ['native', 'browser'];
  const threads = wanted('threads').length > 0 ? wanted('threads').map(Number) : [1, 2].slice(0, cpus().length);
  const modes = wanted('mode');
  const tasks = planTasks(subjects, threads).filter(({ mode }) => modes.length === 0 || modes.includes(mode));
  const measured = [];
  for (const where of places) {
    const { runners, close } = await company(where);
    for (const [i, task] of runners.length > 0 ? tasks.entries() : []) {
      const results = await measureTask(task, runners, pace);
      tell(`[${where} ${i + 1}/${tasks.length}]`, task, results);
      measured.push({ where, task, results });
      save(measured, names);
    }
    await close();
  }
  const { rows, text } = save(measured, names);
  if (everything()) writeFileSync('docs/speed.md', text);
  console.log(chapters(rows, names));
  console.error(`\nbuild/bench/table.json has the exact figures${everything() ? ', docs/speed.md the table' : ''}`);
}

await main().catch((error) => {
  console.error(`./dev bench: ${error.message}`);
  process.exit(1);
});
