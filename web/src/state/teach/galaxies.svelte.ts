// The first step: where the galaxies to learn from come from, and what is known of them. The data set itself lives in the
// worker; here are its summary, how it was made (so that it can be made again) and what is being read.
import type {
  Change,
  DataSummary,
  HandMade,
  Limits,
  LoadProgress,
  NamedFile,
  Offer,
  Opened,
  OpenOptions,
  SkySpec,
} from '../../engine/protocol';
import type { CallOptions } from '../../engine/client';
import { bySort } from '../../galaxy/classes';
import { session } from '../session.svelte';
import { ask, reason, wasCancelled } from './ask';
import { network } from './network.svelte';
import { thumbnails } from './thumbnails';

export type Way = 'rendered' | 'files' | 'hand';
type Source = 'openFiles' | 'openClasses' | 'renderSky';
type Open = (limits: Limits | undefined, options: CallOptions<Source>) => Promise<Opened>;

/** Six kinds that a small network learns to tell apart in under a minute. */
export const lessonSky: Omit<SkySpec, 'limits'> = {
  kinds: ['round_smooth', 'edge_on', 'spiral', 'barred_spiral', 'ring', 'merger'],
  count: 720,
  balance: 1,
  noise: 1,
  size: 64,
  seed: 1,
};

class Galaxies {
  data = $state.raw<DataSummary | null>(null);
  loading = $state.raw<{ name: string; progress: LoadProgress | null } | null>(null);
  offer = $state.raw<Offer | null>(null);
  message = $state(''); // what went wrong, until the next try
  notice = $state(''); // one quiet line
  way = $state<Way>('rendered');
  sky = $state({ ...lessonSky, kinds: [...lessonSky.kinds] });
  labelColumn = $state(''); // of a table, where it is not clear by itself
  draft = $state.raw<HandMade[]>([]); // classes made by hand, before they are read
  #stop = new AbortController();
  #open: { name: string; open: Open } | null = null;

  /** Places of each class's galaxies; one list of all where there are no classes. */
  readonly places = $derived.by(() => (this.data ? bySort(this.data) : []));

  constructor() {
    session.onRestart(() => this.#lost());
  }

  render(): Promise<void> {
    const spec = $state.snapshot(this.sky);
    return this.#begin('rendered galaxies', (limits, options) =>
      ask('renderSky', limits ? { ...spec, limits } : spec, options as CallOptions<'renderSky'>),
    );
  }

  read(files: NamedFile[]): Promise<void> {
    if (files.length === 0) {
      this.message = 'There was nothing in that. Drop pictures in class folders, a zip, npz, HDF5, CSV or pickle file.';
      return Promise.resolve();
    }
    const name = nameOf(files);
    this.way = 'files';
    return this.#begin(name, (limits, options) =>
      ask('openFiles', { name, files, options: this.#wishes(limits) }, options as CallOptions<'openFiles'>),
    );
  }

  /** What was dropped last, now that there is something else to know about it. */
  async readAgain(): Promise<void> {
    if (this.#open) await this.#begin(this.#open.name, this.#open.open);
  }

  gather(): Promise<void> {
    const classes = this.draft.filter((one) => one.files.length > 0);
    return this.#begin('your classes', (limits, options) =>
      ask(
        'openClasses',
        { classes, ...(limits ? { options: { limits } } : {}) },
        options as CallOptions<'openClasses'>,
      ),
    );
  }

  /** Takes an offer of `Offer.choices`. */
  async accept(limits: Limits): Promise<void> {
    if (this.#open) await this.#begin(this.#open.name, this.#open.open, limits);
  }

  async change(change: Change): Promise<void> {
    const { data } = this;
    if (!data) return;
    await this.#work(data.name, async (options) => {
      this.#adopt(await ask('changeData', { data: data.id, change }, options as CallOptions<'changeData'>));
    });
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Back to the choice of ways; what was there stays until something else is read. */
  forget(): void {
    const { data } = this;
    this.data = null;
    this.offer = null;
    if (data) void ask('closeData', { data: data.id }).catch(() => undefined);
  }

  #wishes(limits: Limits | undefined): OpenOptions {
    const labelColumn = this.labelColumn.trim();
    return { ...(limits ? { limits } : {}), ...(labelColumn ? { labelColumn } : {}) };
  }

  #lost(): void {
    if (!this.data) return;
    this.data = null;
    this.message = 'The engine stopped and was started again, and the galaxies are gone with it: open them once more.';
  }

  async #begin(name: string, open: Open, limits?: Limits): Promise<void> {
    this.#open = { name, open };
    await this.#work(name, async (options) => {
      const opened = await open(limits, options);
      this.offer = opened.fits ? null : opened;
      if (!opened.fits) return;
      const before = this.data;
      this.#adopt(opened.data);
      if (before && before.id !== opened.data.id) void ask('closeData', { data: before.id }).catch(() => undefined);
    });
  }

  async #work(name: string, run: (options: CallOptions<Source | 'changeData'>) => Promise<void>): Promise<void> {
    this.#stop.abort();
    const stop = (this.#stop = new AbortController());
    this.message = '';
    this.loading = { name, progress: null };
    try {
      const onProgress = (progress: LoadProgress) => (this.loading = { name, progress });
      await run({ signal: stop.signal, onProgress });
    } catch (error) {
      if (!wasCancelled(error)) this.message = reason(error);
    } finally {
      if (this.#stop === stop) this.loading = null;
    }
  }

  #adopt(data: DataSummary): void {
    thumbnails.forget(data.id);
    this.data = data;
    void network.suit(data);
  }
}

function nameOf(files: NamedFile[]): string {
  const first = files[0]?.name ?? '';
  const folder = first.includes('/') ? first.slice(0, first.indexOf('/')) : '';
  if (folder && files.every((file) => file.name.startsWith(`${folder}/`))) return folder;
  return files.length === 1 ? first : `${String(files.length)} files`;
}

export const galaxies = new Galaxies();
