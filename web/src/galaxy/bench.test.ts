import { describe, expect, it } from 'vitest';
import { chosen, parseBench, plan, three, toJson, type BenchRow } from './bench';

const subject = (name: string, trainingBatch: number) => ({
  name,
  input: '64x64x3',
  parameters: 1,
  trainingBatch,
  judgingMflop: 1,
  trainingMflop: 3,
});
const subjects = [subject('first-light', 16), subject('resnet50', 64), subject('resnet50-224', 4)];

describe('what is measured', () => {
  it('comes in groups or alone', () => {
    const names = (what: string) => chosen(subjects, what).map(({ name }) => name);
    expect(names('all')).toHaveLength(3);
    expect(names('presets')).toEqual(['first-light', 'resnet50']);
    expect(names('few')).toEqual(['first-light']);
    expect(names('resnet50-224')).toEqual(['resnet50-224']);
    expect(names('nothing')).toEqual([]);
  });

  it('judges one and 32, and trains as the preset does, on each number of threads', () => {
    const tasks = plan(subjects, { what: 'first-light', mode: 'both', batch: 'usual', threads: 'each' }, 2);
    expect(tasks.map(({ mode, batch, threads }) => `${mode} ${String(batch)} ${String(threads)}`)).toEqual([
      ...['infer 1 1', 'infer 1 2', 'infer 32 1', 'infer 32 2'],
      ...['train 16 1', 'train 16 2'],
    ]);
  });

  it('never takes more threads than there are', () => {
    const [task] = plan(subjects, { what: 'resnet50', mode: 'train', batch: 8, threads: 16 }, 2);
    expect(task).toEqual({ name: 'resnet50', mode: 'train', batch: 8, threads: 2 });
  });
});

describe('the address', () => {
  it('says nothing, a little or everything', () => {
    expect(parseBench('?galaxy=spiral:3')).toBeNull();
    expect(parseBench('?bench')).toMatchObject({ what: 'few', mode: 'both', batch: 'usual', threads: 'each' });
    expect(parseBench('?bench=lesson&mode=infer&batch=5&threads=2&seconds=0.2&repetitions=1')).toEqual({
      ...{ what: 'lesson', mode: 'infer', batch: 5, threads: 2, seconds: 0.2, repetitions: 1 },
    });
  });

  it('does not follow nonsense', () => {
    const nonsense = parseBench('?bench&mode=fly&batch=-3&threads=1.5&seconds=x&repetitions=0');
    expect(nonsense).toEqual(parseBench('?bench'));
  });
});

describe('the figures', () => {
  it('are copied with what failed', () => {
    const row: BenchRow = { name: 'a', mode: 'train', batch: 2, threads: 1, figures: null, message: 'no memory' };
    const about = { engine: 'simd', browser: 'x', processors: 2 };
    expect(JSON.parse(toJson([row], about))).toEqual({
      ...about,
      measurements: [{ name: 'a', mode: 'train', batch: 2, threads: 1, failed: 'no memory' }],
    });
  });

  it('have three digits', () => {
    expect([0.0123, 3.456, 56.14, 1234.5, 0].map(three)).toEqual(['0.0123', '3.46', '56.1', '1,230', '0.00']);
  });
});
