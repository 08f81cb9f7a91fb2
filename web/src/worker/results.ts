// What a run has come to, and what the browser keeps: judging, using, saving, the shelf of models, the history of runs.
import {
  EngineError,
  type Evaluation,
  type ModelInfo,
  type ModelSource,
  type NamedFile,
  type PastRun,
  type Requests,
  type RunRecord,
  type ShelfEntry,
} from '../engine/protocol';
import { freshId } from './ids';
import type { Job } from './job';
import { classesOf, extremes, inWords, predictionsOf } from './judging';
import { records, runModels, shelfModels } from './keep';
import { runsElsewhere } from './locks';
import { bytesOf, opened, running, shipped } from './module';
import { extension, packModel, unpackModel } from './model-pack';
import type { Run } from './run';
import { currentRun, settled } from './training';
import { slice, turn } from './turn';

const firstAnswers = ['smooth', 'features or disk', 'star or artefact'];

export async function evaluate({ run, part }: Requests['evaluate'], job: Job<'evaluate'>): Promise<Evaluation> {
  const here = currentRun(run);
  if (!here)
    throw new EngineError('not_found', 'This run is not open in this tab any more: resume it, or train again.');
  const { data, record } = here;
  const { metrics, classes, said } = await judged(here, part, job);
  if (part === 'test' && here.over) {
    record.test = metrics;
    await settled();
    await here.saveRecord().catch(() => undefined); // it is shown all the same
  }
  const { outputs } = record.data;
  const isTree = outputs.length === 37;
  const names = isTree ? firstAnswers : outputs;
  const predictions = predictionsOf(said.examples, said.truth, said.predictions, outputs.length, names.length);
  return {
    run,
    part,
    data: data.id,
    metrics,
    classes: classesOf(names, classes),
    reliability: classes.reliability,
    calibrationError: classes.calibrationError,
    predictions,
    ...extremes(predictions),
    sentence: inWords(names, classes),
  };
}

async function judged(run: Run, part: 'validation' | 'test', job: Job<'evaluate'>) {
  const { training } = run;
  opened(training.beginEvaluation(part));
  for (;;) {
    // Steps and judging take the network away from each other: neither would come to an end.
    if (run.going) throw new EngineError('busy', 'A training goes on: pause or stop it first.');
    const { part: done, figures } = opened(training.evaluate(slice));
    if (figures) return figures;
    job.progress(done);
    await turn();
    if (job.cancelled()) throw new EngineError('cancelled', 'Stopped.');
  }
}

// -- Models

const gone = (what: string) => new EngineError('not_found', `${what} is not kept in this browser any more.`);

async function packOf(source: ModelSource): Promise<NamedFile> {
  switch (source.from) {
    case 'default': {
      if (!shipped) throw gone('The model of this page');
      const file = packModel(shipped.config, shipped.weights);
      return { name: `pinwheel${extension}`, file: new Blob([file]) };
    }
    case 'run': {
      const here = currentRun(source.run);
      const file = here ? new Blob([here.model()]) : await runModels.find(source.run);
      const record = here?.record ?? (await records.find(source.run));
      if (!file || !record) throw gone('The model of this run');
      return { name: fileName(record.name), file };
    }
    case 'shelf': {
      const [file, about] = [await shelfModels.find(source.id), await shelfModels.about(source.id)];
      if (!file || !about) throw gone('This model');
      return { name: fileName(about.name), file };
    }
    case 'file':
      return source.file;
  }
}

const fileName = (name: string) =>
  `${name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-+|-+$/g, '') || 'model'}${extension}`;

async function unpacked(source: ModelSource): Promise<{ config: string; weights: Uint8Array; bytes: number }> {
  const { name, file } = await packOf(source);
  return { ...unpackModel(name, await bytesOf(file, name)), bytes: file.size };
}

export async function useModel({ source }: Requests['useModel']): Promise<ModelInfo> {
  const { config, weights } = await unpacked(source);
  return opened(running().engine.loadModel(config, weights));
}

export const modelFile = ({ source }: Requests['modelFile']): Promise<NamedFile> => packOf(source);

// -- The shelf

export const shelf = (): Promise<ShelfEntry[]> => shelfModels.all();

interface Config {
  description?: string;
  outputs?: string[];
}

export async function shelve({ source, name }: Requests['shelve']): Promise<ShelfEntry> {
  const { file } = await packOf(source);
  const { config, weights } = unpackModel(name, await bytesOf(file, name));
  const { parameters } = opened(running().module.inspectModel(config, weights)); // a model that cannot work is not kept
  const { description = '', outputs = [] } = JSON.parse(config) as Config;
  const id = freshId();
  const entry = { id, name, description, outputs, parameters, bytes: file.size, savedAt: Date.now() };
  await shelfModels.save(entry, file);
  return entry;
}

export async function renameModel({ id, name }: Requests['renameModel']): Promise<ShelfEntry> {
  const entry = await shelfModels.about(id);
  if (!entry) throw gone('This model');
  const renamed = { ...entry, name };
  await shelfModels.rename(renamed);
  return renamed;
}

export async function deleteModel({ id }: Requests['deleteModel']): Promise<null> {
  await shelfModels.forget(id);
  return null;
}

// -- The history

export async function history(): Promise<PastRun[]> {
  await settled();
  return (await records.all()).map((record) => ({
    ...record,
    recipeTitle: running().module.recipeTitle(record.recipeName),
  }));
}

export async function noteRun({ run, name, notes }: Requests['noteRun']): Promise<RunRecord> {
  const record = currentRun(run)?.record ?? (await records.find(run));
  if (!record) throw gone('This run');
  Object.assign(record, name === undefined ? {} : { name }, notes === undefined ? {} : { notes });
  await records.saveWords(run, { name: record.name, notes: record.notes });
  return { ...record };
}

export async function deleteRun({ run }: Requests['deleteRun']): Promise<null> {
  const here = currentRun(run);
  if (here && !here.over) throw new EngineError('busy', 'This run has not ended: stop it first.');
  if ((await runsElsewhere(null)).has(run)) {
    throw new EngineError('busy', 'This run has not ended in another tab: stop it there first.');
  }
  if (here) here.forgotten = true;
  await settled();
  await records.forget(run);
  return null;
}
