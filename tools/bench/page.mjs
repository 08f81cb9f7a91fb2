// The table as text: Markdown, which a terminal shows as well.
import { kinds } from './plan.mjs';
import { geometricMean, three } from './statistics.mjs';

const places = { native: 'Native', browser: 'In Chromium' };

const line = (cells) => `| ${cells.join(' | ')} |`;
const rateOf = (result) => (result?.imagesPerSecond ? three(result.imagesPerSecond) : '–');
const ratioText = (ratio) => (ratio === null ? '–' : `${ratio.toFixed(2)}×`);

const peersOf = (rows) =>
  new Map(rows.flatMap(({ results }) => results.filter((r) => !r.ours).map(({ runner, title }) => [runner, title])));

function oursInFull({ spread, gflops, percentOfLimit, peakMemoryBytes, ...result }) {
  const memory = `${three(peakMemoryBytes / 1e6)} MB`;
  const share = (value) => `${value.toFixed(0)} %`;
  return [rateOf(result), share(100 * spread), three(gflops), share(percentOfLimit), memory];
}

// A line for each of our builds that ran, with everybody else's images a second.
function linesOf({ name, batch, threads, results }, peers) {
  const others = [...peers.keys()].map((key) => rateOf(results.find(({ runner }) => runner === key)));
  const builds = results.filter((result) => result.ours && result.imagesPerSecond > 0);
  return builds
    .map((ours) => [name, batch, threads, ours.build ?? ours.instructionSet, ...oursInFull(ours), ...others])
    .map((cells, i) => line(peers.size > 0 ? [...cells, ratioText(builds[i].ratio)] : cells));
}

function table(rows) {
  const peers = peersOf(rows);
  const ours = ['Pinwheel, images/s', 'spread', 'GFLOP/s', 'of limit', 'memory'];
  const head = ['network', 'batch', 'threads', 'build', ...ours, ...peers.values()];
  if (peers.size > 0) head.push('against the better');
  const rule = head.map((_, i) => (i === 0 || i === 3 ? '---' : '--:'));
  const body = rows.flatMap((row) => linesOf(row, peers));
  const text = [line(head), line(rule), ...body];
  return text.join('\n');
}

// "Training, 1 thread: 1.4 times the better peer in the geometric mean, least 0.8 (densenet121-64)."
function summary(rows, title, threads) {
  const compared = rows.filter((row) => row.ratio !== null && row.threads === threads);
  if (compared.length === 0) return [];
  const least = compared.reduce((a, b) => (b.ratio < a.ratio ? b : a));
  const slower = compared.filter((row) => row.ratio < 1).length;
  const mean = geometricMean(compared.map((row) => row.ratio)).toFixed(2);
  return [
    `- ${title}, ${threads} ${threads === 1 ? 'thread' : 'threads'}: ${mean} times the better peer in the geometric mean ` +
      `of ${compared.length} networks; least ${least.ratio.toFixed(2)} (${least.name}); slower in ${slower}.`,
  ];
}

function failures(rows) {
  const said = new Set();
  for (const { results, name, kind } of rows) {
    for (const { title, failed } of results) if (failed) said.add(`- ${title}, ${name} (${kind}): ${failed}`);
  }
  return said.size > 0 ? [`\nWhat did not run:\n`, ...said] : [];
}

const sorted = (rows, names) =>
  [...rows].sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name) || a.threads - b.threads);

// "278 GFLOP/s on 1 thread (avx512), …"
function limitsOf(rows) {
  const seen = new Map();
  for (const { threads, results } of rows) {
    for (const { instructionSet, limitGflops } of results.filter((result) => result.instructionSet)) {
      seen.set(`on ${threads} ${threads === 1 ? 'thread' : 'threads'} (${instructionSet})`, limitGflops);
    }
  }
  return [...seen].map(([where, limit]) => `${three(limit)} GFLOP/s ${where}`).join(', ');
}

function chapter(place, all, names) {
  const rows = all.filter((row) => row.where === place);
  if (rows.length === 0) return '';
  const threads = [...new Set(rows.map((row) => row.threads))];
  const parts = kinds.map(({ key, title }) => ({ title, rows: rows.filter((row) => row.kind === key) }));
  const text = [`## ${places[place]}`, '', `Limit: ${limitsOf(rows)}.`, ''];
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

export function page(rows, names, about) {
  return `# How fast Pinwheel is, and beside whom

Written by \`./dev bench\` on ${about.date}, on ${about.machine}. ${about.repetitions} repetitions of ${about.seconds} s, taken in turns; figures are medians, the spread is (most − least) / median. Measured beside: ${about.versions.join(', ') || 'nobody, because no peer is installed'}.

Training is forward, backward and update on random pictures, with the loss, optimiser and batch (at most 64) of the preset; a preset with a frozen body trains its last layer. GFLOP/s count the multiply-adds of convolutions and dense layers alone. The limit is what the same threads reach in multiply-adds that touch no memory, measured in the same run. Networks ending in a size are torchvision's.

${chapters(rows, names)}`;
}
