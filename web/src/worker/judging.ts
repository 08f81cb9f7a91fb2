// From what was said of each galaxy, and the core's figures, to who is shown and in which words. Pure functions.
import type { ClassFigures, Prediction } from '../engine/protocol';
import { percent } from '../galaxy/words';

const shown = 12;

/** What core/train/assessment says of classes. */
export interface Figures {
  confusion: number[][];
  recall: (number | null)[];
  precision: (number | null)[];
}

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

const sum = (row: readonly number[]) => row.reduce((all, many) => all + many, 0);

/** Class by class; `confusion` is [truth][guess]. */
export function classesOf(names: readonly string[], figures: Figures): ClassFigures[] {
  return names.map((name, c) => ({
    name,
    count: sum(figures.confusion[c] ?? []),
    recall: figures.recall[c] ?? null,
    precision: figures.precision[c] ?? null,
  }));
}

/** What the network learned and where it fails, in words. */
export function inWords(names: readonly string[], figures: Figures): string {
  const { confusion } = figures;
  const count = sum(confusion.map(sum));
  if (count === 0) return 'There are no galaxies in this part to judge it by.';
  const right = sum(confusion.map((row, c) => row[c] ?? 0));
  const opening = `It is right about ${String(right)} of ${String(count)} galaxies that it never saw (${percent(right / count)}).`;
  const ranked = classesOf(names, figures)
    .filter((one) => one.count > 0)
    .sort((a, b) => (b.recall ?? 0) - (a.recall ?? 0));
  const [top, bottom] = [ranked[0], ranked.at(-1)];
  if (!top || !bottom || ranked.length < 2 || right === count) return opening;
  const c = names.indexOf(bottom.name);
  const taken = names
    .map((name, i) => ({ name, n: i === c ? 0 : (confusion[c]?.[i] ?? 0) }))
    .sort((a, b) => b.n - a.n)[0];
  const found = (name: string) => {
    const at = names.indexOf(name);
    return `${String(confusion[at]?.[at] ?? 0)} of ${String(sum(confusion[at] ?? []))}`;
  };
  const knows = `It knows “${plain(top.name)}” best (${found(top.name)})`;
  const fails = `and fails most at “${plain(bottom.name)}” (${found(bottom.name)})`;
  const mostly = taken && taken.n > 0 ? `, which it most often takes for “${plain(taken.name)}”` : '';
  return `${opening} ${knows} ${fails}${mostly}.`;
}
