// One run of training in this worker: slices of work, news of it, and what is kept so that it can go on after a crash.
// Nothing here knows of messages; training.ts starts, pauses and ends it.
import type { Training } from '../engine/pinwheel';
import { EngineError, type EpochReport, type Guess, type RunRecord, type TrainingEnd } from '../engine/protocol';
import { Curve } from './curve';
import { guessesOf } from './guesses';
import { drop, summaryOf, type Held } from './held';
import { Keeper, type Tell } from './keeper';
import { checkpoints, records, runModels } from './keep';
import { packModel } from './model-pack';
import { opened } from './module';
import { Beat, Pace } from './pace';
import { trainingRecord } from './run-record';
import { slice, turn } from './turn';

type Value<T> = Extract<T, { value: unknown }>['value'];
type Plan = Value<ReturnType<Training['begin']>>;
type Slice = Value<ReturnType<Training['run']>>;

export class Run {
  #wish: 'go' | 'pause' | 'stop' = 'pause';
  #curve: Curve;
  #history: EpochReport[];
  #step: number;
  #epochEnd: boolean;
  #done: boolean;
  #unsaved: number[] = []; // losses since the last news
  #keeper = new Keeper();
  #hurry = false; // to save, due or not
  /** Settles when no step goes on any more. */
  still: Promise<unknown> = Promise.resolve();
  saving = false; // what is kept of a pause or an end: after that, so that nobody waits for a disk
  ending: TrainingEnd | null = null; // how it ended, when it is over
  forgotten = false; // its record was deleted: it is not to come back

  constructor(
    readonly record: RunRecord,
    readonly training: Training,
    readonly data: Held, // the store that is trained on, the run's own
    private readonly plan: Plan,
    private readonly release: () => void,
  ) {
    this.#curve = new Curve(record.losses).upTo(plan.step);
    this.#history = opened(training.history());
    this.#step = plan.step;
    this.#epochEnd = plan.epochEnd;
    this.#done = plan.done;
  }

  get id(): string {
    return this.record.run;
  }
  get step(): number {
    return this.#step;
  }
  get going(): boolean {
    return this.#wish === 'go';
  }
  get over(): boolean {
    return this.record.state === 'finished' || this.record.state === 'stopped';
  }

  ask(wish: 'pause' | 'stop'): void {
    if (this.going) this.#wish = wish;
  }

