// What the page knows: the engine, the galaxies in the order in which they came, and which view is open. Components read
// it and call its verbs; only it talks to the engine.
import { type CallOptions } from '../engine/client';
import { type Engine } from '../engine/engine';
import {
  EngineError,
  judgementOf,
  type Heat,
  type Judged,
  type Judgement,
  type Loaded,
  type ModelInfo,
  type ModelSource,
  type NamedFile,
  type Refused,
} from '../engine/protocol';
import type { Intake } from '../files/intake';
import { addressOf, parseTeach, teachAddress, type Ours, type TeachStep } from './address';

export type Status = 'waiting' | 'working' | 'done' | 'failed';

/** What is known of a galaxy that we drew ourselves. */
export interface Drawn extends Ours {
  caption: string;
  truth: Float32Array;
}

export class Galaxy {
  status = $state<Status>('waiting');
  judgement = $state.raw<Judgement | null>(null);
  message = $state('');
  #url: string | null = null;

  constructor(
    readonly id: number,
    readonly name: string,
    readonly file: Blob,
    readonly drawn: Drawn | null,
  ) {}

  /** For an <img>; made when first asked for. */
  get url(): string {
    this.#url ??= URL.createObjectURL(this.file);
    return this.#url;
  }

  forget(): void {
    if (this.#url !== null) URL.revokeObjectURL(this.#url);
    this.#url = null;
  }
}

// Judged at once: as many as keep the threads of common machines busy, and no more pixels in memory than one large file.
const batchLimits = { files: 8, bytes: 4_000_000 };

export type View = { at: 'start' } | { at: 'sheet' } | { at: 'one'; id: number } | { at: 'teach'; step: TeachStep };
export type EngineStatus = 'starting' | 'ready' | 'failed' | 'unsupported';

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));
const wasCancelled = (error: unknown) => error instanceof EngineError && error.code === 'cancelled';

class Session {
  engineStatus = $state<EngineStatus>('starting');
  engineMessage = $state('');
  loaded = $state.raw<Loaded | null>(null);
  galaxies = $state.raw<Galaxy[]>([]);
  refused = $state.raw<Refused[]>([]);
  notice = $state(''); // one quiet line: files left out and the like
  view = $state.raw<View>({ at: 'start' });
  unpacking = $state<{ name: string; part: number } | null>(null);
  drawing = $state<Ours | null>(null); // one of ours that was asked for
  finished = $state(0); // done or failed
  news = $state(0); // changes when results came, but only a few times a second: for what looks at all galaxies at once
  failed = $state.raw<Galaxy[]>([]);
  millisecondsLeft = $state<number | null>(null);
  running = $state(false);
  lastLookedAt: number | null = null; // where the sheet should be when one comes back to it
  shared = $state.raw<string | null>(null); // the configuration that the address carried into Teach
  teaching = $state<number | null>(null); // part done of the training that goes on
  model = $state.raw<ModelSource | null>(null); // that looks; null: the one that came with the page

  #engine: Engine | null = null;
  #shipped: ModelInfo | null = null; // the model that came with the page
  #whenRestarted: (() => void)[] = [];
  #nextId = 1;
  #stop = new AbortController();
  #firstWaiting = 0; // nobody waits before this place
  lastStep: TeachStep = 'galaxies';
  #toldAt = 0;
  #lastRun: Promise<void> = Promise.resolve();
  #lastLook: View = { at: 'start' }; // where one was before one went to teach

  readonly current = $derived.by(() => {
    const view = this.view;
    return view.at === 'one' ? (this.galaxies.find((galaxy) => galaxy.id === view.id) ?? null) : null;
  });

  start(engine: Engine | null): void {
    this.#engine = engine;
    if (!engine) {
      this.engineStatus = 'unsupported';
      return;
    }
    engine.onRestart = () => this.#restarted();
    engine.loaded.then(
      (loaded) => {
        this.loaded = loaded;
        this.#shipped = loaded.model;
        this.engineStatus = 'ready';
      },
      (error: unknown) => {
        this.engineStatus = 'failed';
        this.engineMessage = reason(error);
      },
    );
  }

  /** `tell` hears of it when the worker had to be replaced: what lived in it is gone. */
  onRestart(tell: () => void): void {
    this.#whenRestarted.push(tell);
  }

  #restarted(): void {
    void this.#takeUpAgain();
    for (const tell of this.#whenRestarted) tell();
  }

  get engine(): Engine | null {
    return this.#engine;
  }

  /** Idle: nobody waits for an answer, so decoration may be drawn. */
  get idle(): boolean {
    return !this.running && this.drawing === null && this.unpacking === null;
  }

