// The table as text: Markdown, which a terminal shows as well. A row is a network on some threads: our main build in
// full, then what the other builds and the peers reached.
import { kinds } from './plan.mjs';
import { geometricMean, median, three } from './statistics.mjs';
import { isMain } from './table.mjs';

const places = { native: 'Native', browser: 'In Chromium' };
const fallbacks = { 'simd-threads': 'our SIMD build', simd: 'our build without threads' };

const line = (cells) => `| ${cells.join(' | ')} |`;
const percent = (part) => `${(100 * part).toFixed(0)} %`;
const rateOf = (result) => (result?.imagesPerSecond ? three(result.imagesPerSecond) : '–');
const timesOf = (ratio) => (ratio === null ? '–' : `${ratio.toFixed(2)}×`);
const memoryOf = (result) => (result?.peakMemoryBytes ? three(result.peakMemoryBytes / 1e6) : '–');

const threadsIn = (count) => (count === 1 ? '1 thread' : `${count} threads`);
const find = (row, runner) => row.results.find((result) => result.runner === runner);

/** [[runner, title], …] of everybody who has figures in these rows, but for our main build. */
function others(rows) {
  const all = rows.flatMap(({ results }) => results.filter((result) => !isMain(result) && result.imagesPerSecond));
  const byOurs = all.sort((a, b) => Number(b.ours) - Number(a.ours));
  return [...new Map(byOurs.map(({ runner, build, title }) => [runner, fallbacks[build] ?? title]))];
}

function oursInFull(row) {
  const ours = row.results.find(isMain);
  if (!ours?.imagesPerSecond) return ['–', '–', '–', '–', '–'];
  const { spread, gflops, percentOfLimit } = ours;
  return [rateOf(ours), percent(spread), three(gflops), percent(percentOfLimit / 100), memoryOf(ours)];
}

// The memory of native peers stands beside ours; a page's is not told to it.
function table(rows) {
  const columns = others(rows);
  const weighed = columns.filter(([key]) =>
    rows.some((row) => !find(row, key)?.ours && find(row, key)?.peakMemoryBytes),
  );
  const ours = ['**Pinwheel**, images/s', 'spread', 'GFLOP/s', 'of limit', 'MB'];
  const head = ['network', 'batch', 'threads', ...ours, ...columns.map(([, title]) => title)];
  head.push(...weighed.map(([, title]) => `MB of ${title}`), 'to the best peer');
  const cells = (row) => [
    ...[row.names.join(', '), row.batch, row.threads, ...oursInFull(row)],
    ...columns.map(([key]) => rateOf(find(row, key))),
    ...[...weighed.map(([key]) => memoryOf(find(row, key))), timesOf(row.ratio)],
  ];
  return [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows.map(cells)].map(line).join('\n');
}

// "Training, 1 thread: 1.4 times the best peer in the geometric mean, least 0.8 (densenet121-64)."
function summary(rows, title, threads) {
  const compared = rows.filter((row) => row.ratio !== null && row.threads === threads);
  if (compared.length === 0) return [];
  const least = compared.reduce((a, b) => (b.ratio < a.ratio ? b : a));
  const slower = compared.filter((row) => row.ratio < 1).length;
  const mean = geometricMean(compared.map((row) => row.ratio)).toFixed(2);
  const many = compared.length === 1 ? 'one network' : `${compared.length} networks`;
  return [
    `- ${title}, ${threadsIn(threads)}: ${mean} times the best peer in the geometric mean of ${many}; ` +
      `least ${least.ratio.toFixed(2)} (${least.names[0]}); slower in ${slower}.`,
  ];
}

function failures(rows) {
  const said = new Set();
  for (const { results, names, kind } of rows) {
    for (const { title, failed } of results) if (failed) said.add(`- ${title}, ${names[0]} (${kind}): ${failed}`);
  }
  return said.size > 0 ? [`\nWhat did not run:\n`, ...said] : [];
}

