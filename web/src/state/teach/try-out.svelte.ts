// Fresh galaxies for a fresh network: drawn, judged, shown. Of the kinds that it learned, if it learned rendered ones.
import { judgementOf } from '../../engine/protocol';
import { session } from '../session.svelte';
import { ask } from './ask';

interface Judged {
  kind: string;
  seed: number;
  url: string;
  says: string;
  sure: number | null;
}

export class TryOut {
  judged = $state.raw<Judged[]>([]);
  #wish = 0;
  #seed = 700_001; // far from what any lesson is trained on

  async fill(): Promise<void> {
    const wish = ++this.#wish;
    const all = session.loaded?.kinds ?? [];
    const learned = all.filter((kind) => session.loaded?.model.outputs.includes(kind));
    const kinds = learned.length > 1 ? learned : all;
    const fresh: Judged[] = [];
    for (let i = 0; i < 6; i += 1) {
      const kind = kinds[i % kinds.length];
      if (kind === undefined) return;
      const one = await this.#judge(kind, this.#seed++).catch(() => null);
      if (wish !== this.#wish) return;
      if (one) fresh.push(one);
    }
    this.#forget();
    this.judged = fresh;
  }

  close(): void {
    this.#wish += 1;
    this.#forget();
    this.judged = [];
  }

  async #judge(kind: string, seed: number): Promise<Judged> {
    const { file } = await ask('render', { kind, seed, size: 256, noise: 1 });
    const [judged] = await ask('classify', { files: [{ name: `${kind}.png`, file }], seen: false });
    const judgement = judgementOf(judged);
    const sure = judgement.conditional ? null : Math.max(...judgement.values);
    return { kind, seed, url: URL.createObjectURL(file), says: judgement.sentence, sure };
  }

  #forget(): void {
    for (const { url } of this.judged) URL.revokeObjectURL(url);
  }
}
