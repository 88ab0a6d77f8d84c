import { type ErrorBody, TokenwireError } from '@tokenwire/protocol';

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

/** The error in an answer or a message, if it is one. */
export function errorBody(value: unknown): ErrorBody | undefined {
  const body = value as Partial<ErrorBody> | null | undefined;
  return typeof body?.code === 'string' && typeof body.message === 'string'
    ? ({ ...body, retryable: body.retryable === true } as ErrorBody)
    : undefined;
}