  /** Until it is done or somebody asks for something else. */
  async go(tell: Tell): Promise<TrainingEnd> {
    const walking = this.#walk(tell);
    this.still = walking.catch(() => undefined);
    const wish = await walking;
    if (this.#done || wish === 'stop') return this.end(this.#done ? 'finished' : 'stopped');
    await turn(); // whoever asked is answered first: a snapshot takes its time
    await this.#saveAndTell(tell).finally(() => (this.saving = false));
    return this.#ending('paused');
  }

  /** Step after step; answers with what somebody asked for. */
  async #walk(tell: Tell): Promise<'go' | 'pause' | 'stop'> {
    this.#wish = 'go';
    this.record.state = 'running';
    const pace = new Pace();
    const news = new Beat(120);
    const moment = new Beat(1000);
    const since = performance.now() - this.record.seconds * 1000;
    this.#tellStart(tell);
    pace.mark(this.#step);
    while (this.going && !this.#done) {
      if (this.#epochEnd) {
        this.#validate(tell);
      } else {
        const report = this.#slice();
        if (report.losses.length > 0) {
          // Between two steps: guesses in the middle of one would throw its work away.
          pace.mark(this.#step);
          if (news.due()) this.#tellStep(tell, report, pace);
          if (moment.due()) {
            await turn(); // they take as long as a slice: whoever asked meanwhile does not wait for them
            if (this.going) tell({ at: 'moment', step: this.#step, guesses: this.guesses() });
          }
        }
      }
      this.record.seconds = (performance.now() - since) / 1000;
      if (this.#hurry ? this.#keeper.lags(this.#step) : this.#keeper.due(this.#step)) await this.#saveAndTell(tell);
      this.#hurry = false;
      await turn();
    }
    // Whoever asked to pause or stop waits: only the end itself is worth another look.
    if (this.#done) tell({ at: 'moment', step: this.#step, guesses: this.guesses() });
    const wish = this.#wish as 'go' | 'pause' | 'stop';
    this.#wish = 'pause';
    this.saving = !this.#done && wish === 'pause';
    if (this.saving) this.record.state = 'paused';
    return wish;
  }

  singleStep() {
    if (this.#done) throw new EngineError('invalid_argument', 'This training is over.');
    let report: EpochReport | null = null;
    while (this.#epochEnd && !report) report = this.#validateSome().report;
    if (this.#done) throw new EngineError('invalid_argument', 'This training is over.');
    let one = this.#slice(0);
    while (one.losses.length === 0) one = this.#slice(0);
    const { step, epoch, loss, learningRate } = one;
    this.#unsaved = [];
    return { step, epoch, loss, learningRate, guesses: this.guesses(), report };
  }

  guesses(): Guess[] {
    return guessesOf(this.training, this.record.data.outputs.length);
  }

  /** Saves the result, forgets what was only for going on. How it ended is known at once. */
  async end(why: 'finished' | 'stopped'): Promise<TrainingEnd> {
    this.record.state = why;
    this.record.endedAt = Date.now();
    this.record.weightsHash = opened(this.training.weightsHash());
    this.ending = this.#ending(why);
    this.saving = true;
    const keeping = this.#keeper.keep(async () => {
      await turn(); // as in go()
      await runModels.save(this.id, this.model());
      this.record.hasModel = true;
      await this.saveRecord();
      await checkpoints.forget(this.id);
    });
    await keeping.finally(() => (this.saving = false));
    this.release();
    return this.ending;
  }

  /** The model as one file. */
  model(): Uint8Array<ArrayBuffer> {
    const { config, weights } = opened(
      this.training.result(JSON.stringify(trainingRecord(this.record, this.#history.length))),
    );
    return packModel(config, weights);
  }

  async saveRecord(): Promise<void> {
    if (this.forgotten) return;
    Object.assign(this.record, {
      step: this.#step,
      losses: this.#curve.points,
      history: this.#history,
      savedAt: Date.now(),
    });
    await records.save(this.record);
  }

  async saveFirst(tell: Tell): Promise<void> {
    await this.#keeper.keep(async () => {
      await checkpoints.saveData(this.id, this.data.set, (done, total) =>
        tell({ at: 'preparing', phase: 'saving', done, total, secondsLeft: null }),
      );
      await this.save();
    }, tell);
  }

  async save(): Promise<void> {
    const begun = performance.now();
    // Taken before anything is awaited: after a pause a single step may come in between.
    const [step, snapshot] = [this.#step, opened(this.training.snapshot())];
    // In this order: whoever is cut off between the two is offered less than was kept, never more.
    await checkpoints.save(this.id, snapshot);
    await this.saveRecord();
    this.#keeper.saved(step, performance.now() - begun);
  }

  /** The tab may be gone in a moment: at the next turn while it goes on, at once while it stands. */
  async keepNow(): Promise<void> {
    if (this.going) this.#hurry = true;
    else if (!this.over && !this.saving && this.#keeper.lags(this.#step)) {
      await this.#keeper.keep(() => this.save());
    }
  }

  close(): void {
    this.#wish = 'stop';
    this.training.delete();
    drop(this.data.id);
    this.release();
  }

  #slice(milliseconds = slice): Slice {
    const report = opened(this.training.run(milliseconds));
    const first = report.step - report.losses.length + 1;
    report.losses.forEach((loss, i) => {
      this.#curve.add(first + i, loss);
      this.#unsaved.push(loss);
    });
    this.#step = report.step;
    this.#epochEnd = report.epochEnd;
    return report;
  }

  #validateSome(): { report: EpochReport | null; part: number } {
    const { report, part, done } = opened(this.training.validate(slice));
    if (report) {
      this.#history.push(report);
      this.#epochEnd = false;
      this.#done = done;
    }
    return { report, part };
  }

  #validate(tell: Tell): void {
    const { report, part } = this.#validateSome();
    tell(report ? { at: 'epoch', report } : { at: 'validating', part });
  }

  #tellStart(tell: Tell): void {
    const { recipe, parts, totalSteps, losses } = { ...this.record, losses: this.#curve.points };
    const { stepsPerEpoch } = this.plan;
    const data = summaryOf(this.data);
    const history = [...this.#history];
    tell({
      at: 'started',
      run: this.id,
      data,
      recipe,
      parts,
      totalSteps,
      stepsPerEpoch,
      step: this.#step,
      losses,
      history,
    });
  }

  #tellStep(tell: Tell, report: Slice, pace: Pace): void {
    const { step, epoch, loss, learningRate } = report;
    const losses = this.#unsaved;
    this.#unsaved = [];
    const imagesPerSecond = (pace.perSecond ?? 0) * this.plan.batch;
    const secondsLeft = pace.secondsLeft(this.plan.totalSteps);
    tell({ at: 'step', step, epoch, loss, losses, learningRate, imagesPerSecond, secondsLeft });
  }

  async #saveAndTell(tell: Tell): Promise<void> {
    const step = this.#step;
    if (await this.#keeper.keep(() => this.save(), tell)) tell({ at: 'saved', step });
  }

  #ending(why: TrainingEnd['why']): TrainingEnd {
    return {
      run: this.id,
      why,
      step: this.#step,
      totalSteps: this.plan.totalSteps,
      epochs: this.#history.length,
      seconds: this.record.seconds,
      weightsHash: this.record.weightsHash ?? opened(this.training.weightsHash()),
      stoppedEarly: why === 'finished' && this.#step < this.plan.totalSteps,
    };
  }
}
