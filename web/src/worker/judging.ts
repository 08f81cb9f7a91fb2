// Figures that need no network: from what was said of each galaxy to bars, bins and sentences. Pure functions.
import type { ClassFigures, Prediction, ReliabilityBin } from '../engine/protocol';

const bins = 10;
const shown = 12;
const ratio = (part: number, whole: number) => (whole > 0 ? part / whole : null);

function largest(row: Float32Array, end: number): number {
  let best = 0;
  for (let i = 1; i < end; i += 1) if ((row[i] ?? 0) > (row[best] ?? 0)) best = i;
  return best;
}

/** `width` outputs a row, of which the first `choices` decide: all classes, or the answers to the tree's first question. */
export function predictionsOf(
  examples: Int32Array,
  truth: Float32Array,
  said: Float32Array,
  width: number,
  choices: number,
): Prediction[] {
  return [...examples].map((example, i) => {
    const [t, p] = [truth.subarray(i * width, i * width + choices), said.subarray(i * width, i * width + choices)];
    const [right, guess] = [largest(t, choices), largest(p, choices)];
    return { example, truth: right, guess, sure: p[guess] ?? 0, ofTruth: p[right] ?? 0 };
  });
}

export function classFigures(names: readonly string[], predictions: readonly Prediction[]): ClassFigures[] {
  return names.map((name, c) => {
    const count = predictions.filter((p) => p.truth === c).length;
    const guessed = predictions.filter((p) => p.guess === c).length;
    const hits = predictions.filter((p) => p.guess === c && p.truth === c).length;
    return { name, count, precision: ratio(hits, guessed), recall: ratio(hits, count) };
  });
}

export function reliability(predictions: readonly Prediction[]): ReliabilityBin[] {
  return Array.from({ length: bins }, (_, b) => {
    const inside = predictions.filter((p) => Math.min(bins - 1, Math.floor(p.sure * bins)) === b);
    const sum = inside.reduce((total, p) => total + p.sure, 0);
    const right = inside.filter((p) => p.guess === p.truth).length;
    const count = inside.length;
    return { from: b / bins, to: (b + 1) / bins, count, said: ratio(sum, count) ?? 0, right: ratio(right, count) ?? 0 };
  });
}

/** Guo et al. 2017: the mean gap between what was said and what was right, weighted by how often it was said. */
export function calibrationError(found: readonly ReliabilityBin[]): number | null {
  const all = found.reduce((total, bin) => total + bin.count, 0);
  return ratio(
    found.reduce((total, bin) => total + bin.count * Math.abs(bin.said - bin.right), 0),
    all,
  );
}

/** Places in `predictions`: the surest that are right, and the surest that are wrong. */
export function extremes(predictions: readonly Prediction[]): { best: number[]; worst: number[] } {
  const places = predictions.map((_, i) => i);
  const surest = (wanted: boolean) =>
    places
      .filter((i) => (predictions[i]?.guess === predictions[i]?.truth) === wanted)
      .sort((a, b) => (predictions[b]?.sure ?? 0) - (predictions[a]?.sure ?? 0))
      .slice(0, shown);
  return { best: surest(true), worst: surest(false) };
}

const plain = (name: string) => name.replaceAll('_', ' ');
const per = (part: number | null) => `${String(Math.round(100 * (part ?? 0)))}`;

/** What the network learned and where it fails, in words. */
export function inWords(names: readonly string[], predictions: readonly Prediction[]): string {
  const count = predictions.length;
  if (count === 0) return 'There are no galaxies in this part to judge it by.';
  const right = predictions.filter((p) => p.guess === p.truth).length;
  const opening = `It is right about ${String(right)} of ${String(count)} galaxies that it never saw (${per(right / count)} %).`;
  const figures = classFigures(names, predictions).filter((one) => one.count > 0);
  const ranked = [...figures].sort((a, b) => (b.recall ?? 0) - (a.recall ?? 0));
  const [top, bottom] = [ranked[0], ranked.at(-1)];
  if (!top || !bottom || ranked.length < 2 || right === count) return opening;
  const c = names.indexOf(bottom.name);
  const taken = names
    .map((name, i) => ({ name, n: predictions.filter((p) => p.truth === c && p.guess === i && i !== c).length }))
    .sort((a, b) => b.n - a.n)[0];
  const knows = `It knows "${plain(top.name)}" best (${per(top.recall)} of 100)`;
  const fails = `and fails most at "${plain(bottom.name)}" (${per(bottom.recall)} of 100)`;
  const mostly = taken && taken.n > 0 ? `, which it most often takes for "${plain(taken.name)}"` : '';
  return `${opening} ${knows} ${fails}${mostly}.`;
}
