// What a handler may know of the request that it serves, and how whatever it throws becomes a sentence.
import { EngineError, type Failure, type Kind, type Progress, type Requests, type Responses } from '../engine/protocol';

export interface Job<K extends Kind = Kind> {
  cancelled: () => boolean;
  progress: (news: Progress<K>) => void;
}

export type Handlers = { [K in Kind]: (request: Requests[K], job: Job<K>) => Promise<Responses[K]> };

// Embind and our own errors arrive as EngineError; a trap (WebAssembly.RuntimeError) or abort() leaves memory unsure.
export function asFailure(error: unknown): Failure {
  if (error instanceof EngineError) return { code: error.code, message: error.message };
  const detail = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message: `The engine failed (${detail}): please try once more.`, fatal: true };
}
