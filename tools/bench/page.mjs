// The table as text: Markdown, which a terminal shows as well.
import { kinds } from './plan.mjs';
import { geometricMean, three } from './statistics.mjs';

const places = { native: 'Native' };

const line = (cells) => `| ${cells.join(' | ')} |`;
const rateOf = (result) => (result?.imagesPerSecond ? three(result.imagesPerSecond) : '–');
const ratioText = (ratio) => (ratio === null ? '–' : `${ratio.toFixed(2)}×`);

// The columns: ours in full, of everybody else the images a second.
function columnsOf(rows) {
  const seen = new Map();
  for (const { results } of rows) for (const { runner, title, ours } of results) seen.set(runner, { title, ours });
  return [...seen].map(([key, column]) => ({ key, ...column }));
}

function oursInFull(result) {
  if (!result?.imagesPerSecond) return ['–', '', '', '', ''];
  const memory = result.peakMemoryBytes ? `${three(result.peakMemoryBytes / 1e6)} MB` : '';
  const { spread, gflops, percentOfLimit } = result;
  return [rateOf(result), `${(100 * spread).toFixed(0)} %`, three(gflops), `${percentOfLimit.toFixed(0)} %`, memory];
}
const oursTitles = (title) => [`${title}, images/s`, 'spread', 'GFLOP/s', 'of limit', 'memory'];

function table(rows) {
  const columns = columnsOf(rows);
  const head = ['network', 'batch', 'threads'];
  for (const { title, ours } of columns) head.push(...(ours ? oursTitles(title) : [title]));
  head.push('against the better peer');
  const body = rows.map(({ name, batch, threads, results, ratio }) => {
    const find = (key) => results.find((result) => result.runner === key);
    const figures = columns.flatMap(({ key, ours }) => (ours ? oursInFull(find(key)) : [rateOf(find(key))]));
    return line([name, batch, threads, ...figures, ratioText(ratio)]);
  });
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...body].join('\n');
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

function chapter(place, all, names) {
  const rows = all.filter((row) => row.where === place);
  if (rows.length === 0) return '';
  const threads = [...new Set(rows.map((row) => row.threads))];
  const parts = kinds.map(({ key, title }) => ({ title, rows: rows.filter((row) => row.kind === key) }));
  const limits = threads.map((count) => {
    const { limitGflops } = rows.find((row) => row.threads === count);
    return `${three(limitGflops)} GFLOP/s on ${count} ${count === 1 ? 'thread' : 'threads'}`;
  });
  const text = [`## ${places[place]}`, '', `Limit: ${limits.join(', ')}.`, ''];
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
