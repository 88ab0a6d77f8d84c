import { type GenerationStatus, type Snapshot, TokenwireError, errorFromBody } from '@tokenwire/protocol';
import { badResponse } from './errors.js';
import { readObject } from './response.js';
import type { Attempt } from './types.js';

/** A whole answer with its text: 100 000 tokens fit many times. */
const MAX_SNAPSHOT_BYTES = 64 * 1024 * 1024;

/** `GET /generations/:id`. Has the form of a transport, so it is watched, aborted and repeated like one. */
export async function* readSnapshot(attempt: Attempt): AsyncGenerator<readonly unknown[], void, undefined> {
  const response = await attempt.fetch(`/generations/${attempt.id}`, { headers: { accept: 'application/json' } });
  yield [await readObject(response, MAX_SNAPSHOT_BYTES, attempt.bytes)];
}

/**
 * How the answer ended, if `cursor` is its end.
 * @throws {TokenwireError} `connection_lost` if there is more to read; `bad_response` for what is no snapshot.
 */
export function endingAt(
  cursor: string | undefined,
  batch: readonly unknown[] | undefined,
): { readonly status: Exclude<GenerationStatus, 'running'>; readonly error: TokenwireError | undefined } {
  const snapshot = batch?.[0] as Partial<Snapshot> | null | undefined;
  const { status } = snapshot ?? {};
  if (status === 'running' || (status !== undefined && snapshot?.cursor !== cursor)) throw lost();
  if (status === 'completed' || status === 'cancelled') return { status, error: undefined };
  if (status !== 'failed') throw badResponse('The server sent no status.');
  const { error = { code: 'internal', message: 'The answer failed.', retryable: false } } = snapshot ?? {};
  return { status, error: errorFromBody(error, 'internal') };
}

/** The end of a connection is not the end of an answer. */
export function lost(): TokenwireError {
  return new TokenwireError('connection_lost', 'The connection ended before the answer did.');
}
