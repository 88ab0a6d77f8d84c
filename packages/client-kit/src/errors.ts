import { type ErrorBody, type ErrorCode, SERVER_ERRORS, TokenwireError, errorFromBody } from '@tokenwire/protocol';
import { parseRetryAfter } from './retry.js';
import { parseJson, readText } from './text.js';

/** What reading a stream throws: says how far it came. */
export interface StreamError extends TokenwireError {
  /** The text that had been handed over. */
  readonly partialText: string;
  /** Continue from here, if the cause has gone. */
  readonly cursor: string | undefined;
}

/** The server's answer does not follow the protocol. Trying again would not help. */
export function badResponse(message: string): TokenwireError {
  return new TokenwireError('bad_response', message);
}

/** Looks damaged on the way: asking again from the cursor may help. The engine allows that once. */
export function damaged(message: string): TokenwireError {
  return new TokenwireError('bad_response', message, { retryable: true });
}

/** An error body is 1 KiB; a proxy's error page may be long, and nobody reads on. */
const MAX_ERROR_BYTES = 65_536;

/**
 * Checks status and media type before anything of the body is believed.
 * @returns false for 204: there is nothing to read.
 * @throws {TokenwireError} the server's own error; `bad_response` for redirects and foreign media types.
 */
export async function acceptResponse(response: Response, mediaType: string): Promise<boolean> {
  const { status, type } = response;
  // With `redirect: 'manual'` browsers hide a redirect behind status 0, Node shows it as it is.
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    discard(response);
    throw badResponse('The server redirects. Redirects are not followed: use the address it redirects to.');
  }
  if (!response.ok) throw await errorOf(response);
  if (status === 204) return false;
  const actual = response.headers.get('content-type') ?? 'no content type';
  if ((status !== 200 && status !== 201) || actual.split(';', 1)[0]?.trim().toLowerCase() !== mediaType) {
    discard(response);
    throw badResponse(`Expected 200 with ${mediaType}, got ${status} with ${actual.slice(0, 100)}. Is the URL right?`);
  }
  return true;
}

/** An unread body would keep its connection. Not waited for: the other end may take its time. */
function discard(response: Response): void {
  response.body?.cancel().catch(() => undefined);
}

async function errorOf(response: Response): Promise<TokenwireError> {
  const { status, headers } = response;
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), headers.get('date'));
  // The status alone is enough when the body is cut off.
  const text = await readText(response, MAX_ERROR_BYTES).catch(() => '');
  const body = errorBody((parseJson(text) as { error?: unknown } | null | undefined)?.error);
  if (body !== undefined) return errorFromBody(body, codeOfStatus(status), retryAfterMs);
  return new TokenwireError(codeOfStatus(status), `The server answered ${status}.`, {
    retryable: status >= 500 || status === 408 || status === 425 || status === 429,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The error in an answer or a message, if it is one. */
export function errorBody(value: unknown): ErrorBody | undefined {
  const body = value as Partial<ErrorBody> | null | undefined;
  return typeof body?.code === 'string' && typeof body.message === 'string'
    ? ({ ...body, retryable: body.retryable === true } as ErrorBody)
    : undefined;
}

/** What a status alone says. A gateway's 502 or 504 page means that our server was not reached, not that a model failed. */
function codeOfStatus(status: number): ErrorCode {
  if (status === 502 || status === 504) return 'connection_lost';
  const found = Object.entries(SERVER_ERRORS).find(([, rule]) => rule.http === status)?.[0];
  return (found as ErrorCode | undefined) ?? (status >= 500 ? 'internal' : 'bad_response');
}
