// Small pictures of galaxies, asked of the worker in slices: whatever is wanted within a moment goes into one request.
// The last two thousand are kept.
import type { DataId } from '../../engine/protocol';
import { ask } from './ask';

export interface Thumbnail {
  image: ImageData;
  name: string;
}
interface Waiting {
  data: DataId;
  example: number;
  resolve: (thumbnail: Thumbnail | null) => void;
}

const most = 2000;
const slice = 48;

class Thumbnails {
  #kept = new Map<string, Thumbnail>();
  #waiting: Waiting[] = [];
  #asking = false;

  /** Null when it cannot be had (any more): decoration stays empty, nobody is told twice. */
  want(data: DataId, example: number): Promise<Thumbnail | null> | Thumbnail {
    const known = this.#kept.get(key(data, example));
    if (known) return known;
    return new Promise((resolve) => {
      this.#waiting.push({ data, example, resolve });
      void this.#ask();
    });
  }

  forget(data: DataId): void {
    for (const name of this.#kept.keys()) if (name.startsWith(`${data}:`)) this.#kept.delete(name);
  }

  // Newest wishes first: they are what is on the screen now.
  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    await new Promise((resolve) => setTimeout(resolve));
    while (this.#waiting.length > 0) {
      const { data } = this.#waiting[this.#waiting.length - 1] ?? { data: '' };
      const same = this.#waiting.filter((one) => one.data === data).slice(-slice);
      this.#waiting = this.#waiting.filter((one) => !same.includes(one));
      await this.#fetch(data, same);
    }
    this.#asking = false;
  }

  async #fetch(data: DataId, wanted: Waiting[]): Promise<void> {
    const examples = [...new Set(wanted.map((one) => one.example))];
    try {
      const { width, height, rgba, names } = await ask('thumbnails', { data, examples });
      const size = width * height * 4;
      examples.forEach((example, i) => {
        const pixels = rgba.slice(i * size, (i + 1) * size);
        this.#keep(key(data, example), { image: new ImageData(pixels, width, height), name: names[i] ?? '' });
      });
    } catch {
      // then they stay empty
    }
    for (const { example, resolve } of wanted) resolve(this.#kept.get(key(data, example)) ?? null);
  }

  #keep(name: string, thumbnail: Thumbnail): void {
    this.#kept.set(name, thumbnail);
    const oldest = this.#kept.size > most ? this.#kept.keys().next().value : undefined;
    if (oldest !== undefined) this.#kept.delete(oldest);
  }
}

const key = (data: DataId, example: number) => `${data}:${String(example)}`;

export const thumbnails = new Thumbnails();
