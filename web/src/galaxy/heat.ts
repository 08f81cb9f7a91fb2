// Where the network looked, as colours over the picture and as a sentence for those who cannot see them.
import type { Heat } from '../engine/protocol';
import { percent } from './words';

const amber = [246, 177, 78] as const;
const blue = [93, 147, 230] as const;
const strongest = 0.78; // opacity of the hottest place: the galaxy stays visible under it
const indifferent = 0.02; // an answer that no patch moves by more than this does not rest on any one place

const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Amber where covering takes the answer away, blue where it makes it surer; clear where it does not matter. */
export function heatColours({ drop, width, height }: Heat): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(width * height * 4);
  const most = Math.max(largest(drop), indifferent);
  drop.forEach((value, at) => {
    rgba.set(value > 0 ? amber : blue, at * 4);
    rgba[at * 4 + 3] = 255 * strongest * Math.min(1, Math.abs(value) / most);
  });
  return rgba;
}

const rows = ['upper', '', 'lower'];
const columns = ['left', '', 'right'];

/** "the middle", "the upper left": thirds of the picture. */
function place(at: number, { width, height }: Heat): string {
  const third = (position: number, length: number) => Math.min(2, Math.floor((3 * (position + 0.5)) / length));
  const row = rows[third(Math.floor(at / width), height)] ?? '';
  const column = columns[third(at % width, width)] ?? '';
  if (!row && !column) return 'the middle';
  return `the ${[row, column].filter(Boolean).join(' ')}${row && column ? '' : ' edge'}`;
}

const peak = ({ drop }: Heat) => drop.reduce((best, value, at) => (value > (drop[best] ?? 0) ? at : best), 0);

/** The answer that rests most on one place: the one to show first. */
export function hottest(heats: readonly Heat[]): number {
  const most = heats.map((heat) => heat.drop[peak(heat)] ?? 0);
  return Math.max(0, most.indexOf(Math.max(...most)));
}

/** `answer`: "bar", "2 arms". */
export function heatWords(heat: Heat, answer: string): string {
  const at = peak(heat);
  const most = heat.drop[at] ?? 0;
  if (most < indifferent) return `“${answer}” rests on no one place: whatever part is covered, it stays much the same.`;
  const left = percent(Math.max(0, heat.uncovered - most));
  return `“${answer}” rests most on ${place(at, heat)}: covered there, it falls from ${percent(heat.uncovered)} to ${left}.`;
}
