// Pictures and tables become a data set: read by the engine in slices, with news of how far it is.
import type { DataSet } from '../engine/pinwheel';
import { EngineError, type LoadProgress, type NamedFile, type OpenOptions, type Problem } from '../engine/protocol';
import { bytesOfAll } from './blob-bytes';
import type { Job } from './job';
import { opened, running } from './module';
import { Pace } from './pace';
import { offerFor, type Wanted } from './room';
import { turn } from './turn';

export type Told = Pick<Job<'openFiles'>, 'cancelled' | 'progress'>;

/** Tells how far loading has come, a few times a second and at the end. */
export function teller(phase: LoadProgress['phase'], job: Told) {
  const pace = new Pace();
  return (done: number, total: number) => {
    pace.mark(done);
    job.progress({ phase, done, total, secondsLeft: pace.secondsLeft(total) });
    if (job.cancelled()) throw new EngineError('cancelled', 'Stopped.');
  };
}

export interface Read {
  set: DataSet;
  problems: Problem[];
  count: number;
}

// `recipe` '' keeps square colour pictures of options.size.
export async function readFiles(
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

// Hand-made classes are class folders by another way. Names are made different, so that each can be found again.
export function inClass(name: string, files: NamedFile[], taken: Set<string>): NamedFile[] {
  const folder = name.replaceAll('/', '-');
  return files.map(({ name: file, file: blob }) => {
    const plain = file.slice(file.lastIndexOf('/') + 1);
    let unique = `${folder}/${plain}`;
    for (let n = 2; taken.has(unique); n += 1) unique = `${folder}/${String(n)}-${plain}`;
    taken.add(unique);
    return { name: unique, file: blob };
  });
}
