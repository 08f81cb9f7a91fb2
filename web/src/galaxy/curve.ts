// The loss of every step, thinned by pairwise means when there are too many to draw, and a smooth line through it.

export class Curve {
  steps: number[] = [];
  losses: number[] = [];
  #every = 1; // steps behind one point
  #sum = 0;
  #pending = 0;

  constructor(private readonly most = 4000) {}

  add(step: number, loss: number): void {
    this.#sum += loss;
    this.#pending += 1;
    if (this.#pending < this.#every) return;
    this.steps.push(step);
    this.losses.push(this.#sum / this.#pending);
    this.#sum = 0;
    this.#pending = 0;
    if (this.steps.length >= this.most) this.#halve();
  }

  #halve(): void {
    const half = Math.floor(this.steps.length / 2);
    this.losses = Array.from(
      { length: half },
      (_, i) => ((this.losses[2 * i] ?? 0) + (this.losses[2 * i + 1] ?? 0)) / 2,
    );
    this.steps = Array.from({ length: half }, (_, i) => this.steps[2 * i + 1] ?? 0);
    this.#every *= 2;
  }
}

/** Exponential mean whose early values are not drawn to zero. `memory`: points that it remembers. */
export function smoothed(values: readonly number[], memory: number): number[] {
  const keep = 1 - 1 / Math.max(1, memory);
  let mean = 0;
  let weight = 0;
  return values.map((value) => {
    mean = keep * mean + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    return mean / weight;
  });
}

export interface Point {
  step: number;
  value: number | null;
}

/** Columns over one common axis, as uPlot wants them: null where a line has no point. */
export function columns(lines: readonly (readonly Point[])[]): [number[], ...(number | null)[][]] {
  const steps = [...new Set(lines.flatMap((line) => line.map((point) => point.step)))].sort((a, b) => a - b);
  const column = (line: readonly Point[]) => {
    const at = new Map(line.map((point) => [point.step, point.value]));
    return steps.map((step) => at.get(step) ?? null);
  };
  return [steps, ...lines.map(column)];
}
