// What fits into a tab. The engine can address 4 GB, but a tab that takes more than about one is killed on many machines:
// the store of galaxies may take most of that, and what does not fit is met with an offer instead of a crash.
import type { Limits, MemoryEstimate, Offer } from '../engine/protocol';

export const storeLimit = 600_000_000;
export const trainingLimit = 2_000_000_000; // with network and batch: a choice of the person, who is told how much

const megabytes = (bytes: number) => `${String(Math.round(bytes / 1e6))} MB`;
const thousands = (n: number) => n.toLocaleString('en');

export interface Wanted {
  count: number;
  height: number;
  width: number;
  channels: number;
}
const bytesOf = ({ count, height, width, channels }: Wanted) => count * height * width * channels;
const sizeOf = ({ height, width, channels }: Wanted) =>
  `${String(width)}x${String(height)} pixels${channels === 1 ? ' in grey' : ' in colour'}`;

function smallerSide(wanted: Wanted, limit: number): number | null {
  const fitting = [96, 80, 64, 48, 40, 32].find(
    (side) => side < wanted.height && wanted.count * side * side * wanted.channels <= limit,
  );
  return fitting ?? null;
}

/** Null when it fits. `resizable`: the size is ours to choose, and not a network's. */
export function offerFor(wanted: Wanted, resizable: boolean, limit = storeLimit): Offer | null {
  const needBytes = bytesOf(wanted);
  if (needBytes <= limit) return null;
  const most =
    Math.floor(limit / (needBytes / wanted.count) / 1000) * 1000 || Math.floor(limit / (needBytes / wanted.count));
  const side = resizable ? smallerSide(wanted, limit) : null;
  const choices: { words: string; limits: Limits }[] = [
    ...(side === null
      ? []
      : [
          {
            words: `all ${thousands(wanted.count)}, at ${String(side)}x${String(side)} pixels`,
            limits: { size: side },
          },
        ]),
    { words: `${thousands(most)} of the ${thousands(wanted.count)}, evenly chosen`, limits: { most } },
  ];
  const sentence =
    `${thousands(wanted.count)} galaxies at ${sizeOf(wanted)} need ${megabytes(needBytes)}; ` +
    `this tab can keep ${megabytes(limit)} of them.`;
  return { fits: false, sentence, needBytes, limitBytes: limit, choices };
}

/** The store, kept beside the one that is already there, and the training itself. */
export function estimate(store: Wanted, trainingBytes: number): MemoryEstimate {
  const storeBytes = bytesOf(store);
  const left = Math.min(storeLimit, trainingLimit - trainingBytes);
  const offer = left > 0 ? offerFor(store, false, left) : null;
  const fits = left > 0 && offer === null;
  const total = megabytes(storeBytes + trainingBytes);
  const sentence = fits
    ? `Training takes about ${total} of memory.`
    : left > 0
      ? `Training would take about ${total} of memory, more than a tab should: take fewer galaxies.`
      : `One batch of this network takes ${megabytes(trainingBytes)}: choose a smaller batch or network.`;
  return { fits, storeBytes, trainingBytes, limitBytes: trainingLimit, sentence, offer };
}
