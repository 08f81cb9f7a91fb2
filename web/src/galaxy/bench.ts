// What is to be measured, from what a person chose or an address says:
// ?bench=lesson&mode=infer&batch=1&threads=2&seconds=0.5&repetitions=3, every part of it optional.
import type { BenchFigures, BenchMode, BenchPace, BenchSubject, BenchTask } from '../engine/protocol';
import { mostThreads } from '../engine/threads';

export interface BenchChoice {
  what: string; // a group's or a network's name
  mode: BenchMode | 'both';
  batch: number | 'usual'; // judging by one and by 32, training as the preset does
  threads: number | 'each';
}
export interface BenchRow extends BenchTask {
  figures: BenchFigures | null;
  message: string; // why there are no figures
}

export const groups: readonly { name: string; words: string }[] = [
  { name: 'few', words: 'a few small networks' },
  { name: 'presets', words: 'every preset' },
  { name: 'all', words: 'everything, for an hour' },
];
const few = ['first-light', 'convnet', 'lesson', 'galaxy-resnet'];
const isLarge = (name: string) => /-\d+$/.test(name); // torchvision's, named after their size

export function chosen(subjects: BenchSubject[], what: string): BenchSubject[] {
  if (what === 'all') return subjects;
  if (what === 'presets') return subjects.filter(({ name }) => !isLarge(name));
  if (what === 'few') return subjects.filter(({ name }) => few.includes(name));
  return subjects.filter(({ name }) => name === what);
}

function batches(subject: BenchSubject, mode: BenchMode, batch: BenchChoice['batch']): number[] {
  if (batch !== 'usual') return [batch];
  return mode === 'train' ? [subject.trainingBatch] : [1, 32];
}

export const threadCounts = (most: number) => [1, 2, 4, 8, 16].filter((count) => count <= most);

export function plan(subjects: BenchSubject[], choice: BenchChoice, mostThreads: number): BenchTask[] {
  const modes: BenchMode[] = choice.mode === 'both' ? ['infer', 'train'] : [choice.mode];
  const threads = choice.threads === 'each' ? threadCounts(mostThreads) : [Math.min(choice.threads, mostThreads)];
  return chosen(subjects, choice.what).flatMap((subject) =>
    modes.flatMap((mode) =>
      batches(subject, mode, choice.batch).flatMap((batch) =>
        threads.map((count) => ({ name: subject.name, mode, batch, threads: count })),
      ),
    ),
  );
}

export function parseBench(search: string): (BenchChoice & BenchPace) | null {
  const given = new URLSearchParams(search);
  const what = given.get('bench');
  if (what === null) return null;
  const number = (name: string, least: number, most: number) => {
    const value = Number(given.get(name) ?? NaN);
    return value >= least && value <= most ? value : null;
  };
  const whole = (name: string, most: number) => {
    const value = number(name, 1, most);
    return value !== null && Number.isInteger(value) ? value : null;
  };
  const mode = given.get('mode');
  return {
    what: what || 'few',
    mode: mode === 'train' || mode === 'infer' ? mode : 'both',
    batch: whole('batch', 4096) ?? 'usual',
    threads: whole('threads', mostThreads) ?? 'each',
    seconds: number('seconds', 0, 60) ?? 0.5,
    repetitions: whole('repetitions', 100) ?? 3,
  };
}

/** What is copied: everything that a reader needs to judge the figures. */
export function toJson(rows: BenchRow[], about: { engine: string; browser: string; processors: number }): string {
  const measurements = rows.map(({ figures, message, ...task }) => ({ ...task, ...(figures ?? { failed: message }) }));
  return JSON.stringify({ ...about, measurements }, null, 1);
}

/** Three significant digits: figures of speed are compared, not recited. */
export const three = (value: number): string =>
  value >= 100
    ? Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 0 })
    : value.toLocaleString('en', { maximumSignificantDigits: 3, minimumSignificantDigits: 3 });
