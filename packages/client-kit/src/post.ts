import { readObject } from './response.js';
import type { Attempt } from './types.js';

const MAX_ANSWER_BYTES = 65_536;

/**
 * A POST with JSON in both directions.
 * @throws {TokenwireError} as `readObject` does; what `fetch` throws when the connection breaks.
 */
export async function postJson(
  fetch: Attempt['fetch'],
  route: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  const response = await fetch(route, {
    method: 'POST',
    headers: { ...headers, accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return readObject(response, MAX_ANSWER_BYTES);
}

/**
 * The id of a generation whose start was sent and not answered. The same start with the same key tells it, without a
 * stream. If the first one never arrived, this starts it.
 */
export async function askForId(
  fetch: Attempt['fetch'],
  { request, idempotencyKey }: Pick<Attempt, 'request' | 'idempotencyKey'>,
): Promise<string> {
  const { id } = await postJson(fetch, '/generations', request, { 'idempotency-key': idempotencyKey });
  return String(id);
}
