import { type ErrorCode, SERVER_ERRORS, TokenwireError, errorFromBody } from '@tokenwire/protocol';
import { badResponse, damaged, errorBody } from './errors.js';
import { parseRetryAfter } from './retry.js';
import { parseJson, readText } from './text.js';

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
    throw badResponse('The server redirects. Use the address it redirects to.');
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

/**
 * The JSON object in an answer, up to a limit.
 * @throws {TokenwireError} as `acceptResponse` and `readText` do; `bad_response` for anything else, taken for damage once.
 */
export async function readObject(
  response: Response,
  maxBytes: number,
  onBytes?: (count: number) => void,
): Promise<Record<string, unknown>> {
  await acceptResponse(response, 'application/json');
  const value = parseJson(await readText(response, maxBytes, onBytes));
  // Half a document cannot be told from a wrong one where the platform does not check the length.
  if (typeof value !== 'object' || value === null) throw damaged('The server sent no JSON object.');
  return value as Record<string, unknown>;
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

/** What a status alone says. A gateway's 502 or 504 page means that our server was not reached, not that a model failed. */
function codeOfStatus(status: number): ErrorCode {
  if (status === 502 || status === 504) return 'connection_lost';
  const found = Object.entries(SERVER_ERRORS).find(([, rule]) => rule.http === status)?.[0];
  return (found as ErrorCode | undefined) ?? (status >= 500 ? 'internal' : 'bad_response');
}
