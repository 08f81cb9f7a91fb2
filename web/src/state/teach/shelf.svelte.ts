// The fifth step: models that this browser keeps, runs that it remembers, and which model looks at galaxies now.
import type { ModelInfo, ModelSource, NamedFile, PastRun, ShelfEntry } from '../../engine/protocol';
import { session } from '../session.svelte';
import { ask, reason } from './ask';

class Shelf {
  entries = $state.raw<ShelfEntry[]>([]);
  runs = $state.raw<PastRun[]>([]);
  model = $state.raw<ModelInfo | null>(null);
  message = $state('');
  notice = $state('');
  offered: string | null = null; // the run whose model was taken into use by itself

  async open(): Promise<void> {
    await this.#try(async () => {
      this.entries = await ask('shelf', {});
      this.runs = await ask('history', {});
    });
  }

  /** The Look place judges with it from now on. */
  async use(source: ModelSource): Promise<boolean> {
    return this.#try(async () => {
      const model = await ask('useModel', { source });
      this.model = model;
      await session.adopt(model, source.from === 'default' ? null : source);
    });
  }

  async keep(source: ModelSource, name: string): Promise<void> {
    await this.#try(async () => {
      const entry = await ask('shelve', { source, name });
      this.entries = [entry, ...this.entries];
      this.notice = `${entry.name} stands on the shelf.`;
    });
  }

  async rename(id: string, name: string): Promise<void> {
    await this.#try(async () => {
      const entry = await ask('renameModel', { id, name });
      this.entries = this.entries.map((one) => (one.id === id ? entry : one));
    });
  }

  async remove(id: string): Promise<void> {
    await this.#try(async () => {
      await ask('deleteModel', { id });
      this.entries = this.entries.filter((one) => one.id !== id);
    });
  }

  async file(source: ModelSource): Promise<NamedFile | null> {
    let file: NamedFile | null = null;
    await this.#try(async () => {
      file = await ask('modelFile', { source });
    });
    return file;
  }

  async note(run: string, change: { name?: string; notes?: string }): Promise<void> {
    await this.#try(async () => {
      const record = await ask('noteRun', { run, ...change });
      this.runs = this.runs.map((one) => (one.run === run ? { ...one, ...record } : one));
    });
  }

  async forget(run: string): Promise<void> {
    await this.#try(async () => {
      await ask('deleteRun', { run });
      this.runs = this.runs.filter((one) => one.run !== run);
    });
  }

  async #try(work: () => Promise<void>): Promise<boolean> {
    this.message = '';
    this.notice = '';
    try {
      await work();
      return true;
    } catch (error) {
      this.message = reason(error);
      return false;
    }
  }
}

export const shelf = new Shelf();
