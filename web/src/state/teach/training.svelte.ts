// The third step: one run of training as the worker tells of it. What it tells while nobody looks is kept here, so that
// whoever comes back finds the curve whole.
import type {
  DataSummary,
  EpochReport,
  Guess,
  Interrupted,
  Limits,
  LoadProgress,
  Offer,
  TrainingEnd,
  TrainingEvent,
} from '../../engine/protocol';
import { watchRun } from '../../engine/watch';
import { Curve } from '../../galaxy/curve';
import { percent } from '../../galaxy/words';
import { session } from '../session.svelte';
import { ask, codeOf, reason } from './ask';
import { galaxies } from './galaxies.svelte';
import { network } from './network.svelte';
import { tellTitle } from './title';

export type Phase = 'idle' | 'preparing' | 'running' | 'paused' | 'ended';

class Training {
  phase = $state<Phase>('idle');
  asking = $state<'' | 'pause' | 'stop' | 'step'>(''); // sent, not answered yet
  keeping = $state(false); // it stands, and is not saved yet
  message = $state('');
  busy = $state(false); // another tab trains
  run = $state<string | null>(null);
  name = $state('');
  recipeText = $state.raw(''); // that the run learns by
  data = $state.raw<DataSummary | null>(null); // the store that is trained on
  parts = $state.raw({ train: 0, validation: 0, test: 0 });
  progress = $state.raw<LoadProgress | null>(null);
  step = $state(0);
  total = $state(0);
  stepsPerEpoch = $state(1);
  epoch = $state(0);
  loss = $state<number | null>(null);
  learningRate = $state(0);
  imagesPerSecond = $state(0);
  secondsLeft = $state<number | null>(null);
  validating = $state<number | null>(null); // part of the galaxies kept for watching that is judged
  history = $state.raw<EpochReport[]>([]);
  guesses = $state.raw<Guess[]>([]);
  momentStep = $state(0);
  savedStep = $state(0);
  unsaved = $state(''); // why it could not go on after a crash
  end = $state.raw<TrainingEnd | null>(null);
  interrupted = $state.raw<Interrupted[]>([]);
  offer = $state.raw<Offer | null>(null);
  drawn = $state(0); // counts what the curve should show
  curve = new Curve();
  #watched = new AbortController();
  #followed: Promise<TrainingEnd> | null = null;

  readonly going = $derived(this.phase === 'preparing' || this.phase === 'running');
  readonly epochs = $derived(Math.max(1, Math.round(this.total / Math.max(1, this.stepsPerEpoch))));
  readonly last = $derived(this.history.at(-1) ?? null);
  readonly changedSince = $derived(this.recipeText !== '' && network.text !== null && network.text !== this.recipeText);

  async start(limits?: Limits): Promise<void> {
    const { data } = galaxies;
    const recipe = network.text;
    if (!data || recipe === null || this.going) return;
    this.#clear();
    this.name = `${network.title} on ${data.name}`;
    this.recipeText = recipe;
    this.phase = 'preparing';
    const memory = await ask('memory', { data: data.id, recipe }).catch(() => null);
    if (memory && !memory.fits && !limits) {
      this.phase = 'idle';
      this.offer = memory.offer;
      this.message = memory.sentence;
      return;
    }
    const request = { data: data.id, recipe, name: this.name, ...(limits ? { limits } : {}) };
    await this.#follow(ask('train', request, { onProgress: (news) => this.#hear(news) }));
  }

  async resume(run: string | null = this.run): Promise<void> {
    if (run === null || this.going) return;
    if (run !== this.run) {
      this.#clear();
      this.name = this.interrupted.find((one) => one.run === run)?.name ?? '';
    }
    this.phase = 'preparing';
    this.interrupted = this.interrupted.filter((one) => one.run !== run);
    await this.#follow(ask('resume', { run }, { onProgress: (news) => this.#hear(news) }));
  }

