// The one galaxy that somebody looks at closer, and what happens to it before the network sees it.
import type { DataSummary, Picture, Stage } from '../../engine/protocol';
import { ask } from './ask';

class Inspected {
  example = $state<number>(0);
  stages = $state.raw<Stage[]>([]);
  views = $state.raw<Picture[]>([]);
  original = $state.raw<{ name: string; picture: Picture } | null>(null);
  message = $state('');
  #asked = 0;

  open(example: number): void {
    this.example = example;
  }

  /** Shows the example as `recipe` prepares it; only the newest question is answered. */
  async look(data: DataSummary, recipe: string, seed: number): Promise<void> {
    const asked = ++this.#asked;
    const example = Math.min(this.example, data.count - 1);
    try {
      const original = await ask('original', { data: data.id, example });
      if (asked !== this.#asked) return;
      this.original = original;
      const stages = await ask('stages', { data: data.id, example, recipe });
      if (asked !== this.#asked) return;
      this.stages = stages;
      const views = await ask('views', { data: data.id, example, recipe, count: 8, seed });
      if (asked !== this.#asked) return;
      this.views = views;
      this.message = '';
    } catch (error) {
      if (asked === this.#asked) this.message = error instanceof Error ? error.message : '';
    }
  }
}

export const inspected = new Inspected();
