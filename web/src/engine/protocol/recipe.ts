// Networks and how they are trained. A recipe crosses as the text of its JSON form (core/train/recipe_json.h), which the
// page may edit; whether it can work is asked of the core, never decided by the page.
import type { DataId, TargetKind } from './data';

export interface RecipeCard {
  name: string; // "small-cnn": what the command line calls it
  title: string; // "Small CNN": what people do
  summary: string; // one line: what it is for
  suits: boolean; // it can learn this data set's targets
  why: string; // when it does not suit: a sentence
  parameters: number;
  forwardMflop: number; // per galaxy
  trainingMflop: number;
  input: string; // "64x64x3"
  outputs: number;
}
export interface LayerRow {
  name: string;
  kind: string; // "conv2d"
  output: string; // "64x64x32"
  parameters: number;
  mflop: number;
}
export type RecipeCheck =
  | {
      good: true;
      input: string;
      layers: LayerRow[];
      parameters: number;
      forwardMflop: number;
      trainingMflop: number;
      bytes: number; // of the finished model
    }
  | { good: false; layer: string | null; message: string }; // the layer that cannot be, when it is a layer

/** Measured by a few real steps of the real network on this machine. */
export interface EpochTime {
  secondsPerEpoch: number; // training and validation
  secondsPerStep: number;
  imagesPerSecond: number;
  steps: number; // per epoch
  measuredSteps: number;
  epochs: number; // that the recipe asks for
}

export interface RecipeRequests {
  /** Every preset, for these outputs. */
  recipes: { outputs: string[]; targetKind: TargetKind };
  /** A preset's JSON for these outputs. */
  recipe: { name: string; outputs: string[]; targetKind: TargetKind };
  checkRecipe: { recipe: string; outputs: string[] };
  timeEpoch: { data: DataId; recipe: string };
}
export interface RecipeResponses {
  recipes: RecipeCard[];
  recipe: string;
  checkRecipe: RecipeCheck;
  timeEpoch: EpochTime;
}