  show(view: View, how: 'push' | 'replace' = 'push'): void {
    if (view.at === 'teach' && this.view.at !== 'teach') this.#lastLook = this.view;
    this.view = view;
    if (view.at === 'teach') this.lastStep = view.step;
    if (view.at === 'one') this.lastLookedAt = view.id;
    const ours = this.current?.drawn ?? null;
    const address = view.at === 'teach' ? teachAddress(view.step, location.search) : addressOf(ours, location.search);
    history[how === 'push' ? 'pushState' : 'replaceState'](view, '', address);
    if (how === 'push') window.scrollTo(0, 0);
  }

  /** To the Look place, as it was left. */
  look(): void {
    if (this.view.at === 'teach') this.show(this.#lastLook);
    else this.show({ at: 'start' });
  }

  /** To where the address leads: the page was opened with it, or somebody typed or pasted it. */
  followAddress(): boolean {
    const teach = parseTeach(location.hash);
    if (!teach) return false;
    this.shared = teach.shared;
    this.show({ at: 'teach', step: teach.step }, 'replace');
    return true;
  }

  returnTo(view: View | null): void {
    if (view === null && this.followAddress()) return;
    if (view?.at === 'teach') {
      this.view = view;
      return;
    }
    const known = view?.at !== 'one' || this.galaxies.some((galaxy) => galaxy.id === view.id);
    this.view = view && known && (view.at === 'start' || this.galaxies.length > 0) ? view : { at: 'start' };
  }

  async take(intake: Intake): Promise<void> {
    const before = this.galaxies.length;
    const first = this.#add(intake.files);
    this.notice = intake.leftOut > 0 ? `${String(intake.leftOut)} other files in the folder were left out.` : '';
    if (intake.archives.length > 0) {
      if (before + intake.files.length > 1 || intake.archives.length > 0) this.show({ at: 'sheet' });
      for (const archive of intake.archives) await this.#unpack(archive);
    } else if (intake.files.length === 1 && first) {
      this.show({ at: 'one', id: first.id });
    } else if (intake.files.length > 1) {
      this.show({ at: 'sheet' });
    } else {
      this.notice = 'There was no picture in that. Galaxies come as JPEG or PNG files, or in a zip.';
    }
    this.#go();
  }

  /** Draws one of ours and judges it like any other. */
  async openOurs(ours: Ours, how: 'push' | 'replace' = 'push'): Promise<void> {
    const known = this.galaxies.find((g) => g.drawn?.kind === ours.kind && g.drawn.seed === ours.seed);
    if (known) {
      this.show({ at: 'one', id: known.id }, how);
      return;
    }
    if (!this.#engine) return;
    this.drawing = ours;
    try {
      await this.#engine.started; // the model may come while it is being drawn
      const { file, caption, conditional } = await this.#engine.client.call('render', { ...ours, size: 256, noise: 1 });
      const name = `${ours.kind}-${String(ours.seed)}.png`;
      const [galaxy] = this.#append([new Galaxy(this.#nextId++, name, file, { ...ours, caption, truth: conditional })]);
      if (galaxy) this.show({ at: 'one', id: galaxy.id }, how);
      this.#go();
    } catch (error) {
      this.notice = reason(error);
    } finally {
      this.drawing = null;
    }
  }

  /** What the network sees of a galaxy, pixel for pixel; asked for only when somebody looks. */
  async seen(galaxy: Galaxy): Promise<Judgement> {
    if (!this.#engine) throw new EngineError('not_found', 'There is no engine.');
    const { name, file } = galaxy;
    const [judged] = await this.#engine.client.call('classify', { files: [{ name, file }], seen: true });
    return judgementOf(judged);
  }

  /** Where the network looks in this galaxy for each of these answers. */
  async why(galaxy: Galaxy, outputs: number[], options: CallOptions<'explain'>): Promise<Heat[]> {
    if (!this.#engine) throw new EngineError('not_found', 'There is no engine.');
    const { name, file } = galaxy;
    return this.#engine.client.call('explain', { name, file, outputs }, options);
  }

  /** Another model answers from now on: everything is looked at anew with it. */
  async adopt(model: ModelInfo, source: ModelSource | null): Promise<void> {
    this.cancel();
    await this.#lastRun;
    if (!this.loaded) return;
    this.loaded = { ...this.loaded, model };
    this.model = source;
    for (const galaxy of this.galaxies) {
      galaxy.status = 'waiting';
      galaxy.judgement = null;
    }
    this.failed = [];
    this.finished = 0;
    this.#firstWaiting = 0;
    this.#go();
  }

  // The engine died and was started again with the page's own model: somebody's own goes to it first of all, or, when it is
  // not kept anywhere, the page says that it is gone.
  async #takeUpAgain(): Promise<void> {
    const [engine, source, shipped] = [this.#engine, this.model, this.#shipped];
    if (!engine || !source || !shipped) return;
    try {
      await engine.client.call('useModel', { source });
    } catch {
      this.notice =
        'The engine had to be started again, and your network was lost with it: the one of this page looks.';
      await this.adopt(shipped, null);
    }
  }

  cancel(): void {
    this.#stop.abort();
  }

  resume(): void {
    this.#go();
  }

  lookAgain(galaxy: Galaxy): void {
    if (galaxy.status !== 'failed') return;
    galaxy.status = 'waiting';
    this.failed = this.failed.filter((other) => other !== galaxy);
    this.finished -= 1;
    this.#firstWaiting = 0;
    this.#go();
  }

  clear(): void {
    this.cancel();
    for (const galaxy of this.galaxies) galaxy.forget();
    this.galaxies = [];
    this.refused = [];
    this.failed = [];
    this.finished = 0;
    this.#firstWaiting = 0;
    this.#lastLook = { at: 'start' };
    this.notice = '';
    this.show({ at: 'start' });
  }

  #append(galaxies: Galaxy[]): Galaxy[] {
    this.galaxies = [...this.galaxies, ...galaxies];
    return galaxies;
  }

  #add(files: NamedFile[]): Galaxy | undefined {
    return this.#append(files.map(({ name, file }) => new Galaxy(this.#nextId++, name, file, null)))[0];
  }

  async #unpack(archive: NamedFile): Promise<void> {
    if (!this.#engine) return;
    this.#stop = new AbortController();
    this.unpacking = { name: archive.name, part: 0 };
    try {
      const { files, refused } = await this.#engine.client.call('unpack', archive, {
        signal: this.#stop.signal,
        onProgress: (part) => (this.unpacking = { name: archive.name, part }),
      });
      this.#add(files);
      this.refused = [...this.refused, ...refused];
    } catch (error) {
      if (!wasCancelled(error)) this.refused = [...this.refused, { name: archive.name, message: reason(error) }];
    } finally {
      this.unpacking = null;
    }
  }

