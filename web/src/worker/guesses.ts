// A few galaxies as the network of this moment sees them, always the same ones: what flickers from wrong to right.
import type { Training } from '../engine/pinwheel';
import type { Guess } from '../engine/protocol';
import { opened } from './module';

const many = 12;

export function guessesOf(training: Training, outputs: number): Guess[] {
  const { examples, truth, predictions } = opened(training.guesses(many));
  return [...examples].map((example, i) => {
    const row = (all: Float32Array<ArrayBuffer>) => all.slice(i * outputs, (i + 1) * outputs);
    const [t, p] = [row(truth), row(predictions)];
    return { example, truth: t, prediction: p, right: favourite(t) === favourite(p) };
  });
}

function favourite(row: Float32Array<ArrayBuffer>): number {
  // Of the tree the first question decides: its answers are the first three columns.
  const end = row.length === 37 ? 3 : row.length;
  let best = 0;
  for (let i = 1; i < end; i += 1) if ((row[i] ?? 0) > (row[best] ?? 0)) best = i;
  return best;
}
