// The worker: the only place that touches the WebAssembly module. It takes requests one after another, in the order in
// which they came, but for the long ones, which give way to others; each is answered exactly once.
import { EngineError, type Kind, type Responses, type ToWorker } from '../engine/protocol';
import { classify, load, prepare, reached, readAhead, render, start } from './module';
import { asFailure, type Handlers, type Job } from './job';

declare const self: DedicatedWorkerGlobalScope;

// Looking is all that a first visit needs; the other rooms come when somebody first enters one.
const looking = { prepare, start, load, classify, render } satisfies Partial<Handlers>;

async function handlerOf(kind: Kind): Promise<(request: unknown, job: Job) => Promise<Responses[Kind]>> {
  const others = async () => {
    const { handlers } = await import('./rooms').catch(() => {
      throw new EngineError('not_found', 'A part of the page could not be fetched: check the connection, then reload.');
    });
    return handlers;
  };
  const handlers = kind in looking ? looking : await others();
  return handlers[kind as keyof typeof handlers] as (request: unknown, job: Job) => Promise<Responses[Kind]>;
}

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
    const handle = await handlerOf(kind);
    self.postMessage({ id, value: await handle(request, job) });
  } catch (error) {
    self.postMessage({ id, error: asFailure(error) });
  }
  cancelled.delete(id);
}

self.onmessage = (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  if (message.kind === 'classify') readAhead(message.request);
  if (message.kind === 'cancel') cancelled.add(message.id);
  else if (beside.has(message.kind)) void last.then(() => answer(message));
  else last = last.then(() => answer(message));
};
reached('awake');