  #go(): void {
    if (!this.running) this.#lastRun = this.#run();
  }

  // A few at once keep all threads busy. A second few always wait in the worker, read already, so that it never waits for
  // the page; progress, time left and a stop between any two.
  async #run(): Promise<void> {
    if (this.running || !this.#engine) return;
    this.running = true;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    try {
      await this.#engine.loaded;
      const before = this.finished;
      const started = performance.now();
      const lane = async () => {
        for (let batch = this.#nextBatch(); batch.length > 0 && !signal.aborted; batch = this.#nextBatch()) {
          await this.#judge(batch, signal);
          const left = this.galaxies.length - this.finished;
          const looked = Math.max(1, this.finished - before);
          this.millisecondsLeft = ((performance.now() - started) / looked) * left;
          this.#tell(left === 0);
        }
      };
      await Promise.all([lane(), lane()]);
    } catch (error) {
      for (const galaxy of this.galaxies.filter((g) => g.status === 'waiting')) this.#fail(galaxy, reason(error));
    } finally {
      this.running = false;
      this.millisecondsLeft = null;
      this.#tell(true);
    }
  }

  // The one that somebody looks at goes first, and alone.
  #nextBatch(): Galaxy[] {
    if (this.current?.status === 'waiting') return [this.current];
    const batch: Galaxy[] = [];
    let bytes = 0;
    for (let at = this.#firstNotDone(); batch.length < batchLimits.files; at += 1) {
      const galaxy = this.galaxies[at];
      if (!galaxy || (batch.length > 0 && bytes + galaxy.file.size > batchLimits.bytes)) break;
      if (galaxy.status !== 'waiting') continue;
      batch.push(galaxy);
      bytes += galaxy.file.size;
    }
    return batch;
  }

  #firstNotDone(): number {
    while (['done', 'failed'].includes(this.galaxies[this.#firstWaiting]?.status ?? '')) this.#firstWaiting += 1;
    return this.#firstWaiting;
  }

  #tell(now: boolean): void {
    if (!now && performance.now() - this.#toldAt < 300) return;
    this.#toldAt = performance.now();
    this.news += 1;
  }

  async #judge(batch: readonly Galaxy[], signal: AbortSignal): Promise<void> {
    if (!this.#engine) return;
    for (const galaxy of batch) galaxy.status = 'working';
    const files = batch.map(({ name, file }) => ({ name, file }));
    try {
      const judged = await this.#engine.client.call('classify', { files, seen: false }, { signal });
      batch.forEach((galaxy, i) => {
        this.#settle(galaxy, judged[i]);
      });
    } catch (error) {
      for (const galaxy of batch) {
        if (wasCancelled(error)) galaxy.status = 'waiting';
        else this.#fail(galaxy, reason(error));
      }
    }
  }

  #settle(galaxy: Galaxy, judged: Judged | undefined): void {
    try {
      galaxy.judgement = judgementOf(judged);
      galaxy.status = 'done';
      this.finished += 1;
    } catch (error) {
      this.#fail(galaxy, reason(error));
    }
  }

  #fail(galaxy: Galaxy, message: string): void {
    galaxy.status = 'failed';
    galaxy.message = message;
    this.failed = [...this.failed, galaxy];
    this.finished += 1;
  }
}

export const session = new Session();
