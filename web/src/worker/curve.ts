// A curve of losses that never grows beyond a limit: every second point goes when it is full, so that it stays even.
export interface LossPoint {
  step: number;
  loss: number;
}

export class Curve {
  #points: LossPoint[];
  #every = 1; // only steps divisible by this are kept

  constructor(
    points: LossPoint[] = [],
    private readonly most = 2000,
  ) {
    this.#points = [];
    for (const point of points) this.add(point.step, point.loss);
  }

  add(step: number, loss: number): void {
    if (step % this.#every !== 0) return;
    this.#points.push({ step, loss });
    while (this.#points.length > this.most) {
      this.#every *= 2;
      this.#points = this.#points.filter((point) => point.step % this.#every === 0);
    }
  }

  /** Without what came after a checkpoint that one goes back to. */
  upTo(step: number): Curve {
    return new Curve(
      this.#points.filter((point) => point.step <= step),
      this.most,
    );
  }

  get points(): LossPoint[] {
    return this.#points;
  }
}
