// What the page asks of the worker and what comes back: one map, from which every message's type follows. Requests,
// answers and progress are plain values that survive structured cloning; protocol/ has them room by room.
import type { BenchProgress, BenchRequests, BenchResponses } from './protocol/bench';
import type { DataProgress, DataRequests, DataResponses } from './protocol/data';
import type { Judged, Judgement, LookProgress, LookRequests, LookResponses } from './protocol/look';
import type { RecipeRequests, RecipeResponses } from './protocol/recipe';
import type { ResultProgress, ResultRequests, ResultResponses } from './protocol/result';
import type { TrainingProgress, TrainingRequests, TrainingResponses } from './protocol/training';

export type * from './protocol/bench';
export type * from './protocol/data';
export type * from './protocol/look';
export type * from './protocol/recipe';
export type * from './protocol/result';
export type * from './protocol/training';

export interface Requests
  extends LookRequests, DataRequests, RecipeRequests, TrainingRequests, ResultRequests, BenchRequests {}
export interface Responses
  extends LookResponses, DataResponses, RecipeResponses, TrainingResponses, ResultResponses, BenchResponses {}
interface Progresses extends LookProgress, DataProgress, TrainingProgress, ResultProgress, BenchProgress {}

export type Kind = keyof Requests;
/** What is told while a request is under way; never for those that are quick. */
export type Progress<K extends Kind = Kind> = K extends keyof Progresses ? Progresses[K] : never;

export type ToWorker =
  { [K in Kind]: { id: number; kind: K; request: Requests[K] } }[Kind] | { id: number; kind: 'cancel' };

/** The lock that whoever has a run in hand holds: when it is free, nobody has. */
export const runLock = (run: string) => `pinwheel-run-${run}`;

export interface Failure {
  code: string;
  message: string;
  /** The module's memory can no longer be trusted: the worker must go. */
  fatal?: boolean;
}
export type FromWorker =
  { id: number; value: Responses[Kind] } | { id: number; error: Failure } | { id: number; progress: Progress };

/**
 * An error as a person reads it: which file, what was wrong, what to do. Codes: those of core/base/error.h (bad_file,
 * unsupported, not_found, too_large, invalid_argument, cancelled, internal), and of the page's side: worker_died, busy
 * (training goes on here or in another tab), storage (the browser gives no room).
 */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** What came of one file; throws what was wrong with it. */
export function judgementOf(judged: Judged | undefined): Judgement {
  if (judged && 'value' in judged) return judged.value;
  throw new EngineError(judged?.error.code ?? 'internal', judged?.error.message ?? 'The engine gave no answer.');
}
