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
export interface ThreadPool {
  delete(): void;
}

export interface Engine {
  info(): { value: { instructionSet: string; threads: number } } | { error: { code: string; message: string } };
  tree(): { value: { questions: { text: string; begin: number; end: number; parent: number }[]; answers: { column: string; stem: string; text: string; question: number; next: number }[] } } | { error: { code: string; message: string } };
  galaxyKinds(): { value: string[] } | { error: { code: string; message: string } };
  renderGalaxy(_0: number, _1: number, _2: number, _3: number): { value: { width: number; height: number; rgba: Uint8ClampedArray<ArrayBuffer>; png: Uint8Array<ArrayBuffer>; kind: string; caption: string; conditional: Float32Array<ArrayBuffer> } } | { error: { code: string; message: string } };
  loadModel(_0: EmbindString, _1: Uint8Array): { value: { name: string; description: string; outputs: string[]; isTree: boolean; parameters: number; input: { height: number; width: number; channels: number }; trainingJson: string } } | { error: { code: string; message: string } };
  classify(_0: Uint8Array, _1: EmbindString): { value: { width: number; height: number; box: { x: number; y: number; width: number; height: number }; seen: { width: number; height: number; rgba: Uint8ClampedArray<ArrayBuffer> }; values: Float32Array<ArrayBuffer>; conditional: Float32Array<ArrayBuffer> | null; path: { question: number; answer: number; conditional: number }[]; sentence: string; views: number; agreement: number[]; milliseconds: { decode: number; preprocess: number; network: number } } } | { error: { code: string; message: string } };
  delete(): void;
}

interface EmbindModule {
  ThreadPool: {
    new(_0: number): ThreadPool;
  };
  Engine: {
    new(_0: ThreadPool): Engine;
  };
}

export type MainModule = WasmModule & typeof RuntimeExports & EmbindModule;
export default function MainModuleFactory (options?: unknown): Promise<MainModule>;
