// The worker: the only place that touches the WebAssembly module. It takes requests one after another, in the order in
// which they came, and answers each exactly once.
import { EngineError, type Kind, type Requests, type Responses, type ToWorker } from '../engine/protocol';
import { unpack } from './archive';
import { classify, load, render } from './module';
import { asFailure, type Job } from './job';

declare const self: DedicatedWorkerGlobalScope;

const handlers: { [K in Kind]?: (request: Requests[K], job: Job<K>) => Promise<Responses[K]> } = {
  load,
  classify,
  render,
  unpack,
};

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
    const handle = handlers[kind] as ((request: unknown, job: Job) => Promise<Responses[Kind]>) | undefined;
    if (!handle) throw new EngineError('unsupported', `The engine cannot do "${kind}" yet.`);
    self.postMessage({ id, value: await handle(request, job) });
  } catch (error) {
    self.postMessage({ id, error: asFailure(error) });
  }
  cancelled.delete(id);
}

self.onmessage = (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  if (message.kind === 'cancel') cancelled.add(message.id);
  else last = last.then(() => answer(message));
};
