// Pictures of each kind of galaxy as the sliders of the sky stand: drawn one after another, the newest wish counts.
import { ask } from './ask';

interface Look {
  size: number;
  noise: number;
  seed: number;
}

export class Preview {
  urls = $state<Record<string, string>>({});
  #wish = 0;

  /** Draws every kind anew, once the sliders rest for a moment. */
  draw(kinds: readonly string[], look: Look): void {
    const wish = ++this.#wish;
    const patience = Object.keys(this.urls).length > 0 ? 120 : 0;
    setTimeout(() => void this.#drawAll(wish, kinds, look), patience);
  }

  close(): void {
    this.#wish += 1;
    for (const url of Object.values(this.urls)) URL.revokeObjectURL(url);
  }

  async #drawAll(wish: number, kinds: readonly string[], look: Look): Promise<void> {
    for (const kind of kinds) {
      if (wish !== this.#wish) return;
      try {
        const { file } = await ask('render', { kind, ...look, seed: look.seed + 6 });
        if (wish !== this.#wish) return;
        const old = this.urls[kind];
        this.urls[kind] = URL.createObjectURL(file);
        if (old !== undefined) URL.revokeObjectURL(old);
      } catch {
        return; // decoration: rendering itself will tell
      }
    }
  }
}
