// How the rooms of Teach talk to the engine: one call, and what becomes of an error.
import type { CallOptions } from '../../engine/client';
import { EngineError, type Kind, type Requests, type Responses } from '../../engine/protocol';
import { session } from '../session.svelte';

export async function ask<K extends Kind>(
  kind: K,
  request: Requests[K],
  options: CallOptions<K> = {},
): Promise<Responses[K]> {
  const engine = session.engine;
  if (!engine) throw new EngineError('not_found', 'There is no engine: reload the page.');
  await engine.loaded;
  return engine.client.call(kind, request, options);
}

export const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));
export const codeOf = (error: unknown) => (error instanceof EngineError ? error.code : 'internal');
export const wasCancelled = (error: unknown) => codeOf(error) === 'cancelled';
