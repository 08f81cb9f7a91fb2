// The requests about training. One run at a time is in this worker's hands: going, paused, or ended and still there to be
// judged and used.
import {
  EngineError,
  type Interrupted,
  type Requests,
  type Responses,
  type RunRecord,
  type TrainingEnd,
} from '../engine/protocol';
import { prepared } from './changing';
import { drop, find, hold, shared, type Held } from './held';
import type { Job } from './job';
import { checkpoints, records } from './keep';
import { runsElsewhere, takeRun, takeTraining } from './locks';
import { opened, running } from './module';
import { Pace } from './pace';
import { Run } from './run';
import { newRecord } from './run-record';

let current: Run | null = null;
let active: Promise<unknown> | null = null; // settles when nobody trains any more

export function currentRun(run: string): Run | null {
  return current?.id === run ? current : null;
}

const busyHere = new EngineError('busy', 'A training goes on already: pause or stop it first.');
const busyElsewhere = new EngineError('busy', 'Pinwheel trains in another tab: go on there, or pause it first.');

/** Waits until the browser keeps what a run was paused or ended with. */
export async function settled(): Promise<void> {
  if (current?.saving) await active;
}

/** Holds the browser's lock on training while `work` goes on; in here only one goes on at a time. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  await settled();
  if (active) throw busyHere;
  const locked = async () => {
    const release = await takeTraining();
    if (!release) throw busyElsewhere;
    return work().finally(release);
  };
  const going = locked();
  active = going.catch(() => undefined);
  return going.finally(() => (active = null));
}

/** The run owns `entry`, also when it cannot begin. */
async function make(record: RunRecord, entry: Held, snapshot: Blob | null): Promise<Run> {
  const { module, pool } = running();
  const release = await takeRun(record.run);
  if (!release) {
    drop(entry.id);
    throw busyElsewhere;
  }
  const training = new module.Training(pool);
  try {
    let plan = opened(training.begin(entry.set, record.recipe, record.name));
    if (snapshot) plan = opened(training.restore(new Uint8Array(await snapshot.arrayBuffer())));
    Object.assign(record, { parts: plan.parts, totalSteps: plan.totalSteps });
    return new Run(record, training, entry, plan, release);
  } catch (error) {
    training.delete();
    drop(entry.id);
    release();
    throw error;
  }
}

function replaceCurrent(run: Run): void {
  current?.close();
  current = run;
}

async function going(run: Run, job: Pick<Job<'train'>, 'cancelled' | 'progress'>): Promise<TrainingEnd> {
  return run.go((event) => {
    job.progress(event);
    if (job.cancelled()) run.ask('pause');
  });
}

export const train = (request: Requests['train'], job: Job<'train'>): Promise<TrainingEnd> =>
  alone(async () => {
    const entry = find(request.data);
    const told = {
      cancelled: job.cancelled,
      progress: (p: object) => job.progress({ at: 'preparing', ...p } as never),
    };
    const store = await prepared(entry, request.recipe, request.limits, told);
    const run = await make(newRecord(request, store), store === entry ? shared(entry) : store, null);
    replaceCurrent(run);
    await run.saveFirst(job.progress);
    return going(run, job);
  });

async function restored(id: string, job: Job<'resume'>): Promise<Run> {
  const [record, snapshot] = [await records.find(id), await checkpoints.find(id)];
  if (!record || !snapshot) throw new EngineError('not_found', 'Nothing was kept of this run: start it again.');
  const pace = new Pace();
  const set = await checkpoints.loadData(id, (done, total) => {
    pace.mark(done);
    job.progress({ at: 'preparing', phase: 'reading', done, total, secondsLeft: pace.secondsLeft(total) });
  });
  const run = await make(record, hold(record.data.name, set, { from: 'stored' }), snapshot);
  replaceCurrent(run);
  return run;
}

export const resume = ({ run: id }: Requests['resume'], job: Job<'resume'>): Promise<TrainingEnd> =>
  alone(async () => {
    const here = currentRun(id);
    if (here?.over) throw new EngineError('invalid_argument', 'This training is over.');
    return going(here ?? (await restored(id, job)), job);
  });

function unfinished(): Run {
  if (!current || current.over) throw new EngineError('invalid_argument', 'No training goes on.');
  return current;
}

/** Answers when the weights stand still; whoever waits for `train` hears when they are saved, too. */
export async function pause(): Promise<Responses['pause']> {
  const run = unfinished();
  const { going } = run;
  run.ask('pause');
  if (going) await run.still;
  if (run.over || !run.saving) await active; // it came to its end instead
  return { step: run.step };
}

export async function keepNow(): Promise<null> {
  await current?.keepNow();
  return null;
}

export async function singleStep(): Promise<Responses['singleStep']> {
  if (!current || current.over || current.going) {
    throw new EngineError('invalid_argument', 'Pause a training first; then it can go step by step.');
  }
  return Promise.resolve(current.singleStep());
}

/** Answers as `pause` does; the model is kept after that. */
export async function stop(): Promise<TrainingEnd> {
  const run = unfinished();
  const { going } = run;
  run.ask('stop');
  await (going ? run.still : active);
  return run.ending ?? run.end('stopped');
}

export async function interrupted(): Promise<Interrupted[]> {
  const elsewhere = await runsElsewhere(current?.id ?? null);
  const found: Interrupted[] = [];
  for (const record of await records.all()) {
    if (record.state === 'finished' || record.state === 'stopped' || record.run === current?.id) continue;
    const snapshot = await checkpoints.find(record.run);
    if (!snapshot) continue;
    const { run, name, recipeName, step, totalSteps, savedAt } = record;
    const rest = { dataName: record.data.name, count: record.data.count, elsewhere: elsewhere.has(run) };
    found.push({ run, name, recipeName, step, totalSteps, savedAt, ...rest });
  }
  return found;
}

export async function abandon({ run }: Requests['abandon']): Promise<null> {
  if ((await runsElsewhere(current?.id ?? null)).has(run)) throw busyElsewhere;
  if (currentRun(run)) {
    await settled();
    current?.close();
    current = null;
  }
  await checkpoints.forget(run);
  const record = await records.find(run);
  if (record) await records.save({ ...record, state: 'interrupted' });
  return null;
}
