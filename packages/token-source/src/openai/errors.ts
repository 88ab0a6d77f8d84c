import { TokenwireError } from '@tokenwire/protocol';

/** Longest wait that is passed on to a client, in milliseconds. */
const MAX_RETRY_AFTER_MS = 3_600_000;

type HeaderReader = { get(name: string): string | null } | undefined;

/**
 * What an HTTP status of the upstream means here. Messages are ours alone: the upstream's may hold
 * prompts, keys and hosts.
 * @param reason the upstream's own error code, from its body
 */
export function statusError(status: number | undefined, headers: HeaderReader, reason?: unknown): TokenwireError {
  if (status === undefined) return connectionError();
  if (status === 429) return rateLimited(headers, reason);
  if (status >= 500 || status === 408 || status === 409) {
    const retryAfterMs = retryAfter(headers);
    const details = retryAfterMs === undefined ? {} : { retryAfterMs };
    return new TokenwireError('upstream_error', `The model's provider failed (HTTP ${status}).`, details);
  }
  if (status >= 300 && status < 400) {
    return new TokenwireError('upstream_protocol', "The model's provider redirected the request; it was not followed.");
  }
  return new TokenwireError('upstream_error', refusal(status), { retryable: false });
}

/** The connection could not be made, or broke, or what came over it is no HTTP. */
export function connectionError(cause?: unknown): TokenwireError {
  // System codes such as ECONNRESET are safe to show; messages name hosts.
  const code = (cause as { code?: unknown } | undefined)?.code;
  // Codes of Node's HTTP parser.
  if (typeof code === 'string' && code.startsWith('HPE_')) {
    return new TokenwireError('upstream_protocol', "The model's provider sent malformed HTTP.");
  }
  const suffix = typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? ` (${code})` : '';
  return new TokenwireError('upstream_error', `The connection to the model's provider failed${suffix}.`);
}

/** An error object that came in the middle of a stream. */
export function streamError(error: unknown): TokenwireError {
  const { code, type } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  if (code === 429 || code === '429' || isRateLimit(code) || isRateLimit(type)) return rateLimited(undefined, code);
  return new TokenwireError('upstream_error', "The model's provider reported an error in its answer.");
}

/**
 * Milliseconds that the upstream asks to wait: 0 to one hour; undefined when it does not say. A date is compared with
 * the answer's own `Date` (RFC 9110, section 10.2.3 and 6.6.1), never with a clock of this side, which may be wrong or jump.
 */
export function retryAfter(headers: HeaderReader): number | undefined {
  const exact = headers?.get('retry-after-ms');
  const general = headers?.get('retry-after');
  let ms = exact ? Number(exact) : Number.NaN;
  if (Number.isNaN(ms) && general) {
    ms = /^\s*-?\d/.test(general)
      ? Number(general) * 1000
      : Date.parse(general) - Date.parse(headers?.get('date') ?? '');
  }
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, Math.round(ms)), MAX_RETRY_AFTER_MS);
}

function rateLimited(headers: HeaderReader, reason: unknown): TokenwireError {
  const retryAfterMs = retryAfter(headers);
  // A spent quota does not come back by waiting.
  const spent = reason === 'insufficient_quota';
  const message = spent
    ? "The server's quota with the model's provider is spent."
    : "The model's provider has too many requests. Try again later.";
  return new TokenwireError('upstream_rate_limited', message, {
    ...(spent ? { retryable: false } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function refusal(status: number): string {
  if (status === 401 || status === 403) return "The model's provider refused the server's credentials.";
  if (status === 404) return "The model's provider does not know this model.";
  return `The model's provider refused the request (HTTP ${status}).`;
}

function isRateLimit(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('rate_limit');
}
