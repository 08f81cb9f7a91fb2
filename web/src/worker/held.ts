// The data sets of this worker, by id. Each remembers where its galaxies came from, so that they can be read again at the
// size that a network wants; what lies in the engine's memory is the 8-bit store and nothing else.
import type { DataSet } from '../engine/pinwheel';
import {
  EngineError,
  type DataId,
  type DataSummary,
  type NamedFile,
  type OpenOptions,
  type Problem,
  type Requests,
  type Responses,
  type SkySpec,
} from '../engine/protocol';
import { opened, running } from './module';

/** Where galaxies come from. `stored`: from the browser's keep, as they are. */
export interface FromFiles {
  from: 'files' | 'classes';
  files: NamedFile[];
  options: OpenOptions;
}
export type Origin = FromFiles | { from: 'rendered'; sky: SkySpec } | { from: 'stored' };

export interface Held {
  id: DataId;
  name: string;
  set: DataSet;
  origin: Origin;
  problems: Problem[];
  problemCount: number;
}

const held = new Map<DataId, Held>();
let nextId = 1;

export function hold(
  name: string,
  set: DataSet,
  origin: Origin,
  problems: Problem[] = [],
  problemCount = problems.length,
): Held {
  const entry = { id: `data-${String(nextId++)}`, name, set, origin, problems, problemCount };
  held.set(entry.id, entry);
  return entry;
}

export function find(id: DataId): Held {
  const entry = held.get(id);
  if (!entry) throw new EngineError('not_found', 'These galaxies are not open any more: open them again.');
  return entry;
}

export function drop(id: DataId): void {
  held.get(id)?.set.delete();
  held.delete(id);
}

/** The same galaxies by another id, for a run: whatever becomes of `entry` later, the run goes on with what it began. */
export function shared(entry: Held): Held {
  const set = new (running().module.DataSet)();
  set.share(entry.set);
  return hold(entry.name, set, { ...entry.origin }, entry.problems, entry.problemCount);
}

export function summaryOf({ id, name, set, origin, problems, problemCount }: Held): DataSummary {
  const summary = opened(set.summary());
  return { ...summary, id, name, problems, problemCount, origin: origin.from, editable: summary.labels !== null };
}

export const describeData = async ({ data }: Requests['describeData']) => Promise.resolve(summaryOf(find(data)));

export const thumbnails = async ({ data, examples }: Requests['thumbnails']): Promise<Responses['thumbnails']> =>
  Promise.resolve(opened(find(data).set.thumbnails(Int32Array.from(examples))));

export async function closeData({ data }: Requests['closeData']): Promise<null> {
  drop(data);
  return Promise.resolve(null);
}