  async pause(): Promise<void> {
    await this.#ask('pause', async () => {
      const { step } = await ask('pause', {});
      if (!this.going) return; // it came to its end instead
      this.#stands(step);
      this.keeping = true;
    });
  }

  async stop(): Promise<void> {
    await this.#ask('stop', async () => {
      this.#ended(await ask('stop', {}));
    });
  }

  async singleStep(): Promise<void> {
    await this.#ask('step', async () => {
      const one = await ask('singleStep', {});
      this.step = one.step;
      this.epoch = one.epoch;
      this.loss = one.loss;
      this.learningRate = one.learningRate;
      this.curve.add(one.step, one.loss);
      if (one.guesses.length > 0) this.guesses = one.guesses;
      if (one.report) this.history = [...this.history, one.report];
      this.drawn += 1;
    });
  }

  async lookForInterrupted(): Promise<void> {
    if (this.phase !== 'idle') return;
    try {
      this.interrupted = await ask('interrupted', {});
    } catch {
      this.interrupted = []; // no storage: nothing can have been kept
    }
  }

  async abandon(run: string): Promise<void> {
    this.interrupted = this.interrupted.filter((one) => one.run !== run);
    await ask('abandon', { run }).catch(() => undefined);
  }

  async #ask(what: 'pause' | 'stop' | 'step', work: () => Promise<void>): Promise<void> {
    if (this.asking) return;
    this.asking = what;
    try {
      await work();
    } catch (error) {
      this.message = reason(error);
    } finally {
      this.asking = '';
    }
  }

  // A run that was paused is told twice: when it stands, and when it is saved. Then it may be going on again already.
  async #follow(run: Promise<TrainingEnd>): Promise<void> {
    this.#followed = run;
    this.keeping = false;
    this.message = '';
    this.busy = false;
    try {
      const end = await run;
      if (run === this.#followed) this.#ended(end);
    } catch (error) {
      if (run !== this.#followed) return;
      this.keeping = false;
      this.#watched.abort();
      this.phase = 'idle';
      this.busy = codeOf(error) === 'busy';
      this.message = reason(error);
      session.teaching = null;
      if (codeOf(error) === 'worker_died') void this.lookForInterrupted();
    }
    this.#tellTitle();
  }

  #stands(step: number): void {
    this.step = step;
    this.secondsLeft = null;
    this.validating = null;
    session.teaching = null;
    this.phase = 'paused';
    this.drawn += 1;
  }

  #ended(end: TrainingEnd): void {
    this.keeping = false;
    this.#stands(end.step);
    this.run = end.run;
    this.total = end.totalSteps;
    if (end.why === 'paused') return;
    this.#watched.abort();
    this.end = end;
    this.phase = 'ended';
  }

  #hear(news: TrainingEvent): void {
    switch (news.at) {
      case 'preparing':
        this.progress = news;
        break;
      case 'started':
        this.#started(news);
        break;
      case 'step':
        news.losses.forEach((loss, i) => this.curve.add(news.step - news.losses.length + 1 + i, loss));
        this.step = news.step;
        this.epoch = news.epoch;
        this.loss = news.loss;
        this.learningRate = news.learningRate;
        this.imagesPerSecond = news.imagesPerSecond;
        this.secondsLeft = news.secondsLeft;
        this.validating = null;
        session.teaching = this.total > 0 ? news.step / this.total : 0;
        this.drawn += 1;
        break;
      case 'validating':
        this.validating = news.part;
        break;
      case 'epoch':
        this.validating = null;
        this.history = [...this.history, news.report];
        this.drawn += 1;
        this.#tellTitle();
        break;
      case 'moment':
        this.guesses = news.guesses;
        this.momentStep = news.step;
        break;
      case 'unsaved':
        this.unsaved = news.message;
        break;
      case 'saved':
        this.savedStep = news.step;
    }
  }

  #started(news: Extract<TrainingEvent, { at: 'started' }>): void {
    this.phase = 'running';
    this.progress = null;
    this.run = news.run;
    this.#watch(news.run);
    this.data = news.data;
    this.recipeText = news.recipe;
    this.parts = news.parts;
    this.total = news.totalSteps;
    this.stepsPerEpoch = news.stepsPerEpoch;
    this.step = this.savedStep = news.step;
    this.history = news.history;
    this.curve = new Curve();
    for (const { step, loss } of news.losses) this.curve.add(step, loss);
    this.drawn += 1;
  }

  #watch(run: string): void {
    this.#watched.abort();
    this.#watched = new AbortController();
    const { signal } = this.#watched;
    watchRun(run, () => session.engine?.client.lost(), signal);
    const keep = () => void ask('keepNow', {}).catch(() => undefined);
    addEventListener('pagehide', keep, { signal });
    const hidden = () => document.visibilityState === 'hidden' && keep();
    document.addEventListener('visibilitychange', hidden, { signal });
  }

  #clear(): void {
    this.curve = new Curve();
    this.history = [];
    this.guesses = [];
    this.step = this.total = this.epoch = this.savedStep = 0;
    this.loss = this.secondsLeft = null;
    this.end = null;
    this.run = null;
    this.data = null;
    this.progress = null;
    this.offer = null;
    this.message = this.unsaved = '';
  }

  #tellTitle(): void {
    const accuracy = this.last?.validation?.accuracy;
    const right = accuracy === null || accuracy === undefined ? '' : `${percent(accuracy)} right`;
    if (this.phase === 'running') {
      tellTitle([right, `epoch ${String(this.history.length)} of ${String(this.epochs)}`].filter(Boolean).join(' · '));
    } else if (this.phase === 'ended') tellTitle(['Finished', right].filter(Boolean).join(' · '), true);
    else tellTitle('');
  }
}

export const training = new Training();
