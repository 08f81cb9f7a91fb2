// What the browser keeps of runs and models, and under which names:
//   runs/<run>/record            configuration, curve, figures: written by whoever trains
//   runs/<run>/words             its name and notes: written by whoever reads the history, in whatever tab
//   runs/<run>/checkpoint        the trainer's snapshot, while it can go on
//   runs/<run>/data/{about,pixels,targets}   the galaxies of such a run
//   runs/<run>/model, models/<id>/{about,model}   a model as one file
import type { DataSet } from '../engine/pinwheel';
import { EngineError, type RunRecord, type ShelfEntry } from '../engine/protocol';
import { list, read, readJson, remove, write, writeJson, type Path } from './files';
import { opened, running } from './module';
import { turn } from './turn';

const pieceBytes = 4_000_000;
const runPath = (run: string, ...rest: string[]): Path => ['runs', run, ...rest];

type Words = Pick<RunRecord, 'name' | 'notes'>;

export const records = {
  save: (record: RunRecord) => writeJson(runPath(record.run, 'record'), record),
  saveWords: (run: string, words: Words) => writeJson(runPath(run, 'words'), words),
  async find(run: string): Promise<RunRecord | null> {
    const record = await readJson<RunRecord>(runPath(run, 'record'));
    return record && { ...record, ...(await readJson<Words>(runPath(run, 'words'))) };
  },
  forget: (run: string) => remove(runPath(run)),
  async all(): Promise<RunRecord[]> {
    const found = await Promise.all((await list(['runs'])).map((run) => records.find(run)));
    return found.filter((record) => record !== null).sort((a, b) => b.startedAt - a.startedAt);
  },
};

async function* pieces(set: DataSet, kind: 'pixels' | 'targets', count: number, each: number) {
  const step = Math.max(1, Math.floor(pieceBytes / each));
  for (let begin = 0; begin < count; begin += step) {
    const end = Math.min(count, begin + step);
    const values = kind === 'pixels' ? opened(set.pixels(begin, end)) : opened(set.targets(begin, end));
    yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    await turn();
  }
}

export const checkpoints = {
  /** The galaxies, once; then the trainer, again and again. */
  async saveData(run: string, set: DataSet, progress: (done: number, total: number) => void): Promise<void> {
    const { count, bytes, outputs } = opened(set.summary());
    await write(runPath(run, 'data', 'about'), [new TextEncoder().encode(opened(set.about()))]);
    await write(runPath(run, 'data', 'targets'), pieces(set, 'targets', count, 4 * outputs.length));
    let done = 0;
    const counted = async function* () {
      for await (const piece of pieces(set, 'pixels', count, bytes / Math.max(1, count))) {
        yield piece;
        done += piece.length;
        progress(Math.round((done / bytes) * count), count);
      }
    };
    await write(runPath(run, 'data', 'pixels'), counted());
  },

  async loadData(run: string, progress: (done: number, total: number) => void): Promise<DataSet> {
    const [about, targets, pixels] = await Promise.all(
      ['about', 'targets', 'pixels'].map((part) => read(runPath(run, 'data', part))),
    );
    if (!about || !targets || !pixels) {
      throw new EngineError('not_found', 'The galaxies of this run were not kept whole: start it again.');
    }
    const { module } = running();
    const set = new module.DataSet();
    opened(set.restore(await about.text()));
    opened(set.appendTargets(new Float32Array(await targets.arrayBuffer())));
    for (let at = 0; at < pixels.size; at += pieceBytes) {
      opened(set.appendPixels(new Uint8Array(await pixels.slice(at, at + pieceBytes).arrayBuffer())));
      progress(Math.min(pixels.size, at + pieceBytes), pixels.size);
    }
    opened(set.checkComplete());
    return set;
  },

  save: (run: string, snapshot: Uint8Array) => write(runPath(run, 'checkpoint'), [snapshot]),
  find: (run: string) => read(runPath(run, 'checkpoint')),
  async forget(run: string): Promise<void> {
    await remove(runPath(run, 'data'));
    for (const name of await list(runPath(run))) {
      if (name.startsWith('checkpoint.')) await remove(runPath(run, name));
    }
  },
};

export const runModels = {
  save: (run: string, file: Uint8Array) => write(runPath(run, 'model'), [file]),
  find: (run: string) => read(runPath(run, 'model')),
};

export const shelfModels = {
  async save(entry: ShelfEntry, file: Blob): Promise<void> {
    await write(['models', entry.id, 'model'], [new Uint8Array(await file.arrayBuffer())]);
    await writeJson(['models', entry.id, 'about'], entry);
  },
  rename: (entry: ShelfEntry) => writeJson(['models', entry.id, 'about'], entry),
  about: (id: string) => readJson<ShelfEntry>(['models', id, 'about']),
  find: (id: string) => read(['models', id, 'model']),
  forget: (id: string) => remove(['models', id]),
  async all(): Promise<ShelfEntry[]> {
    const found = await Promise.all((await list(['models'])).map((id) => shelfModels.about(id)));
    return found.filter((entry) => entry !== null).sort((a, b) => b.savedAt - a.savedAt);
  },
};
