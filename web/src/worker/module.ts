// The WebAssembly module behind its three verbs. Results of bindings.cpp are {value} or {error}; here errors become throws.
import type { Engine, MainModule, ThreadPool } from '../engine/pinwheel';
import { fromPlanes } from '../files/planes';
import { EngineError, type Judgement, type Loaded, type Rendering, type Requests } from '../engine/protocol';

interface Factory {
  default: (options: {
    instantiateWasm: (
      imports: WebAssembly.Imports,
      receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ) => object;
  }) => Promise<MainModule>;
}
type Result<T> = { value: T } | { error: { code: string; message: string } };

export interface Room {
  module: MainModule;
  pool: ThreadPool;
  engine: Engine;
}
let room: Room | null = null;
let kinds: string[] = [];
/** The model that came with the page. */
export let shipped: { config: string; weights: Uint8Array } | null = null;

export function opened<T>(result: Result<T>): T {
  if ('value' in result) return result.value;
  throw new EngineError(result.error.code, result.error.message);
}

export function running(): Room {
  if (!room) throw new EngineError('not_found', 'The engine could not be loaded: reload the page.');
  return room;
}

export async function bytesOf(file: Blob, name: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new EngineError('not_found', `${name} can no longer be read from the disk: choose it again.`);
  }
}

/** A module of its own memory, with its threads. */
export async function instantiate({ engine, wasm }: { engine: string; wasm: WebAssembly.Module }): Promise<MainModule> {
  const { default: create } = (await import(/* @vite-ignore */ engine)) as Factory;
  return create({
    instantiateWasm: (imports, receive) => {
      void WebAssembly.instantiate(wasm, imports).then((instance) => {
        receive(instance, wasm);
      });
      return {};
    },
  });
}

export async function load(request: Requests['load']): Promise<Loaded> {
  const module = await instantiate(request);
  const pool = new module.ThreadPool(request.threads);
  const fresh = new module.Engine(pool);
  const weights = fromPlanes(new Uint8Array(request.weights));
  const model = opened(fresh.loadModel(request.config, weights));
  kinds = opened(fresh.galaxyKinds());
  room = { module, pool, engine: fresh };
  shipped = { config: request.config, weights };
  return { ...opened(fresh.info()), model, tree: opened(fresh.tree()), kinds };
}

export async function classify({ name, file, seen }: Requests['classify']): Promise<Judgement> {
  const judgement = opened(running().engine.classify(await bytesOf(file, name), name));
  return seen ? judgement : { ...judgement, seen: null };
}

export async function render({ kind, seed, size, noise }: Requests['render']): Promise<Rendering> {
  const index = kinds.indexOf(kind);
  if (index < 0) throw new EngineError('not_found', `There is no galaxy called "${kind}": ${kinds.join(', ')}.`);
  const { png, caption, conditional } = opened(running().engine.renderGalaxy(index, seed, size, noise));
  return { file: new Blob([png], { type: 'image/png' }), kind, caption, conditional };
}
