// What this project asks of its own speed, each a ratio of medians of one run: reached or not, and by how far. A bar of
// which nothing was measured is left out; whatever it compares, both sides had the same network and batch.
import { median, three } from './statistics.mjs';
import { isMain } from './table.mjs';

const resultOf = (row, key) => row?.results.find(({ runner }) => runner === key);
const rateOf = (row, key) => resultOf(row, key)?.imagesPerSecond ?? null;
const fastest = (row, wanted) =>
  Math.max(0, ...(row?.results ?? []).filter(wanted).map((r) => r.imagesPerSecond ?? 0)) || null;
const label = ({ names, batch, threads }) => `${names[0]} ×${batch}, ${threads}t`;

/** [{what, ratio, most}], one for each row that has both sides; `most` is what the machine's limit would make of it. */
const ratios = (rows, above, below, most = (row) => limitOf(row) / below(row)) =>
  rows
    .map((row) => ({
      ...{ what: label(row), ratio: above(row) / below(row), sides: [above(row), below(row)] },
      most: most(row),
    }))
    .filter(({ sides }) => sides.every((side) => side > 0));

// Images a second at the limit, where that is one for everybody.
function limitOf({ dense, results, flop }) {
  const limit = Math.max(0, ...results.filter(isMain).map((result) => result.limitGflops ?? 0));
  return dense && limit > 0 ? (limit * 1e9) / flop : Infinity;
}

// Which networks nobody could have pass, because the limit itself would not.
function beyond(found, need) {
  const out = found.filter(({ most }) => most < need);
  if (out.length === 0) return '';
  const least = out.reduce((a, b) => (b.most < a.most ? b : a));
  const names = [...new Set(out.map(({ what }) => what))].join('; ');
  return `; the limit itself would not, ${least.most.toFixed(2)} in ${least.what}: ${names}`;
}

// A bar that every network has to pass: the least decides.
function everywhere(title, need, found) {
  if (found.length === 0) return [];
  const least = found.reduce((a, b) => (b.ratio < a.ratio ? b : a));
  const passed = found.filter(({ ratio }) => ratio >= need).length;
  const lowest = `least in ${least.what}: ${least.sides.map(three).join(' against ')}`;
  const detail = `${passed} of ${found.length} pass; ${lowest}${beyond(found, need)}`;
  return [{ title, need, reached: least.ratio, detail }];
}

/** The best that one side reached over its thread counts, and on how many. */
function bestOf(rows, rate) {
  const found = rows.map((row) => ({ rate: rate(row) ?? 0, threads: row.threads }));
  return found.reduce((a, b) => (b.rate > a.rate ? b : a), { rate: 0, threads: 0 });
}

// Training against PyTorch at its best number of threads, one network a bar.
function againstTorch(rows, { where, name, need, batch }) {
  const of = (place) =>
    rows.filter(
      (row) =>
        row.where === place && row.mode === 'train' && row.names.includes(name) && (!batch || row.batch === batch),
    );
  const [mine, theirs] = [bestOf(of(where), (row) => fastest(row, isMain)), bestOf(of('native'), torchOf)];
  if (mine.rate === 0 || theirs.rate === 0) return [];
  const detail = `${three(mine.rate)} images/s on ${mine.threads}t against ${three(theirs.rate)} on ${theirs.threads}t`;
  const place = where === 'native' ? 'Native' : 'Browser';
  const title = `${place} training of ${name}${batch ? ` at batch ${batch}` : ''} against native PyTorch at its best`;
  return [{ title, need, reached: mine.rate / theirs.rate, detail }];
}
const torchOf = (row) => rateOf(row, 'torch');

const trained = [
  ...['convnet', 'small-cnn', 'lesson'].map((name) => ({ where: 'browser', name, need: 1.2 })),
  ...['four-block', 'four-block-readme'].map((name) => ({ where: 'browser', name, need: 0.55 })),
  ...['convnet', 'small-cnn', 'lesson'].map((name) => ({ where: 'native', name, need: 2.5 })),
  ...['four-block', 'four-block-readme'].map((name) => ({ where: 'native', name, need: 1.4 })),
  { where: 'native', name: 'two-layer', batch: 256, need: 1.5 },
  { where: 'native', name: 'two-layer', batch: 1, need: 5 },
];

// The four-block net also has to come near the machine's limit in the browser.
function shareOfLimit(rows) {
  const found = rows
    .filter(({ where, mode, names }) => where === 'browser' && mode === 'train' && names[0].startsWith('four-block'))
    .flatMap((row) => row.results.filter((r) => isMain(r) && r.imagesPerSecond).map((result) => ({ row, result })));
  if (found.length === 0) return [];
  const { row, result } = found.reduce((a, b) => (b.result.percentOfLimit > a.result.percentOfLimit ? b : a));
  const detail = `${label(row)}, ${result.build}: ${three(result.gflops)} of ${three(result.limitGflops)} GFLOP/s`;
  const title = 'Browser training of the four-block net, part of the limit';
  return [{ title, need: 0.55, reached: result.percentOfLimit / 100, detail }];
}

