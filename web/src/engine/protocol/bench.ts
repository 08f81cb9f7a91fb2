// How fast networks train and judge here: core/bench. Each measurement brings its engine along, because it is made in a
// worker of its own.
export type BenchMode = 'train' | 'infer';

export interface BenchSubject {
  name: string; // "small-cnn", "resnet18-224"
  input: string; // "64x64x3"
  parameters: number;
  trainingBatch: number; // that it trains with
  judgingMflop: number; // per galaxy
  trainingMflop: number;
}
export interface BenchTask {
  name: string;
  mode: BenchMode;
  batch: number;
  threads: number;
}
export interface BenchPace {
  seconds: number; // of one repetition; at least one batch
  repetitions: number;
}
export interface BenchFigures {
  instructionSet: string;
  threads: number;
  imagesPerSecond: number; // the median over the repetitions
  spread: number; // of them: (most - least) / median
  millisecondsPerBatch: number;
  gflops: number; // by the multiply-adds of convolutions and dense layers alone
  limitGflops: number; // what the same threads reach in multiply-adds that touch no memory
  percentOfLimit: number;
  handOverMicroseconds: number; // of a step to all threads and back; 0 with one
  peakMemoryBytes: number; // of the engine's heap
  repetitions: number[]; // images a second of each
}

export interface BenchEngine {
  engine: string;
  wasm: WebAssembly.Module;
}
export interface BenchRequests {
  benchSubjects: BenchEngine;
  bench: BenchEngine & BenchTask & BenchPace;
}
export interface BenchResponses {
  benchSubjects: BenchSubject[];
  bench: BenchFigures;
}
export interface BenchProgress {
  bench: number; // repetitions done
}
