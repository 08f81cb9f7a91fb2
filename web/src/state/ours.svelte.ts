// The galaxies that the core draws: a shelf to choose from and a field for the background. Drawn one at a time and only
// while nobody waits for an answer; kept once drawn.
import { session } from './session.svelte';
import type { Ours } from './address';

export interface DrawnPicture extends Ours {
  url: string | null;
}

const shelf: Ours[] = [
  { kind: 'spiral', seed: 2 },
  { kind: 'barred_spiral', seed: 7 },
  { kind: 'edge_on', seed: 9 },
  { kind: 'round_smooth', seed: 3 },
  { kind: 'merger', seed: 8 },
  { kind: 'ring', seed: 7 },
  { kind: 'spiral', seed: 3 },
  { kind: 'cigar_smooth', seed: 9 },
  { kind: 'barred_spiral', seed: 10 },
  { kind: 'merger', seed: 10 },
  { kind: 'in_between_smooth', seed: 12 },
  { kind: 'spiral', seed: 5 },
];
const field: Ours[] = [
  { kind: 'spiral', seed: 2 },
  { kind: 'barred_spiral', seed: 7 },
  { kind: 'edge_on', seed: 9 },
  { kind: 'ring', seed: 7 },
  { kind: 'spiral', seed: 3 },
  { kind: 'in_between_smooth', seed: 12 },
  { kind: 'merger', seed: 8 },
];

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

class OwnGalaxies {
  shelf = $state<DrawnPicture[]>(shelf.map((ours) => ({ ...ours, url: null })));
  field = $state<DrawnPicture[]>(field.map((ours) => ({ ...ours, url: null })));
  #drawing = false;

  /** Draws what is still missing for as long as `wanted` says so. */
  async draw(wanted: () => boolean): Promise<void> {
    if (this.#drawing || !session.engine) return;
    this.#drawing = true;
    try {
      await session.engine.loaded;
      await this.#fill(this.shelf, { size: 160, noise: 0.8 }, wanted);
      await this.#fill(this.field, { size: 256, noise: 0 }, wanted);
    } catch {
      return; // decoration: whoever asks the engine for something real is told
    } finally {
      this.#drawing = false;
    }
  }

  async #fill(pictures: DrawnPicture[], look: { size: number; noise: number }, wanted: () => boolean): Promise<void> {
    for (const picture of pictures) {
      if (picture.url !== null) continue;
      while (wanted() && !session.idle) await wait(100);
      if (!wanted()) return;
      const rendering = await session.engine?.client.call('render', {
        kind: picture.kind,
        seed: picture.seed,
        ...look,
      });
      if (rendering) picture.url = URL.createObjectURL(rendering.file);
      await wait(0);
    }
  }
}

export const ownGalaxies = new OwnGalaxies();
