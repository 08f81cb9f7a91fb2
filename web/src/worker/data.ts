// The data sets of this worker, by id. Each remembers where its galaxies came from, so that they can be read again at the
// size that a network wants; what lies in the engine's memory is the 8-bit store and nothing else.
import type { DataSet } from '../engine/pinwheel';
import {
  EngineError,
  type Change,
  type DataId,
  type DataSummary,
  type Limits,
  type LoadProgress,
  type NamedFile,
  type Opened,
  type OpenOptions,
  type Problem,
  type Requests,
  type Responses,
  type SkySpec,
} from '../engine/protocol';
import { bytesOfAll } from './blob-bytes';
import type { Job } from './job';
import { opened, running } from './module';
import { Pace } from './pace';
import { offerFor, type Wanted } from './room';
import { slice, turn } from './turn';

type Told = Pick<Job<'openFiles'>, 'cancelled' | 'progress'>;

/** Where galaxies come from. `stored`: from the browser's keep, as they are. */
interface FromFiles {
  from: 'files' | 'classes';
  files: NamedFile[];
  options: OpenOptions;
}
export type Origin = FromFiles | { from: 'rendered'; sky: SkySpec } | { from: 'stored' };

export interface Held {
  id: DataId;
  name: string;
  set: DataSet;
  origin: Origin;
  problems: Problem[];
  problemCount: number;
}

const held = new Map<DataId, Held>();
let nextId = 1;

export function hold(
  name: string,
  set: DataSet,
  origin: Origin,
  problems: Problem[] = [],
  problemCount = problems.length,
): Held {
  const entry = { id: `data-${String(nextId++)}`, name, set, origin, problems, problemCount };
  held.set(entry.id, entry);
  return entry;
}

export function find(id: DataId): Held {
  const entry = held.get(id);
  if (!entry) throw new EngineError('not_found', 'These galaxies are not open any more: open them again.');
  return entry;
}

export function drop(id: DataId): void {
  held.get(id)?.set.delete();
  held.delete(id);
}

/** The same galaxies by another id, for a run: whatever becomes of `entry` later, the run goes on with what it began. */
export function shared(entry: Held): Held {
  const set = new (running().module.DataSet)();
  set.share(entry.set);
  return hold(entry.name, set, { ...entry.origin }, entry.problems, entry.problemCount);
}

export function summaryOf({ id, name, set, origin, problems, problemCount }: Held): DataSummary {
  const summary = opened(set.summary());
  return { ...summary, id, name, problems, problemCount, origin: origin.from, editable: summary.labels !== null };
}

/** Tells how far loading has come, a few times a second and at the end. */
function teller(phase: LoadProgress['phase'], job: Told) {
  const pace = new Pace();
  return (done: number, total: number) => {
    pace.mark(done);
    job.progress({ phase, done, total, secondsLeft: pace.secondsLeft(total) });
    if (job.cancelled()) throw new EngineError('cancelled', 'Stopped.');
  };
}

// -- Rendered skies

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

// -- Files

interface Read {
  set: DataSet;
  problems: Problem[];
  count: number;
}

