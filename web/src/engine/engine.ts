// Starts the engine: picks a variant, fetches code and model side by side, hands both to a worker, and does so again when
// the client had to replace its worker. The bytes are kept for that; they are a few megabytes.
import { defaultModel, engines, models } from 'virtual:site-files';
import { EngineClient } from './client';
import { codeOf, compiled, fetched, unpacked } from './fetching';
import { EngineError, type Loaded, type Requests } from './protocol';
import { abilities, pickVariant, type Variant } from './variant';
import EngineWorker from '../worker/worker?worker';

export interface Engine {
  client: EngineClient;
  variant: Variant;
  loaded: Promise<Loaded>;
}

// Too many threads cost more than they bring for networks of this size.
const threadsFor = (variant: Variant) =>
  variant.endsWith('threads') ? Math.max(1, Math.min(8, navigator.hardwareConcurrency || 2)) : 1;

async function gather(variant: Variant, folder: string): Promise<Requests['load']> {
  const model = models[defaultModel];
  if (model === undefined) throw new EngineError('not_found', 'This copy of the page was built without a model.');
  const [wasm, config, weights] = await Promise.all([
    compiled(folder),
    fetched(`${model}/config.json`).then((response) => response.text()),
    unpacked(`${model}/weights.packed`),
  ]);
  return { engine: codeOf(folder), wasm, config, weights, threads: threadsFor(variant) };
}

/** Null when the browser has no WebAssembly SIMD (or nothing that fits was built). */
export function startEngine(wanted: string | null): Engine | null {
  const variant = pickVariant(abilities(), engines, wanted);
  const folder = variant && engines[variant];
  if (!variant || !folder) return null;
  const gathering = gather(variant, folder);
  const load = async (client: EngineClient) => client.call('load', await gathering);
  const client = new EngineClient(
    () => new EngineWorker(),
    (fresh) => void load(fresh).catch(() => undefined), // whoever calls next is told why
  );
  return { client, variant, loaded: load(client) };
}
