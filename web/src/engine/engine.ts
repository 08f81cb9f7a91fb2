// Starts the engine: picks a variant, fetches code and model side by side, hands both to a worker, and does so again when
// the client had to replace its worker. The bytes are kept for that; they are a few megabytes.
import { defaultModel, engines, models } from 'virtual:site-files';
import { EngineClient } from './client';
import { codeOf, compiled, fetched, unpacked } from './fetching';
import { EngineError, type Loaded, type Requests } from './protocol';
import { usualThreads } from './threads';
import { abilities, pickVariant, type Variant } from './variant';
import EngineWorker from '../worker/worker?worker';

export interface Engine {
  client: EngineClient;
  variant: Variant;
  started: Promise<unknown>; // it can draw galaxies
  loaded: Promise<Loaded>; // it can judge them
  /** A fresh worker, with the page's own model, stands in for a dead one: what else it needs is to be sent now. */
  onRestart: () => void;
}

async function modelOf(variant: Variant): Promise<Requests['load']> {
  const folder = models[defaultModel];
  if (folder === undefined) throw new EngineError('not_found', 'This copy of the page was built without a model.');
  const [config, weights] = await Promise.all([
    fetched(`${folder}/config.json`).then((response) => response.text()),
    unpacked(`${folder}/weights.packed`),
  ]);
  return { config, weights, threads: usualThreads(variant) };
}

/** Null when the browser has no WebAssembly SIMD (or nothing that fits was built). */
export function startEngine(wanted: string | null): Engine | null {
  const variant = pickVariant(abilities(), engines, wanted);
  const folder = variant && engines[variant];
  if (!variant || !folder) return null;
  // All at once: a worker that wakes up, code that is compiled as it comes, and a model.
  const engine = codeOf(folder);
  const [code, model] = [compiled(folder), modelOf(variant)];
  // Once both are here nothing is awaited, so that nothing comes before them to a fresh worker.
  let wasm: WebAssembly.Module | null = null;
  let shipped: Requests['load'] | null = null;
  const start = async (client: EngineClient) => {
    client.call('prepare', { engine }).catch(() => undefined); // what fails here fails again below
    return client.call('start', { engine, wasm: (wasm ??= await code) });
  };
  // Sent right behind `start`, without waiting for its answer; if that fails, it is the failure to tell.
  const load = async (client: EngineClient, starting: Promise<unknown>) => {
    const loading = client.call('load', (shipped ??= await model.finally(() => code)));
    loading.catch(() => undefined);
    await starting;
    return loading;
  };
  const client = new EngineClient(
    () => new EngineWorker(),
    (fresh) => {
      void load(fresh, start(fresh)).catch(() => undefined); // whoever calls next is told why
      whole.onRestart();
    },
  );
  const started = start(client);
  started.catch(() => undefined); // whoever awaits it, or `loaded`, is told
  const whole: Engine = { client, variant, started, loaded: load(client, started), onRestart: () => undefined };
  return whole;
}
