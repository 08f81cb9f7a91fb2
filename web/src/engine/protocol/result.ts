// What a finished (or paused) run can do, and what the browser keeps: models on a shelf, runs in a history. All of it is
// in the origin private file system of this browser and nowhere else.
import type { DataId } from './data';
import type { ModelInfo, NamedFile } from './look';
import type { EpochReport, RunId } from './training';

/** Undefined figures are null: a metric that does not apply, a class that nobody has. */
export interface Metrics {
  count: number;
  loss: number;
  accuracy: number | null;
  rmse: number | null; // of weighted vote fractions
  auc: number | null; // micro-averaged, 200 thresholds
  aucPerClass: (number | null)[];
  questionAccuracy: (number | null)[]; // 11 of the tree, or empty
  confusion: number[][]; // [truth][prediction], classes only
}
export interface ClassFigures {
  name: string;
  count: number; // that are truly of it
  precision: number | null;
  recall: number | null;
}
/** Among galaxies that were said with a probability between `from` and `to`: how often it was right. */
export interface ReliabilityBin {
  from: number;
  to: number;
  count: number;
  said: number; // mean probability
  right: number; // part that was right
}
export interface Prediction {
  example: number; // of the training store
  truth: number; // class; for the tree: the likeliest answer to the first question
  guess: number;
  sure: number; // probability of the guess
  ofTruth: number; // probability given to the truth
}
export interface Evaluation {
  run: RunId;
  part: 'validation' | 'test';
  data: DataId; // for thumbnails
  metrics: Metrics;
  classes: ClassFigures[];
  reliability: ReliabilityBin[];
  calibrationError: number | null;
  predictions: Prediction[]; // each galaxy of the part: cells of the confusion matrix open these
  best: number[]; // places in `predictions`: right and surest, at most 12
  worst: number[]; // wrong and surest, at most 12
  sentence: string; // what the network learned and where it fails
}

/** A model that the Look view can use. */
export type ModelSource =
  { from: 'default' } | { from: 'run'; run: RunId } | { from: 'shelf'; id: string } | { from: 'file'; file: NamedFile };
export interface ShelfEntry {
  id: string;
  name: string;
  description: string;
  outputs: string[];
  parameters: number;
  bytes: number;
  savedAt: number;
}
export interface RunRecord {
  run: RunId;
  name: string;
  notes: string;
  startedAt: number;
  endedAt: number | null;
  savedAt: number; // when it was last written down
  state: 'running' | 'paused' | 'finished' | 'stopped' | 'interrupted';
  recipeName: string;
  recipe: string;
  data: { name: string; count: number; outputs: string[] };
  parts: { train: number; validation: number; test: number };
  step: number;
  totalSteps: number;
  seconds: number;
  losses: { step: number; loss: number }[]; // thinned to 2,000
  history: EpochReport[];
  test: Metrics | null;
  weightsHash: string | null;
  hasModel: boolean; // useModel({from: 'run'}) and modelFile work, also after a reload
}

export interface PastRun extends RunRecord {
  recipeTitle: string; // as RecipeCard.title
}

export interface ResultRequests {
  /** Of the run that this tab holds. */
  evaluate: { run: RunId; part: 'validation' | 'test' };
  /** From now on `classify` answers with it; the answer replaces Loaded.model. */
  useModel: { source: ModelSource };
  /** One file for the command line (--model file.pinwheel) and other people's pages. */
  modelFile: { source: ModelSource };
  shelf: Record<string, never>;
  shelve: { source: ModelSource; name: string };
  renameModel: { id: string; name: string };
  deleteModel: { id: string };
  history: Record<string, never>; // newest first
  noteRun: { run: RunId; name?: string; notes?: string };
  deleteRun: { run: RunId };
}
export interface ResultResponses {
  evaluate: Evaluation;
  useModel: ModelInfo;
  modelFile: NamedFile;
  shelf: ShelfEntry[];
  shelve: ShelfEntry;
  renameModel: ShelfEntry;
  deleteModel: null;
  history: PastRun[];
  noteRun: RunRecord;
  deleteRun: null;
}
export interface ResultProgress {
  evaluate: number; // part done
}
