// TypeScript bindings for emscripten-generated code.  Automatically generated at compile time.
declare namespace RuntimeExports {
    let HEAPF32: any;
    let HEAPF64: any;
    let HEAP_DATA_VIEW: any;
    let HEAP8: any;
    let HEAPU8: any;
    let HEAP16: any;
    let HEAPU16: any;
    let HEAP32: any;
    let HEAPU32: any;
    let HEAP64: any;
    let HEAPU64: any;
}
interface WasmModule {
}

type EmbindString = ArrayBuffer|Uint8Array|Uint8ClampedArray|Int8Array|string;
export interface Bench {
  figures(): { value: { instructionSet: string; threads: number; imagesPerSecond: number; spread: number; millisecondsPerBatch: number; gflops: number; limitGflops: number; percentOfLimit: number; handOverMicroseconds: number; peakMemoryBytes: number; repetitions: number[] } } | { error: { code: string; message: string } };
  begin(_0: EmbindString, _1: EmbindString, _2: number): { value: null } | { error: { code: string; message: string } };
  repeat(_0: number): { value: null } | { error: { code: string; message: string } };
  delete(): void;
}

export interface ThreadPool {
  delete(): void;
}

export interface Engine {
  info(): { value: { instructionSet: string; threads: number } } | { error: { code: string; message: string } };
  explain(_0: number): { value: { done: number; total: number; maps: { output: number; width: number; height: number; drop: Float32Array<ArrayBuffer>; uncovered: number }[] } } | { error: { code: string; message: string } };
  tree(): { value: { questions: { text: string; begin: number; end: number; parent: number }[]; answers: { column: string; stem: string; text: string; question: number; next: number }[] } } | { error: { code: string; message: string } };
  loadModel(_0: EmbindString, _1: Uint8Array): { value: { name: string; description: string; outputs: string[]; isTree: boolean; parameters: number; input: { height: number; width: number; channels: number }; trainingJson: string } } | { error: { code: string; message: string } };
  beginExplanation(_0: Uint8Array, _1: EmbindString, _2: Int32Array): { value: { done: number; total: number; maps: { output: number; width: number; height: number; drop: Float32Array<ArrayBuffer>; uncovered: number }[] } } | { error: { code: string; message: string } };
  classify(_0: { name: string; bytes: Uint8Array }[], _1: boolean): { value: ({ value: { width: number; height: number; box: { x: number; y: number; width: number; height: number }; seen: { width: number; height: number; rgba: Uint8ClampedArray<ArrayBuffer> } | null; values: Float32Array<ArrayBuffer>; conditional: Float32Array<ArrayBuffer> | null; path: { question: number; answer: number; conditional: number }[]; sentence: string; views: number; agreement: number[]; milliseconds: { decode: number; preprocess: number; network: number } } } | { error: { code: string; message: string } })[] } | { error: { code: string; message: string } };
  delete(): void;
}

export interface DataSet {
  share(_0: DataSet): void;
  summary(): { value: { count: number; targetKind: 'classes' | 'fractions' | 'votes'; outputs: string[]; counts: number[]; labels: Int16Array<ArrayBuffer> | null; stored: { height: number; width: number; channels: number }; bytes: number; example: string } } | { error: { code: string; message: string } };
  thumbnails(_0: Int32Array): { value: { width: number; height: number; rgba: Uint8ClampedArray<ArrayBuffer>; names: string[] } } | { error: { code: string; message: string } };
  addClass(_0: EmbindString): { value: null } | { error: { code: string; message: string } };
  renameClass(_0: EmbindString, _1: EmbindString): { value: null } | { error: { code: string; message: string } };
  removeClass(_0: EmbindString): { value: null } | { error: { code: string; message: string } };
  moveToClass(_0: Int32Array, _1: EmbindString): { value: null } | { error: { code: string; message: string } };
  remove(_0: Int32Array): { value: null } | { error: { code: string; message: string } };
  append(_0: DataSet): { value: null } | { error: { code: string; message: string } };
  rereadAs(_0: DataSet): { value: null } | { error: { code: string; message: string } };
  preprocessFrom(_0: DataSet, _1: EmbindString, _2: ThreadPool): { value: null } | { error: { code: string; message: string } };
  fillWithOne(_0: Uint8Array, _1: EmbindString, _2: EmbindString, _3: ThreadPool): { value: null } | { error: { code: string; message: string } };
  isOriginal(): boolean;
  suits(_0: EmbindString): boolean;
  png(_0: number): { value: Uint8Array<ArrayBuffer> } | { error: { code: string; message: string } };
  about(): { value: string } | { error: { code: string; message: string } };
  pixels(_0: number, _1: number): { value: Uint8Array<ArrayBuffer> } | { error: { code: string; message: string } };
  targets(_0: number, _1: number): { value: Float32Array<ArrayBuffer> } | { error: { code: string; message: string } };
  restore(_0: EmbindString): { value: null } | { error: { code: string; message: string } };
  appendPixels(_0: Uint8Array): { value: null } | { error: { code: string; message: string } };
  appendTargets(_0: Float32Array): { value: null } | { error: { code: string; message: string } };
  checkComplete(): { value: null } | { error: { code: string; message: string } };
  delete(): void;
}