// "278 GFLOP/s on 1 thread (avx512), …"
function limitsOf(rows) {
  const seen = new Map();
  for (const { threads, results } of rows) {
    for (const { instructionSet, limitGflops } of results.filter((result) => result.instructionSet)) {
      seen.set(`on ${threadsIn(threads)} (${instructionSet.replaceAll('_', ' ')})`, limitGflops);
    }
  }
  return [...seen].map(([where, limit]) => `${three(limit)} GFLOP/s ${where}`).join(', ');
}

// How long a step took to hand over, beside what was measured on several threads; nothing if that was not looked at.
function handOvers(rows) {
  const all = rows.flatMap(({ results }) => results.filter(isMain).flatMap((result) => result.handOvers ?? []));
  const seen = all.filter((time) => time > 0);
  if (seen.length === 0) return [];
  const range = `${three(Math.min(...seen))} to ${three(Math.max(...seen))} µs, in the median ${three(median(seen))}`;
  return [`A step was handed to the other thread and back in ${range}.`, ''];
}

const sorted = (rows, names) =>
  [...rows].sort(
    (a, b) => names.indexOf(a.names[0]) - names.indexOf(b.names[0]) || a.batch - b.batch || a.threads - b.threads,
  );

function chapter(place, all, names) {
  const rows = all.filter((row) => row.where === place);
  if (rows.length === 0) return '';
  const threads = [...new Set(rows.map((row) => row.threads))];
  const parts = kinds.map(({ key, title }) => ({ title, rows: rows.filter((row) => row.kind === key) }));
  const text = [`## ${places[place]}`, '', `Limit: ${limitsOf(rows)}.`, '', ...handOvers(rows)];
  text.push(...parts.flatMap((part) => threads.flatMap((count) => summary(part.rows, part.title, count))));
  for (const part of parts.filter((p) => p.rows.length > 0)) {
    text.push('', `### ${part.title}`, '', table(sorted(part.rows, names)));
  }
  return [...text, ...failures(rows), ''].join('\n');
}

export function chapters(rows, names) {
  return Object.keys(places)
    .map((place) => chapter(place, rows, names))
    .filter(Boolean)
    .join('\n');
}

const figure = (value) => value.toFixed(value < 100 ? 2 : 0);

export function barsTable(bars) {
  const rows = bars.map(({ title, need, reached, low, detail }) => [
    ...[title, figure(need), `**${figure(reached)}**`],
    ...[(low ? reached <= need : reached >= need) ? 'yes' : 'no', detail],
  ]);
  const head = ['what', 'asked for', 'reached', 'passed', 'where it stands'];
  return [head, ['---', '--:', '--:', '---', '---'], ...rows].map(line).join('\n');
}

export function page({ rows, bars, names, about }) {
  const { date, machine, repetitions, seconds, versions, command, load, minutes } = about;
  return `# How fast Pinwheel is, and beside whom

Written by \`${command}\` on ${date}, on ${machine}; it took ${minutes} minutes. The load of the machine was ${load.before} before and ${load.after} at the end (with this run's own threads). ${repetitions} repetitions of ${seconds} s, taken in turns by everybody (up to three times as many where somebody's spread is above 10 %, fewer of what takes long), each behind a warm-up (0.1 s natively; 0.5 s in the browser, which translates twice what runs most); figures are medians, the spread is (most − least) / median. Measured beside: ${versions.join(', ') || 'nobody, because no peer is installed'}.

Training is forward, backward and update on random pictures, with the loss, optimiser and batch (at most 64) of the preset; a preset with a frozen body trains its last layer. GFLOP/s count the multiply-adds of convolutions and dense layers as they are defined; Pinwheel does 3x3 filters with fewer (Winograd), so that its figure may pass the limit. The limit is what the same threads reach in multiply-adds that touch no memory, measured in the same run. MB is the most memory in use, natively of the process, in Chromium of the engine. Networks ending in a size are torchvision's.

## What was asked for

Ratios of medians, but for the last; where a bar speaks of every network, the least of them decides.

${barsTable(bars)}

${chapters(rows, names)}`;
}
