// The WebAssembly module behind its few verbs. Results of wasm/ are {value} or {error}; here errors become throws.
import type { Engine, MainModule, ThreadPool } from '../engine/pinwheel';
import { fromPlanes } from '../files/planes';
import {
  EngineError,
  type Judged,
  type Loaded,
  type NamedFile,
  type Rendering,
  type Requests,
} from '../engine/protocol';

interface Factory {
  default: (options: {
    instantiateWasm: (
      imports: WebAssembly.Imports,
      receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ) => object;
  }) => Promise<Started>;
}
export type Started = MainModule & { pthreadPoolReady?: Promise<unknown> }; // which builds without threads lack
type Result<T> = { value: T } | { error: { code: string; message: string } };

export interface Room {
  module: MainModule;
  pool: ThreadPool;
  engine: Engine;
}
let started: Started | null = null;
let room: Room | null = null;
/** The model that came with the page. */
export let shipped: { config: string; weights: Uint8Array } | null = null;

export function opened<T>(result: Result<T>): T {
  if ('value' in result) return result.value;
  throw new EngineError(result.error.code, result.error.message);
}

// How far starting has come, for profilers and e2e/start-up.spec.ts: each is marked once.
const milestones = new Set<string>();
export function reached(milestone: 'awake' | 'engine' | 'drawn' | 'threads' | 'model' | 'judged'): void {
  if (!milestones.has(milestone)) performance.mark(`pinwheel: ${milestone}`);
  milestones.add(milestone);
}

const absent = () => new EngineError('not_found', 'The engine could not be loaded: reload the page.');

export function running(): Room {
  if (!room) throw absent();
  return room;
}

export async function bytesOf(file: Blob, name: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new EngineError('not_found', `${name} can no longer be read from the disk: choose it again.`);
  }
}

const factory = async (engine: string) => (await import(/* @vite-ignore */ engine)) as Factory;

export const prepare = ({ engine }: Requests['prepare']): Promise<null> => factory(engine).then(() => null);

/** A module with a memory of its own; its threads are still on their way. */
export async function instantiate({ engine, wasm }: Requests['start']): Promise<Started> {
  const { default: create } = await factory(engine);
  return create({
    instantiateWasm: (imports, receive) => {
      void WebAssembly.instantiate(wasm, imports).then((instance) => {
        receive(instance, wasm);
      });
      return {};
    },
  });
}

// Long enough for the browser to notice what is worth translating well; nobody else could use the time.
const warmUpMilliseconds = 20;

export async function start(request: Requests['start']): Promise<null> {
  started = await instantiate(request);
  reached('engine');
  started.warmUp(warmUpMilliseconds);
  return null;
}

/** C++ that waits for a thread which the browser has yet to start waits for ever. */
export async function poolOf(module: Started, threads: number): Promise<ThreadPool> {
  await module.pthreadPoolReady;
  return new module.ThreadPool(threads);
}

export async function load(request: Requests['load']): Promise<Loaded> {
  if (!started) throw absent();
  const pool = await poolOf(started, request.threads);
  reached('threads');
  const engine = new started.Engine(pool);
  const weights = fromPlanes(new Uint8Array(request.weights));
  const model = opened(engine.loadModel(request.config, weights));
  reached('model');
  room = { module: started, pool, engine };
  shipped = { config: request.config, weights };
  const kinds = opened(started.galaxyKinds());
  return { ...opened(engine.info()), model, tree: opened(engine.tree()), kinds };
}

type Read = { name: string; bytes: Uint8Array } | { error: { code: string; message: string } };
const ahead = new WeakMap<object, Promise<Read[]>>();

const read = ({ files }: Requests['classify']): Promise<Read[]> =>
  Promise.all(
    files.map(async ({ name, file }: NamedFile) =>
      bytesOf(file, name).then(
        (bytes) => ({ name, bytes }),
        ({ code, message }: EngineError) => ({ error: { code, message } }),
      ),
    ),
  );

/** The disk is asked for pictures while those before them are still being judged. */
export const readAhead = (request: Requests['classify']): void => void ahead.set(request, read(request));

export async function classify(request: Requests['classify']): Promise<Judged[]> {
  const all = await (ahead.get(request) ?? read(request));
  const files = all.filter((one) => 'bytes' in one);
  const judged = opened(running().engine.classify(files, request.seen))[Symbol.iterator]();
  reached('judged');
  return all.map((one) => ('error' in one ? one : (judged.next().value as Judged)));
}

export async function render({ kind, seed, size, noise }: Requests['render']): Promise<Rendering> {
  if (!started) throw absent();
  const kinds = opened(started.galaxyKinds());
  const index = kinds.indexOf(kind);
  if (index < 0) throw new EngineError('not_found', `There is no galaxy called "${kind}": ${kinds.join(', ')}.`);
  const { png, caption, conditional } = opened(started.renderGalaxy(index, seed, size, noise));
  reached('drawn');
  return Promise.resolve({ file: new Blob([png], { type: 'image/png' }), kind, caption, conditional });
}