export interface Loading {
  begin(_0: { name: string; size: number; read(offset: number, length: number): Uint8Array | null; arrays: { name: string; shape: number[]; isFloat: boolean; read(row: number): Float32Array | null }[] }[], _1: { target: string; labelColumn: string; size: number; most: number; fewestClasses: number }, _2: EmbindString): { value: { total: number; stored: { height: number; width: number; channels: number } } } | { error: { code: string; message: string } };
  step(): { value: { done: number; total: number; more: boolean } } | { error: { code: string; message: string } };
  finish(_0: DataSet): { value: { count: number; problems: { file: string; reason: string }[] } } | { error: { code: string; message: string } };
  original(_0: { name: string; size: number; read(offset: number, length: number): Uint8Array | null; arrays: { name: string; shape: number[]; isFloat: boolean; read(row: number): Float32Array | null }[] }[], _1: EmbindString): { value: Uint8Array<ArrayBuffer> } | { error: { code: string; message: string } };
  delete(): void;
}

export interface SkyDrawing {
  begin(_0: { kinds: string[]; count: number; balance: number; noise: number; size: number; seed: number; target: string }, _1: EmbindString): { value: null } | { error: { code: string; message: string } };
  draw(_0: number): { value: { done: number; total: number } } | { error: { code: string; message: string } };
  finish(_0: DataSet): { value: null } | { error: { code: string; message: string } };
  original(_0: { kinds: string[]; count: number; balance: number; noise: number; size: number; seed: number; target: string }, _1: number): { value: Uint8Array<ArrayBuffer> } | { error: { code: string; message: string } };
  delete(): void;
}

export interface Training {
  begin(_0: DataSet, _1: EmbindString, _2: EmbindString): { value: { parts: { train: number; validation: number; test: number }; totalSteps: number; stepsPerEpoch: number; step: number; epochEnd: boolean; done: boolean; batch: number } } | { error: { code: string; message: string } };
  run(_0: number): { value: { step: number; epoch: number; loss: number; losses: Float32Array<ArrayBuffer>; learningRate: number; epochEnd: boolean } } | { error: { code: string; message: string } };
  validate(_0: number): { value: { report: { epoch: number; trainLoss: number; trainAccuracy: number | null; trainRmse: number | null; validation: { count: number; loss: number; accuracy: number | null; rmse: number | null; auc: number | null; aucPerClass: (number | null)[]; questionAccuracy: (number | null)[]; confusion: number[][] } | null; best: boolean; candidate: boolean } | null; part: number; done: boolean } } | { error: { code: string; message: string } };
  history(): { value: { epoch: number; trainLoss: number; trainAccuracy: number | null; trainRmse: number | null; validation: { count: number; loss: number; accuracy: number | null; rmse: number | null; auc: number | null; aucPerClass: (number | null)[]; questionAccuracy: (number | null)[]; confusion: number[][] } | null; best: boolean; candidate: boolean }[] } | { error: { code: string; message: string } };
  guesses(_0: number): { value: { examples: Int32Array<ArrayBuffer>; truth: Float32Array<ArrayBuffer>; predictions: Float32Array<ArrayBuffer> } } | { error: { code: string; message: string } };
  beginEvaluation(_0: EmbindString): { value: null } | { error: { code: string; message: string } };
  evaluate(_0: number): { value: { part: number; figures: { metrics: { count: number; loss: number; accuracy: number | null; rmse: number | null; auc: number | null; aucPerClass: (number | null)[]; questionAccuracy: (number | null)[]; confusion: number[][] }; classes: { confusion: number[][]; recall: (number | null)[]; precision: (number | null)[]; reliability: { from: number; to: number; count: number; said: number; right: number }[]; calibrationError: number | null }; said: { examples: Int32Array<ArrayBuffer>; truth: Float32Array<ArrayBuffer>; predictions: Float32Array<ArrayBuffer> } } | null } } | { error: { code: string; message: string } };
  snapshot(): { value: Uint8Array<ArrayBuffer> } | { error: { code: string; message: string } };
  restore(_0: Uint8Array): { value: { parts: { train: number; validation: number; test: number }; totalSteps: number; stepsPerEpoch: number; step: number; epochEnd: boolean; done: boolean; batch: number } } | { error: { code: string; message: string } };
  weightsHash(): { value: string } | { error: { code: string; message: string } };
  result(_0: EmbindString): { value: { config: string; weights: Uint8Array<ArrayBuffer> } } | { error: { code: string; message: string } };
  delete(): void;
}

