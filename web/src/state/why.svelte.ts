// Why the network answers as it does for one galaxy: asked for when somebody wants to see it, and kept while it is shown.
import { EngineError, type Heat } from '../engine/protocol';
import { hottest } from '../galaxy/heat';
import { session, type Galaxy } from './session.svelte';

/** The answers on the likely way down the tree; of classes the likeliest. */
function answersOf({ judgement }: Galaxy): number[] {
  if (!judgement) return [];
  const { path, values } = judgement;
  return path.length > 0 ? path.map((step) => step.answer) : [values.indexOf(Math.max(...values))];
}

export class Why {
  heats = $state.raw<Heat[]>([]);
  chosen = $state(0); // which of them is shown
  part = $state<number | null>(null); // done, while it is being worked out
  message = $state('');
  readonly heat = $derived(this.heats[this.chosen] ?? null);
  #stop = new AbortController();

  async ask(galaxy: Galaxy): Promise<void> {
    this.forget();
    const { signal } = (this.#stop = new AbortController());
    this.part = 0;
    try {
      const told = { signal, onProgress: (part: number) => (this.part = part) };
      const heats = await session.why(galaxy, answersOf(galaxy), told);
      if (signal.aborted) return;
      this.heats = heats;
      this.chosen = hottest(heats);
    } catch (error) {
      const stopped = error instanceof EngineError && error.code === 'cancelled';
      if (!signal.aborted && !stopped) this.message = error instanceof Error ? error.message : String(error);
    } finally {
      if (this.#stop.signal === signal) this.part = null;
    }
  }

  /** Stops it when it is under way, takes it away when it is shown. */
  forget(): void {
    this.#stop.abort();
    this.heats = [];
    this.part = null;
    this.message = '';
  }
}
