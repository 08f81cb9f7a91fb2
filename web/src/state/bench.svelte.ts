// The bench view: what is chosen, what is being measured, and what came out.
import { Bencher } from '../engine/bencher';
import { EngineError, type BenchPace, type BenchSubject, type BenchTask } from '../engine/protocol';
import { parseBench, plan, toJson, type BenchChoice, type BenchRow } from '../galaxy/bench';
import { wantedEngine } from './address';

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));
const wasCancelled = (error: unknown) => error instanceof EngineError && error.code === 'cancelled';

class Bench {
  status = $state<'starting' | 'ready' | 'running' | 'unsupported' | 'failed'>('starting');
  message = $state('');
  subjects = $state.raw<BenchSubject[]>([]);
  choice = $state<BenchChoice>({ what: 'few', mode: 'both', batch: 'usual', threads: 'each' });
  rows = $state.raw<BenchRow[]>([]);
  now = $state.raw<BenchTask | null>(null);
  done = $state(0); // repetitions, of all that are planned
  total = $state(0);
  millisecondsLeft = $state<number | null>(null);
  #pace: BenchPace = { seconds: 0.5, repetitions: 3 };
  #bencher = $state.raw<Bencher | null>(null);
  #stop = new AbortController();

  readonly mostThreads = $derived(this.#bencher?.mostThreads ?? 1);
  readonly variant = $derived(this.#bencher?.variant ?? null);
  readonly tasks = $derived(plan(this.subjects, this.choice, this.mostThreads));
  readonly json = $derived(
    toJson(this.rows, {
      engine: this.variant ?? '',
      browser: navigator.userAgent,
      processors: navigator.hardwareConcurrency,
    }),
  );

  async start(search: string): Promise<void> {
    const asked = parseBench(search);
    if (asked) {
      const { seconds, repetitions, ...choice } = asked;
      this.#pace = { seconds, repetitions };
      this.choice = choice;
    }
    try {
      this.#bencher = await Bencher.open(wantedEngine(search));
      this.subjects = (await this.#bencher?.subjects()) ?? [];
      if (this.tasks.length === 0) this.choice.what = 'few';
      this.status = this.#bencher ? 'ready' : 'unsupported';
    } catch (error) {
      this.status = 'failed';
      this.message = reason(error);
    }
  }

  async run(): Promise<void> {
    const tasks = this.tasks;
    this.status = 'running';
    this.rows = [];
    this.done = 0;
    this.total = tasks.length * this.#pace.repetitions;
    this.#stop = new AbortController();
    const started = performance.now();
    for (const [i, task] of tasks.entries()) {
      if (this.#stop.signal.aborted) break;
      this.now = task;
      await this.#measure(task, i, started);
    }
    this.now = null;
    this.millisecondsLeft = null;
    this.status = 'ready';
  }

  stop(): void {
    this.#stop.abort();
  }

  async #measure(task: BenchTask, index: number, started: number): Promise<void> {
    const before = index * this.#pace.repetitions;
    const tell = (done: number) => {
      this.done = before + done;
      this.millisecondsLeft = ((performance.now() - started) / this.done) * (this.total - this.done);
    };
    try {
      const options = { signal: this.#stop.signal, onProgress: tell };
      const figures = await this.#bencher?.measure({ ...task, ...this.#pace }, options);
      this.rows = [...this.rows, { ...task, figures: figures ?? null, message: '' }];
    } catch (error) {
      if (wasCancelled(error)) return;
      this.rows = [...this.rows, { ...task, figures: null, message: reason(error) }];
      tell(this.#pace.repetitions);
    }
  }
}

export const bench = new Bench();
