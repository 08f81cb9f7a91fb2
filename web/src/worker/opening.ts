// Where galaxies come from: rendered skies, dropped files, classes made by hand.
import type { DataSet } from '../engine/pinwheel';
import { EngineError, type Opened, type Requests, type SkySpec } from '../engine/protocol';
import { hold, summaryOf, type FromFiles } from './held';
import type { Job } from './job';
import { opened, running } from './module';
import { inClass, readFiles, teller, type Told } from './reading';
import { offerFor } from './room';
import { slice, turn } from './turn';

const skyWish = (sky: SkySpec) => ({
  kinds: sky.kinds,
  count: Math.min(sky.count, sky.limits?.most ?? Infinity),
  balance: sky.balance,
  noise: sky.noise,
  size: Math.min(sky.size, sky.limits?.size ?? Infinity),
  seed: sky.seed,
  target: sky.target ?? 'classes',
});

async function draw(sky: SkySpec, job: Told): Promise<DataSet> {
  const { module, pool } = running();
  const drawing = new module.SkyDrawing(pool);
  try {
    opened(drawing.begin(skyWish(sky), ''));
    const tell = teller('rendering', job);
    for (;;) {
      const { done, total } = opened(drawing.draw(slice));
      tell(done, total);
      if (done >= total) break;
      await turn();
    }
    const set = new module.DataSet();
    opened(drawing.finish(set));
    return set;
  } finally {
    drawing.delete();
  }
}

export async function renderSky(sky: Requests['renderSky'], job: Job<'renderSky'>): Promise<Opened> {
  const { count, size } = skyWish(sky);
  const offer = offerFor({ count, height: size, width: size, channels: 3 }, true);
  if (offer) return offer;
  const set = await draw(sky, job);
  return { fits: true, data: summaryOf(hold('rendered galaxies', set, { from: 'rendered', sky })) };
}

async function openInto(name: string, origin: FromFiles, job: Told): Promise<Opened> {
  const read = await readFiles(origin.files, origin.options, '', job);
  if ('set' in read) return { fits: true, data: summaryOf(hold(name, read.set, origin, read.problems, read.count)) };
  const offer = offerFor(read, true);
  if (!offer) throw new EngineError('internal', 'It fits after all: please try once more.');
  return offer;
}

export const openFiles = ({ name, files, options }: Requests['openFiles'], job: Job<'openFiles'>): Promise<Opened> =>
  openInto(name, { from: 'files', files, options: options ?? {} }, job);

export function openClasses({ classes, options }: Requests['openClasses'], job: Job<'openClasses'>): Promise<Opened> {
  const taken = new Set<string>();
  const files = classes.flatMap((one) => inClass(one.name, one.files, taken));
  return openInto('your classes', { from: 'classes', files, options: { ...options, target: 'classes' } }, job);
}
