// A data set as it is changed by hand, and as a network wants it.
import { EngineError, type Change, type DataSummary, type Limits, type Requests } from '../engine/protocol';
import { bytesOfAll } from './blob-bytes';
import { find, hold, summaryOf, type Held } from './held';
import type { Job } from './job';
import { opened, running } from './module';
import { inClass, readFiles, type Told } from './reading';
import { offerFor } from './room';

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
