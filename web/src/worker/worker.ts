// The worker: the only place that touches the WebAssembly module. It takes requests one after another, in the order in
// which they came, but for the long ones, which give way to others; each is answered exactly once.
import type { Kind, Requests, Responses, ToWorker } from '../engine/protocol';
import { unpack } from './archive';
import { changeData } from './changing';
import { closeData, describeData, thumbnails } from './held';
import { openClasses, openFiles, renderSky } from './opening';
import { explain } from './explaining';
import { original, stages, views } from './looking';
import { classify, load, render } from './module';
import { checkRecipe, memory, recipe, recipes, timeEpoch } from './recipes';
import { evaluate, history, modelFile, noteRun, deleteRun } from './results';
import { deleteModel, renameModel, shelf, shelve, useModel } from './results';
import { abandon, interrupted, pause, resume, singleStep, stop, train } from './training';
import { asFailure, type Job } from './job';

declare const self: DedicatedWorkerGlobalScope;

const handlers: { [K in Kind]: (request: Requests[K], job: Job<K>) => Promise<Responses[K]> } = {
  load,
  classify,
  explain,
  render,
  unpack,
  ...{ openFiles, openClasses, renderSky, changeData, describeData, thumbnails, closeData },
  ...{ original, stages, views, memory },
  ...{ recipes, recipe, checkRecipe, timeEpoch },
  ...{ train, resume, pause, singleStep, stop, interrupted, abandon },
  ...{ evaluate, useModel, modelFile, shelf, shelve, renameModel, deleteModel, history, noteRun, deleteRun },
};

// These give way between slices of work (turn.ts): others are answered while they go on. They begin when everything that
// was asked before them is answered.
const beside: ReadonlySet<Kind> = new Set<Kind>([
  ...(['openFiles', 'openClasses', 'renderSky', 'unpack', 'explain'] as const),
  ...(['train', 'resume', 'timeEpoch', 'evaluate'] as const),
]);

const cancelled = new Set<number>();
let last: Promise<void> = Promise.resolve();

async function answer(message: Exclude<ToWorker, { kind: 'cancel' }>): Promise<void> {
  const { id, kind, request } = message;
  const job: Job = {
    cancelled: () => cancelled.has(id),
    progress: (part) => self.postMessage({ id, progress: part }),
  };
  if (cancelled.delete(id)) return;
  try {
    const handle = handlers[kind] as (request: unknown, job: Job) => Promise<Responses[Kind]>;
    self.postMessage({ id, value: await handle(request, job) });
  } catch (error) {
    self.postMessage({ id, error: asFailure(error) });
  }
  cancelled.delete(id);
}

self.onmessage = (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  if (message.kind === 'cancel') cancelled.add(message.id);
  else if (beside.has(message.kind)) void last.then(() => answer(message));
  else last = last.then(() => answer(message));
};
