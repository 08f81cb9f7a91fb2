// Measures in workers of its own, one for each measurement: so memory is told apart, and Stop is heard in the middle of a
// batch.
import { engines } from 'virtual:site-files';
import { EngineClient, type CallOptions } from './client';
import { codeOf, compiled } from './fetching';
import type { BenchEngine, BenchFigures, BenchPace, BenchSubject, BenchTask, Kind } from './protocol';
import type { Requests, Responses } from './protocol';
import { possibleThreads } from './threads';
import { abilities, pickVariant, type Variant } from './variant';
import EngineWorker from '../worker/worker?worker';

export class Bencher {
  private constructor(
    readonly variant: Variant,
    private readonly engine: BenchEngine,
  ) {}

  /** Null when the browser has no WebAssembly SIMD (or nothing that fits was built). */
  static async open(wanted: string | null): Promise<Bencher | null> {
    const variant = pickVariant(abilities(), engines, wanted);
    const folder = variant && engines[variant];
    if (!variant || !folder) return null;
    return new Bencher(variant, { engine: codeOf(folder), wasm: await compiled(folder) });
  }

  get mostThreads(): number {
    return possibleThreads(this.variant);
  }

  subjects(): Promise<BenchSubject[]> {
    return this.#call('benchSubjects', this.engine);
  }

  measure(task: BenchTask & BenchPace, options: CallOptions<'bench'>): Promise<BenchFigures> {
    return this.#call('bench', { ...this.engine, ...task }, options);
  }

  async #call<K extends Kind>(kind: K, request: Requests[K], options: CallOptions<K> = {}): Promise<Responses[K]> {
    const client = new EngineClient(() => new EngineWorker());
    try {
      return await client.call(kind, request, options);
    } finally {
      client.close();
    }
  }
}
