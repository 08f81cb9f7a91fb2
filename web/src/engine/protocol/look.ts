// Judging galaxies with a finished model: the words of the Look view.

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
  views: number; // turned and mirrored looks that the answers are the mean of
  agreement: number[]; // how many of them take each step of the path; of classes one number, for the winner
  milliseconds: { decode: number; preprocess: number; network: number };
}
export type Judged = { value: Judgement } | { error: { code: string; message: string } };
/** Where the network looked for one answer: every part of the picture that it saw was covered in turn. */
export interface Heat {
  output: number; // the answer
  width: number; // of the picture as the network sees it: Judgement.box of the original
  height: number;
  drop: Float32Array<ArrayBuffer>; // [height, width] what the answer loses when this place is covered; < 0: it gains
  uncovered: number; // the answer for the whole picture, 0 … 1; on the tree of those who were asked
}
export interface Rendering {
  file: Blob; // PNG
  kind: string;
  caption: string;
  conditional: Float32Array<ArrayBuffer>;
}
export interface NamedFile {
  name: string; // with its folders: "spirals/ngc1300.jpg"
  file: Blob;
}
export interface Refused {
  name: string;
  message: string;
}

export interface LookRequests {
  /** Fetches the engine's JavaScript, while its WebAssembly is still compiled elsewhere. */
  prepare: { engine: string };
  /** Brings the engine to life; from then on it can draw. */
  start: { engine: string; wasm: WebAssembly.Module };
  /** Its threads and a model; from then on it can judge, and everything else. */
  load: { config: string; weights: ArrayBuffer; threads: number };
  classify: { files: NamedFile[]; seen: boolean }; // several at once keep all threads busy
  explain: NamedFile & { outputs: number[] };
  render: { kind: string; seed: number; size: number; noise: number };
  unpack: { name: string; file: Blob };
}
export interface LookResponses {
  prepare: null;
  start: null;
  load: Loaded;
  classify: Judged[]; // of each file, in their order
  explain: Heat[]; // one for each of the outputs
  render: Rendering;
  unpack: { files: NamedFile[]; refused: Refused[] };
}
export interface LookProgress {
  explain: number; // part done, between 0 and 1
  unpack: number;
}
