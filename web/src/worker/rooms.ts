// Everything but looking, fetched by the worker when first asked for: who only looks at galaxies never waits for it.
import { unpack } from './archive';
import { bench, benchSubjects } from './bench';
import { changeData } from './changing';
import { explain } from './explaining';
import { closeData, describeData, thumbnails } from './held';
import type { Handlers } from './job';
import { original, stages, views } from './looking';
import { openClasses, openFiles, renderSky } from './opening';
import { checkRecipe, memory, recipe, recipes, timeEpoch } from './recipes';
import { evaluate, history, modelFile, noteRun, deleteRun } from './results';
import { deleteModel, renameModel, shelf, shelve, useModel } from './results';
import { abandon, interrupted, keepNow, pause, resume, singleStep, stop, train } from './training';

export const handlers: Omit<Handlers, 'prepare' | 'start' | 'load' | 'classify' | 'render'> = {
  ...{ explain, unpack },
  ...{ openFiles, openClasses, renderSky, changeData, describeData, thumbnails, closeData },
  ...{ original, stages, views, memory },
  ...{ recipes, recipe, checkRecipe, timeEpoch },
  ...{ bench, benchSubjects },
  ...{ train, resume, pause, keepNow, singleStep, stop, interrupted, abandon },
  ...{ evaluate, useModel, modelFile, shelf, shelve, renameModel, deleteModel, history, noteRun, deleteRun },
};
