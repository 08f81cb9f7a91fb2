// One run of training. `train` and `resume` are long requests: their promise settles when the run ends or pauses, and
// what happens in between comes as progress. Everything else is answered between two slices of work (about 50 ms).
import type { DataId, DataSummary, LoadProgress } from './data';
import type { Limits } from './data';
import type { Metrics } from './result';

export type RunId = string;

/** Why `train` or `resume` came back. */
export interface TrainingEnd {
  run: RunId;
  why: 'finished' | 'stopped' | 'paused';
  step: number;
  totalSteps: number;
  epochs: number; // finished ones
  seconds: number; // of training so far, pauses left out
  weightsHash: string; // of the weights that the result has; the same seed gives the same hash
  stoppedEarly: boolean; // its patience ended
}

export interface EpochReport {
  epoch: number; // from 1
  trainLoss: number;
  // Of the batches as they were learned from: before each step, in random views, with dropout. Null as in Metrics.
  trainAccuracy: number | null;
  trainRmse: number | null;
  validation: Metrics | null; // null when nothing is kept for validation
  best: boolean;
  candidate: boolean; // one of several initialisations, before the training proper
}
/** A galaxy of the validation part, judged by the weights of this moment. */
export interface Guess {
  example: number; // of the training store: thumbnails({data: TrainingEvent.started.data, …})
  truth: Float32Array<ArrayBuffer>; // [outputs]: one-hot, fractions or votes
  prediction: Float32Array<ArrayBuffer>; // [outputs], after the head
  right: boolean; // the largest answer is the true one (of the tree: to its first question)
}

export type TrainingEvent =
  | ({ at: 'preparing' } & LoadProgress) // galaxies are read again at the network's size, or saved for a resume
  | {
      at: 'started';
      run: RunId;
      data: DataSummary; // the store that is trained on: ask for thumbnails of it by its id
      recipe: string;
      parts: { train: number; validation: number; test: number };
      totalSteps: number;
      stepsPerEpoch: number;
      step: number; // > 0 after a resume
      losses: { step: number; loss: number }[]; // so far, thinned to 2,000: a resumed curve begins where it should
      history: EpochReport[];
    }
  | {
      at: 'step'; // five to ten a second
      step: number;
      epoch: number; // with fraction
      loss: number;
      losses: number[]; // of every step since the last event, the last one is `loss`
      learningRate: number;
      imagesPerSecond: number;
      secondsLeft: number | null;
    }
  | { at: 'validating'; part: number }
  | { at: 'epoch'; report: EpochReport }
  | { at: 'moment'; step: number; guesses: Guess[] } // about once a second
  | { at: 'unsaved'; message: string } // the browser gives no room: it trains, but could not resume
  | { at: 'saved'; step: number }; // a resume would go on from here

/** A run that a closed, crashed or reloaded tab left behind, or that is paused. */
export interface Interrupted {
  run: RunId;
  name: string;
  recipeName: string;
  dataName: string;
  count: number;
  step: number;
  totalSteps: number;
  savedAt: number; // milliseconds since 1970
  elsewhere: boolean; // it goes on in another tab: not to be resumed here
}

export interface TrainingRequests {
  /** Refused with code 'busy' while another tab (or this one) trains. `limits` are those of an accepted offer. */
  train: { data: DataId; recipe: string; name: string; limits?: Limits };
  /** Goes on exactly where it was: the run that is paused here, or one of `interrupted`. */
  resume: { run: RunId };
  /** Answered when the weights stand still; `train` settles with why: 'paused' when they are saved. */
  pause: Record<string, never>;
  /** Saves whatever goes on here before its time: the page is being hidden, and may not come back. */
  keepNow: Record<string, never>;
  /** One step of the paused run. */
  singleStep: Record<string, never>;
  /** Ends the run with what it has learned so far; `train`, if it is under way, settles with why: 'stopped'. */
  stop: Record<string, never>;
  interrupted: Record<string, never>;
  /** Forgets an interrupted run's checkpoint; its record stays in the history. */
  abandon: { run: RunId };
}
export interface TrainingResponses {
  train: TrainingEnd;
  resume: TrainingEnd;
  pause: { step: number };
  keepNow: null;
  singleStep: {
    step: number;
    epoch: number;
    loss: number;
    learningRate: number;
    guesses: Guess[];
    report: EpochReport | null;
  };
  stop: TrainingEnd;
  interrupted: Interrupted[];
  abandon: null;
}
export interface TrainingProgress {
  train: TrainingEvent;
  resume: TrainingEvent;
}
