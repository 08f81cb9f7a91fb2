// Whether there is room to keep a run, and when it is time to. Without room training goes on all the same; the page is told
// once.
import { EngineError, type TrainingEvent } from '../engine/protocol';

const checkpointSeconds = 2; // between two checkpoints at least; more where saving takes long
const savingShare = 0.05; // of the time, at most

export type Tell = (event: TrainingEvent) => void;

export class Keeper {
  #savedAt = performance.now();
  #savingTook = 0; // milliseconds
  #savedStep = -1;
  #room = true;

  due(step: number): boolean {
    const apart = Math.max(checkpointSeconds * 1000, this.#savingTook / savingShare);
    return this.lags(step) && performance.now() - this.#savedAt > apart;
  }

  /** There is something to save, and room. */
  lags(step: number): boolean {
    return this.#room && step !== this.#savedStep;
  }

  /** It took so many milliseconds. */
  saved(step: number, took: number): void {
    this.#savedStep = step;
    this.#savingTook = took;
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
