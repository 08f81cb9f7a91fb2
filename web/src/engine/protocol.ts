// What the page asks of the worker and what comes back: one map, from which every message's type follows.
// Requests and answers are plain values that survive structured cloning.

export interface Picture {
  width: number;
  height: number;
  rgba: Uint8ClampedArray<ArrayBuffer>;
}
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface Step {
  question: number;
  answer: number;
  conditional: number;
}
export interface Question {
  text: string;
  begin: number;
  end: number;
  parent: number;
}
export interface Answer {
  column: string;
  stem: string;
  text: string;
  question: number;
  next: number;
}
export interface Tree {
  questions: Question[];
  answers: Answer[];
}
export interface ModelInfo {
  name: string;
  description: string;
  outputs: string[];
  isTree: boolean;
  parameters: number;
  input: { height: number; width: number; channels: number };
  trainingJson: string;
}
export interface Loaded {
  instructionSet: string;
  threads: number;
  model: ModelInfo;
  tree: Tree;
  kinds: string[];
}
export interface Judgement {
  width: number;
  height: number;
  box: Box;
  seen: Picture | null; // only when asked for: thousands of them would fill the memory
  values: Float32Array<ArrayBuffer>; // weighted fractions of a tree, probabilities of classes
  conditional: Float32Array<ArrayBuffer> | null;
  path: Step[];
  sentence: string;
  milliseconds: { decode: number; preprocess: number; network: number };
}
export interface Rendering {
  file: Blob; // PNG
  kind: string;
  caption: string;
  conditional: Float32Array<ArrayBuffer>;
}
export interface NamedFile {
  name: string;
  file: Blob;
}
export interface Refused {
  name: string;
  message: string;
}

export interface Requests {
  load: { engine: string; wasm: WebAssembly.Module; config: string; weights: ArrayBuffer; threads: number };
  classify: { name: string; file: Blob; seen: boolean };
  render: { kind: string; seed: number; size: number; noise: number };
  unpack: { name: string; file: Blob };
}
export interface Responses {
  load: Loaded;
  classify: Judgement;
  render: Rendering;
  unpack: { files: NamedFile[]; refused: Refused[] };
}
export type Kind = keyof Requests;

/** Part done of a long request, between 0 and 1. */
export type Progress = number;

export type ToWorker =
  { [K in Kind]: { id: number; kind: K; request: Requests[K] } }[Kind] | { id: number; kind: 'cancel' };

export interface Failure {
  code: string;
  message: string;
  /** The module's memory can no longer be trusted: the worker must go. */
  fatal?: boolean;
}
export type FromWorker =
  { id: number; value: Responses[Kind] } | { id: number; error: Failure } | { id: number; progress: Progress };

/** An error as a person reads it: which file, what was wrong, what to do. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
