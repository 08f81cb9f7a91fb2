// The page's end of the wire. Every promise that call() returns settles: with the answer, with the worker's sentence, with
// a cancellation, or, when the worker dies, with a sentence that says so. A dead worker is replaced once; when its
// replacement dies before it has answered anything but that it wakes up, the client stays closed and says why.
import { EngineError, type Failure, type FromWorker, type Kind, type Requests, type Responses } from './protocol';
import type { Progress, ToWorker } from './protocol';

export interface WorkerLike {
  postMessage(message: unknown, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

export interface CallOptions<K extends Kind = Kind> {
  signal?: AbortSignal;
  onProgress?: (news: Progress<K>) => void;
  transfer?: Transferable[];
}

interface Pending {
  kind: Kind;
  resolve: (value: never) => void;
  reject: (reason: Error) => void;
  onProgress?: ((news: never) => void) | undefined;
  release: () => void;
}

const stopped = new EngineError(
  'worker_died',
  'The engine stopped in the middle of this and was started again: please try once more.',
);
const closed = new EngineError(
  'worker_died',
  'The engine stopped and would not start again: reload the page, or try another browser.',
);
const waking: ReadonlySet<Kind> = new Set<Kind>(['prepare', 'start']);
const cancelled = () => new EngineError('cancelled', 'Stopped.');

export class EngineClient {
  #worker: WorkerLike | null = null;
  #pending = new Map<number, Pending>();
  #next = 1;
  #answeredSinceStart = true;

  /** `onRestart` is told when a fresh worker stands in for a dead one, before anything else is sent to it. */
  constructor(
    private readonly make: () => WorkerLike,
    private readonly onRestart: (client: EngineClient) => void = () => undefined,
  ) {
    this.#start();
  }

  get open(): boolean {
    return this.#worker !== null;
  }

  call<K extends Kind>(kind: K, request: Requests[K], options: CallOptions<K> = {}): Promise<Responses[K]> {
    const worker = this.#worker;
    if (!worker) return Promise.reject(closed);
    if (options.signal?.aborted) return Promise.reject(cancelled());
    const id = this.#next++;
    return new Promise<Responses[K]>((resolve, reject) => {
      const onAbort = () => {
        this.#settle(id)?.reject(cancelled());
        worker.postMessage({ id, kind: 'cancel' } satisfies ToWorker, []);
      };
      const release = () => options.signal?.removeEventListener('abort', onAbort);
      options.signal?.addEventListener('abort', onAbort, { once: true });
      this.#pending.set(id, { kind, resolve, reject, onProgress: options.onProgress, release });
      try {
        worker.postMessage({ id, kind, request }, options.transfer ?? []);
      } catch (error) {
        this.#settle(id)?.reject(new EngineError('internal', `This could not be sent to the engine: ${String(error)}`));
      }
    });
  }

  /** Somebody saw that the worker is gone: browsers tell only of those that end with an error. */
  lost(): void {
    if (this.#worker) this.#died();
  }

  close(): void {
    this.#stop();
    this.#rejectAll(closed);
  }

  #start(): void {
    const worker = this.make();
    worker.onmessage = (event) => {
      if (worker === this.#worker) this.#receive(event.data);
    };
    worker.onerror = worker.onmessageerror = () => {
      if (worker === this.#worker) this.#died();
    };
    this.#worker = worker;
    this.#answeredSinceStart = false;
  }

  #receive(message: FromWorker): void {
    if ('progress' in message) {
      this.#pending.get(message.id)?.onProgress?.(message.progress as never);
      return;
    }
    const pending = this.#settle(message.id);
    if ('value' in message) {
      if (pending && !waking.has(pending.kind)) this.#answeredSinceStart = true;
      pending?.resolve(message.value as never);
    } else this.#fail(message.error, pending);
  }

  #fail(error: Failure, pending: Pending | undefined): void {
    pending?.reject(new EngineError(error.code, error.message));
    if (error.fatal) this.#died();
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.release();
    return pending;
  }

  #stop(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }

  #died(): void {
    const again = this.#answeredSinceStart;
    this.#stop();
    this.#rejectAll(again ? stopped : closed);
    if (!again) return;
    this.#start();
    this.onRestart(this);
  }

  #rejectAll(reason: Error): void {
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(reason);
  }
}
