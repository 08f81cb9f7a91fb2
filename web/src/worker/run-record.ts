// What is written down of a run: when it begins, and inside the model that comes of it.
import { type Requests, type RunRecord } from '../engine/protocol';
import type { Held } from './held';
import { freshId } from './ids';
import { opened } from './module';

export function newRecord({ recipe, name }: Requests['train'], entry: Held): RunRecord {
  const { name: recipeName = 'network' } = JSON.parse(recipe) as { name?: string };
  const { count, outputs } = opened(entry.set.summary());
  return {
    run: `run-${freshId().slice(0, 8)}`,
    name,
    notes: '',
    startedAt: Date.now(),
    endedAt: null,
    savedAt: Date.now(),
    state: 'running',
    recipeName,
    recipe,
    data: { name: entry.name, count, outputs },
    parts: { train: 0, validation: 0, test: 0 },
    step: 0,
    totalSteps: 0,
    seconds: 0,
    losses: [],
    history: [],
    test: null,
    weightsHash: null,
    hasModel: false,
  };
}

/** Shown, never interpreted; `recipe` and `split` make it possible to judge it on the same galaxies again. */
export function trainingRecord(record: RunRecord, epochs: number) {
  const { recipe, recipeName, data, parts, seconds, weightsHash, test } = record;
  const parsed = JSON.parse(recipe) as { split?: unknown };
  const sizes = [parts.train, parts.validation, parts.test];
  return {
    preset: recipeName,
    data: [data.name],
    galaxies: data.count,
    split: parsed.split,
    split_sizes: sizes,
    epochs,
    seconds: Math.round(seconds),
    weights_hash: weightsHash,
    recipe: parsed,
    ...(test ? { test } : {}),
  };
}
