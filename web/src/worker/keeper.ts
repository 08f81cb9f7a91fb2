// Whether there is room to keep a run, and when it is time to. Without room training goes on all the same; the page is told
// once.
import { EngineError, type TrainingEvent } from '../engine/protocol';

const checkpointSeconds = 5;

export type Tell = (event: TrainingEvent) => void;

export class Keeper {
  #savedAt = performance.now();
  #savedStep = -1;
  #room = true;

  due(step: number): boolean {
    return this.#room && performance.now() - this.#savedAt > checkpointSeconds * 1000 && step !== this.#savedStep;
  }

  saved(step: number): void {
    this.#savedStep = step;
    this.#savedAt = performance.now();
  }

  /** False when the browser gives no room. */
  async keep(work: () => Promise<void>, tell?: Tell): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'storage') throw error;
      if (this.#room) tell?.({ at: 'unsaved', message: error.message });
      this.#room = false;
      return false;
    }
  }
}
