// A network as a row of slabs, as it is drawn in textbooks: each as tall as its picture, as wide as its channels are many.
import type { LayerRow } from '../engine/protocol';

export interface Slab {
  x: number;
  width: number;
  height: number; // of 100
  flat: boolean;
  learns: boolean;
  title: string;
  shape: string;
}

/** "64x64x16" or "300" as numbers; null for what is neither. */
export function extentOf(text: string): { side: number; channels: number; flat: boolean } | null {
  const numbers = text.split('x').map(Number);
  if (numbers.some((n) => !(n > 0))) return null;
  const [first = 1, , channels = 1] = numbers;
  return numbers.length === 3
    ? { side: first, channels, flat: false }
    : { side: 1, channels: numbers.reduce((a, b) => a * b, 1), flat: true };
}

export const silhouetteWidth = 640;

/** Only where the shape changes or something is learned stands a slab: norms and activations are thin air. */
export function silhouette(input: string, layers: readonly Pick<LayerRow, 'kind' | 'output' | 'parameters'>[]): Slab[] {
  const drawn = [{ kind: 'input', output: input, parameters: 0 }, ...layers].filter(
    (layer, i, all) => i === 0 || layer.output !== all[i - 1]?.output || ['conv2d', 'dense'].includes(layer.kind),
  );
  const tallest = Math.max(1, extentOf(input)?.side ?? 1);
  const slabs = drawn.flatMap(({ kind, output, parameters }) => {
    const extent = extentOf(output);
    if (!extent) return [];
    const size = Math.log2(extent.channels + 1);
    const width = extent.flat ? 6 : 4 + size * 4;
    const height = extent.flat ? 8 + size * 5 : 6 + 94 * Math.min(1, extent.side / tallest);
    const shape = output.replaceAll('x', '×');
    return [{ x: 0, width, height, flat: extent.flat, learns: parameters > 0, title: `${kind} ${output}`, shape }];
  });
  return spread(slabs);
}

// Side by side over the whole width, with equal gaps.
function spread(slabs: Slab[]): Slab[] {
  const filled = slabs.reduce((sum, slab) => sum + slab.width, 0);
  const narrower = Math.min(1, (silhouetteWidth * 0.7) / Math.max(1, filled));
  const gap = (silhouetteWidth - filled * narrower) / Math.max(1, slabs.length - 1);
  let x = 0;
  return slabs.map((slab) => {
    const placed = { ...slab, x, width: slab.width * narrower };
    x += placed.width + gap;
    return placed;
  });
}
