// The fourth step: how the finished network does on galaxies that it has never seen.
import type { Evaluation } from '../../engine/protocol';
import { ask, reason } from './ask';

class Result {
  evaluation = $state.raw<Evaluation | null>(null);
  part = $state<number | null>(null); // done, while it is being worked out
  message = $state('');
  #asked: string | null = null;

  /** Judges the test galaxies with a run's network, once; some networks keep none, then those that it was watched by. */
  async look(run: string, weights: string, part: Evaluation['part']): Promise<void> {
    const asked = `${run} ${weights}`;
    if (this.#asked === asked) return;
    this.#asked = asked;
    this.evaluation = null;
    this.message = '';
    this.part = 0;
    try {
      const evaluation = await ask('evaluate', { run, part }, { onProgress: (done) => (this.part = done) });
      if (this.#asked === asked) this.evaluation = evaluation;
    } catch (error) {
      if (this.#asked !== asked) return;
      this.message = reason(error);
      this.#asked = null;
    } finally {
      if (this.#asked === asked || this.#asked === null) this.part = null;
    }
  }
}

export const result = new Result();