// What the moments allowed in which a figure was measured. It is a median, and so is this.
const besideOf = (row, key) => (resultOf(row, key)?.limits?.length > 0 ? median(resultOf(row, key).limits) : NaN);

// The host of a virtual machine moves its processors about: to two cores behind one cache, where handing a step over
// takes some 0.2 µs; behind two caches, where that and all that one thread wrote for the other takes three times as long
// and more; or to one core. Only the first is what two threads are asked about. Nobody chooses, so those repetitions
// are looked at apart.
const near = 0.55; // µs: from 0.2 natively to 0.5 in Chromium behind one cache, from 0.7 behind two
const whole = 0.9; // of the limit that was seen on as many threads
function rateOfGoodMoments(row, key) {
  const { repetitions, limits, handOvers, limitGflops } = resultOf(row, key) ?? {};
  const good = repetitions?.filter((_, i) => limits[i] >= whole * limitGflops && handOvers[i] <= near) ?? [];
  return good.length > 0 ? median(good) : 0;
}

// Two threads against one of the same build, where there is enough to share.
const twice = 1.7;
function scaling(rows, where, kind, task) {
  const large = rows.filter((row) => row.where === where && row.kind === kind && row.flop > 5e6 && row.threads === 2);
  const single = (row) =>
    rows.find(
      (other) =>
        other.where === where &&
        other.threads === 1 &&
        other.names[0] === row.names[0] &&
        other.kind === kind &&
        other.batch === row.batch,
    );
  const build = where === 'native' ? 'pinwheel' : 'pinwheel-relaxed-threads';
  const place = where === 'native' ? 'natively' : 'in Chromium';
  const found = (rate) =>
    ratios(
      large,
      (row) => rate(row, build),
      (row) => rate(single(row), build),
      (row) => besideOf(row, build) / besideOf(single(row), build),
    );
  const title = `Two threads against one, ${task}, ${place}, every network above 5 MFLOP`;
  const [good] = everywhere(title, twice, found(rateOfGoodMoments));
  const apart = good
    ? `in moments with two whole cores behind one cache ${good.detail}`
    : 'there was no moment with two whole cores behind one cache';
  return everywhere(title, twice, found(rateOf)).map((bar) => ({ ...bar, detail: `${bar.detail}. Apart: ${apart}` }));
}

// The only one that is no ratio, and the only one that is to be low.
function firstVisit(visits) {
  if (!visits) return [];
  const { open, starting } = visits;
  const range = `${open.length} visits, ${three(Math.min(...open))} to ${three(Math.max(...open))} ms`;
  const detail = `${range}; in a browser that is itself just starting ${three(median(starting))} ms`;
  const title = 'Browser, from opening the page to the first answer, nothing cached, ms';
  return [{ title, need: 600, reached: median(open), low: true, detail }];
}

export function barsOf(rows, visits) {
  const of = (where, kind) => rows.filter((row) => row.where === where && row.kind === kind);
  const mine = (row) => fastest(row, isMain);
  const webPeer = (row) => fastest(row, (result) => !result.ours);
  const onnx = (row) => rateOf(row, 'onnxruntime');
  const trainer = (row) => rateOf(row, 'jax-js');
  const better = 'against the better of ONNX Runtime Web and TensorFlow.js, every network';
  const kinds = { 'infer-1': 'judging one', 'infer-32': 'judging 32', train: 'training' };
  return [
    ...everywhere(`Browser, judging 32, ${better}`, 2, ratios(of('browser', 'infer-32'), mine, webPeer)),
    ...everywhere(`Browser, judging one, ${better}`, 1.3, ratios(of('browser', 'infer-1'), mine, webPeer)),
    ...trained.flatMap((bar) => againstTorch(rows, bar)),
    ...shareOfLimit(rows),
    ...everywhere('Browser training against another trainer there', 100, ratios(of('browser', 'train'), mine, trainer)),
    ...everywhere(
      'Native, judging 32, against ONNX Runtime, every network',
      1,
      ratios(of('native', 'infer-32'), mine, onnx),
    ),
    ...everywhere(
      'Native, judging one, against ONNX Runtime, every network',
      1,
      ratios(of('native', 'infer-1'), mine, onnx),
    ),
    ...['native', 'browser'].flatMap((where) =>
      Object.entries(kinds).flatMap(([kind, title]) => scaling(rows, where, kind, title)),
    ),
    ...firstVisit(visits),
  ];
}