// `recipe` '' keeps square colour pictures of options.size.
async function readFiles(
  files: NamedFile[],
  options: OpenOptions & { fewestClasses?: number },
  recipe: string,
  job: Told,
): Promise<Read | Wanted> {
  const { module, pool } = running();
  const loading = new module.Loading(pool);
  try {
    job.progress({ phase: 'listing', done: 0, total: 0, secondsLeft: null });
    const limits = options.limits ?? {};
    const plan = opened(
      loading.begin(
        await bytesOfAll(files),
        {
          target: options.target ?? '',
          labelColumn: options.labelColumn ?? '',
          size: Math.min(options.size ?? 64, limits.size ?? Infinity),
          most: limits.most ?? 0,
          fewestClasses: options.fewestClasses ?? 2,
        },
        recipe,
      ),
    );
    const wanted = { count: plan.total, ...plan.stored };
    if (offerFor(wanted, recipe === '')) return wanted;
    const tell = teller('reading', job);
    for (;;) {
      const { done, total, more } = opened(loading.step());
      tell(done, total);
      if (!more) break;
      await turn();
    }
    const set = new module.DataSet();
    const { problems, count } = opened(loading.finish(set));
    return { set, problems, count };
  } finally {
    loading.delete();
  }
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

// Hand-made classes are class folders by another way. Names are made different, so that each can be found again.
function inClass(name: string, files: NamedFile[], taken: Set<string>): NamedFile[] {
  const folder = name.replaceAll('/', '-');
  return files.map(({ name: file, file: blob }) => {
    const plain = file.slice(file.lastIndexOf('/') + 1);
    let unique = `${folder}/${plain}`;
    for (let n = 2; taken.has(unique); n += 1) unique = `${folder}/${String(n)}-${plain}`;
    taken.add(unique);
    return { name: unique, file: blob };
  });
}

export function openClasses({ classes, options }: Requests['openClasses'], job: Job<'openClasses'>): Promise<Opened> {
  const taken = new Set<string>();
  const files = classes.flatMap((one) => inClass(one.name, one.files, taken));
  return openInto('your classes', { from: 'classes', files, options: { ...options, target: 'classes' } }, job);
}

// -- Changes by hand

async function add(entry: Held, change: Change & { do: 'add' }, job: Told): Promise<void> {
  if (entry.origin.from !== 'files' && entry.origin.from !== 'classes') {
    throw new EngineError('unsupported', 'Pictures can only be added to galaxies that came from files.');
  }
  const { stored } = opened(entry.set.summary());
  const taken = new Set(entry.origin.files.map((file) => file.name));
  const files = inClass(change.to, change.files, taken);
  const wish = { target: 'classes', size: stored.height, fewestClasses: 1 } as const;
  const read = await readFiles(files, wish, '', job);
  if (!('set' in read)) throw new EngineError('too_large', 'So many more pictures do not fit into this tab.');
  try {
    const [label = change.to] = opened(read.set.summary()).outputs;
    opened(read.set.renameClass(label, change.to));
    opened(entry.set.append(read.set));
  } finally {
    read.set.delete();
  }
  entry.origin.files = [...entry.origin.files, ...files];
  entry.problems = [...entry.problems, ...read.problems].slice(-200);
  entry.problemCount += read.count;
}

export async function changeData(
  { data, change }: Requests['changeData'],
  job: Job<'changeData'>,
): Promise<DataSummary> {
  const entry = find(data);
  const { set } = entry;
  switch (change.do) {
    case 'add':
      await add(entry, change, job);
      break;
    case 'remove':
      opened(set.remove(Int32Array.from(change.examples)));
      break;
    case 'move':
      opened(set.moveToClass(Int32Array.from(change.examples), change.to));
      break;
    case 'rename':
      opened(set.renameClass(change.from, change.to));
      break;
    case 'add_class':
      opened(set.addClass(change.name));
      break;
    case 'remove_class':
      opened(set.removeClass(change.name));
      break;
  }
  return summaryOf(entry);
}

// -- Looking

export const describeData = async ({ data }: Requests['describeData']) => Promise.resolve(summaryOf(find(data)));

export const thumbnails = async ({ data, examples }: Requests['thumbnails']): Promise<Responses['thumbnails']> =>
  Promise.resolve(opened(find(data).set.thumbnails(Int32Array.from(examples))));

export async function closeData({ data }: Requests['closeData']): Promise<null> {
  drop(data);
  return Promise.resolve(null);
}

// -- For a network

/** The galaxies as the recipe's network reads them: the set itself when it is so already, else a new one. */
export async function prepared(entry: Held, recipe: string, limits: Limits | undefined, job: Told): Promise<Held> {
  // An offer that was accepted when the galaxies were opened is already kept to; classes may have been put right since.
  const fewer = (limits?.most ?? Infinity) < opened(entry.set.summary()).count;
  if (entry.set.suits(recipe) && !fewer) return entry;
  const { module, pool } = running();
  if (entry.set.isOriginal()) {
    const set = new module.DataSet();
    opened(set.preprocessFrom(entry.set, recipe, pool));
    return hold(entry.name, set, entry.origin);
  }
  const { origin } = entry;
  if (origin.from === 'stored' || origin.from === 'rendered') {
    throw new EngineError(
      'unsupported',
      'These galaxies were kept at the size of another network and their files are gone: open the files again.',
    );
  }
  const options = { ...origin.options, limits: (fewer ? limits : origin.options.limits) ?? {} };
  const read = await readFiles(
    origin.files,
    { ...options, target: opened(entry.set.summary()).targetKind },
    recipe,
    job,
  );
  if (!('set' in read)) throw new EngineError('too_large', offerFor(read, false)?.sentence ?? 'This does not fit.');
  if (!fewer) opened(read.set.rereadAs(entry.set));
  return hold(entry.name, read.set, origin, read.problems, read.count);
}

/** The picture as it came; the stored one where there is no file any more. */
export async function originalFile(entry: Held, example: number): Promise<{ name: string; bytes: Uint8Array }> {
  const { set, origin } = entry;
  const [name = ''] = opened(set.thumbnails(Int32Array.from([example]))).names;
  if (origin.from !== 'files' && origin.from !== 'classes') return { name, bytes: opened(set.png(example)) };
  const { module, pool } = running();
  const loading = new module.Loading(pool);
  try {
    return {
      name,
      bytes: opened(loading.original(await bytesOfAll(origin.files), name)),
    };
  } finally {
    loading.delete();
  }
}
