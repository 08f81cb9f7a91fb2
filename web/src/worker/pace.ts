// How fast something goes, and when it will be done: over the last seconds only, because machines change their minds.
const windowMilliseconds = 8000;

export class Pace {
  #marks: { at: number; done: number }[] = [];

  constructor(private readonly now: () => number = () => performance.now()) {}

  mark(done: number): void {
    const at = this.now();
    this.#marks.push({ at, done });
    while (this.#marks.length > 2 && at - (this.#marks[1]?.at ?? at) > windowMilliseconds) this.#marks.shift();
  }

  /** Time that was no work (a pause, a checkpoint) must not count. */
  restart(): void {
    this.#marks = [];
  }

  /** Things a second; null until there are two marks a moment apart. */
  get perSecond(): number | null {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (!first || !last || last.at - first.at < 100 || last.done <= first.done) return null;
    return ((last.done - first.done) / (last.at - first.at)) * 1000;
  }

  secondsLeft(total: number): number | null {
    const done = this.#marks.at(-1)?.done;
    const speed = this.perSecond;
    return speed === null || done === undefined ? null : Math.max(0, total - done) / speed;
  }
}

/** Lets something through only every so many milliseconds. */
export class Beat {
  #last = -Infinity;
  constructor(
    private readonly every: number,
    private readonly now: () => number = () => performance.now(),
  ) {}
  due(): boolean {
    const at = this.now();
    if (at - this.#last < this.every) return false;
    this.#last = at;
    return true;
  }
}
