// How the curve looks: colours are read from the page's own, lines are told apart by more than colour.
import type uPlot from 'uplot';
import { percent } from '../../galaxy/words';

interface Steps {
  total: number;
  perEpoch: number;
}
type Options = Omit<uPlot.Options, 'width' | 'height'>;

/** `steps`: how many there will be, asked at every drawing; the axis counts epochs. */
export function curveOptions(element: HTMLElement, figure: 'accuracy' | 'rmse', steps: () => Steps): Options {
  const [soft = '', line = '', blue = '', amber = '', word = ''] = colours(
    element,
    '--soft',
    '--line',
    '--blue-band',
    '--amber-band',
    '--amber',
  );
  const font = `13px ${getComputedStyle(element).fontFamily}`;
  const axis = { stroke: soft, font, ticks: { show: false }, gap: 8 };
  return {
    scales: {
      x: { time: false, range: () => [0, Math.max(1, steps().total)] },
      loss: { range: (_, __, most) => [0, Math.max(0.1, most * 1.05)] },
      figure: { range: figure === 'accuracy' ? [0, 1] : (_, __, most) => [0, Math.max(0.1, most * 1.05)] },
    },
    axes: [
      {
        ...axis,
        scale: 'x',
        grid: { show: false },
        size: 34,
        splits: (chart) => epochEnds(steps(), chart.width),
        values: (_, ticks) => ticks.map((tick) => epochWords(Math.round(tick / steps().perEpoch))),
      },
      { ...axis, scale: 'loss', grid: { stroke: line, width: 1 }, size: 46, space: 60 },
      {
        ...axis,
        stroke: word,
        scale: 'figure',
        side: 1,
        grid: { show: false },
        size: 54,
        values: (_, ticks) => ticks.map((tick) => (figure === 'accuracy' ? percent(tick) : tick.toFixed(2))),
      },
    ],
    series: [
      {},
      { scale: 'loss', stroke: faint(blue), width: 1, points: { show: false }, spanGaps: true },
      { scale: 'loss', stroke: blue, width: 2.5, points: { show: false }, spanGaps: true },
      {
        scale: 'loss',
        stroke: blue,
        width: 2,
        dash: [2, 5],
        points: { show: true, size: 6, fill: blue },
        spanGaps: true,
      },
      { scale: 'figure', stroke: amber, width: 1.5, dash: [7, 5], points: { show: false }, spanGaps: true },
      { scale: 'figure', stroke: amber, width: 3.5, points: { show: true, size: 8, fill: amber }, spanGaps: true },
    ],
    cursor: { show: false },
    legend: { show: false },
    padding: [12, 0, 0, 0],
  };
}

/** About eight marks, fewer where they would run into each other, each at the end of an epoch. */
function epochEnds({ total, perEpoch }: Steps, width: number): number[] {
  const epochs = Math.max(1, Math.floor(total / perEpoch));
  const every = Math.ceil(epochs / Math.max(1, Math.min(8, Math.floor(width / 110))));
  return Array.from({ length: Math.floor(epochs / every) }, (_, i) => (i + 1) * every * perEpoch);
}
const epochWords = (epoch: number) => `epoch ${String(epoch)}`;

/** Tokens as a canvas understands them: light-dark() only resolves on an element. */
function colours(element: HTMLElement, ...tokens: string[]): string[] {
  const probe = document.createElement('span');
  element.append(probe);
  const found = tokens.map((token) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return found;
}

const faint = (colour: string) => colour.replace(/rgb\((.*)\)/, 'rgba($1, 0.3)');