interface EmbindModule {
  benchSubjects(): { value: { name: string; input: string; parameters: number; trainingBatch: number; judgingMflop: number; trainingMflop: number }[] } | { error: { code: string; message: string } };
  Bench: {
    new(_0: ThreadPool): Bench;
  };
  ThreadPool: {
    new(_0: number): ThreadPool;
  };
  Engine: {
    new(_0: ThreadPool): Engine;
  };
  inspectModel(_0: EmbindString, _1: Uint8Array): { value: { name: string; description: string; outputs: string[]; isTree: boolean; parameters: number; input: { height: number; width: number; channels: number }; trainingJson: string } } | { error: { code: string; message: string } };
  DataSet: {
    new(): DataSet;
  };
  Loading: {
    new(_0: ThreadPool): Loading;
  };
  stages(_0: Uint8Array, _1: EmbindString, _2: EmbindString): { value: { words: string; picture: { width: number; height: number; rgba: Uint8ClampedArray<ArrayBuffer> } }[] } | { error: { code: string; message: string } };
  decoded(_0: Uint8Array, _1: EmbindString): { value: { width: number; height: number; rgba: Uint8ClampedArray<ArrayBuffer> } } | { error: { code: string; message: string } };
  views(_0: DataSet, _1: number, _2: EmbindString, _3: number, _4: number): { value: { width: number; height: number; rgba: Uint8ClampedArray<ArrayBuffer> }[] } | { error: { code: string; message: string } };
  recipeCards(_0: string[], _1: EmbindString): { value: { name: string; title: string; summary: string; suits: boolean; why: string; parameters: number; forwardMflop: number; trainingMflop: number; input: string; outputs: number }[] } | { error: { code: string; message: string } };
  recipeTitle(_0: EmbindString): string;
  presetRecipe(_0: EmbindString, _1: string[]): { value: string } | { error: { code: string; message: string } };
  checkRecipe(_0: EmbindString): { value: { good: true; input: string; layers: { name: string; kind: string; output: string; parameters: number; mflop: number }[]; parameters: number; forwardMflop: number; trainingMflop: number; bytes: number; weightBytes: number; exampleBytes: number; batch: number; stored: { height: number; width: number; channels: number } } | { good: false; message: string } } | { error: { code: string; message: string } };
  galaxyKinds(): { value: string[] } | { error: { code: string; message: string } };
  renderGalaxy(_0: number, _1: number, _2: number, _3: number): { value: { width: number; height: number; rgba: Uint8ClampedArray<ArrayBuffer>; png: Uint8Array<ArrayBuffer>; kind: string; caption: string; conditional: Float32Array<ArrayBuffer> } } | { error: { code: string; message: string } };
  SkyDrawing: {
    new(_0: ThreadPool): SkyDrawing;
  };
  Training: {
    new(_0: ThreadPool): Training;
  };
  warmUp(_0: number): void;
}

export type MainModule = WasmModule & typeof RuntimeExports & EmbindModule;
export default function MainModuleFactory (options?: unknown): Promise<MainModule>;
