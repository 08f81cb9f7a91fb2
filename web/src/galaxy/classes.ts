// Galaxies by class: which places of a data set belong to which, and who is how many.
import type { DataSummary } from '../engine/protocol';

export interface Sort {
  name: string | null; // null: all of them, where there are no classes
  places: number[];
}

export function bySort(data: Pick<DataSummary, 'labels' | 'outputs' | 'count'>): Sort[] {
  const { labels } = data;
  if (!labels) return [{ name: null, places: Array.from({ length: data.count }, (_, i) => i) }];
  const sorts: Sort[] = data.outputs.map((name) => ({ name, places: [] }));
  labels.forEach((label, place) => sorts[label]?.places.push(place));
  return sorts;
}

/** A name for one more class that nobody has yet. */
export function freshName(taken: readonly string[]): string {
  for (let n = taken.length + 1; ; n += 1) {
    const name = `Class ${String(n)}`;
    if (!taken.includes(name)) return name;
  }
}
