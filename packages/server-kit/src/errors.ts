import { randomBytes } from 'node:crypto';

import { TokenwireError } from '@tokenwire/protocol';
import type { ErrorRequestHandler, Request, RequestHandler } from 'express';

import { sendJson } from './http-response.js';
import type { LogLine } from './log-line.js';

/** Says what went wrong in our words and codes, whoever threw it. */
export function toTokenwireError(error: unknown): TokenwireError {
  if (error instanceof TokenwireError) return error;
  // Express's router throws this for a path whose escapes are broken.
  if (error instanceof URIError || (error as { readonly status?: unknown } | null)?.status === 400) {
    return new TokenwireError('invalid_request', 'The request could not be read; check the path and its escapes.');
  }
  return new TokenwireError('internal', 'The server failed; try again.', { cause: error });
}

/** Writes the one log line of an error, with an id by which the client can ask for it. */
export function report(
  thrown: unknown,
  log: (line: LogLine) => void,
  where: LogLine,
): { readonly error: TokenwireError; readonly requestId: string } {
  const error = toTokenwireError(thrown);
  const requestId = randomBytes(9).toString('base64url');
  const cause = error.details.cause instanceof Error ? error.details.cause.stack : undefined;
  log({ level: error.httpStatus >= 500 ? 'error' : 'warn', requestId, code: error.code, ...where, cause });
  return { error, requestId };
}

/** Answers every error of every route with one body and one log line. */
export function errorHandler(log: (line: LogLine) => void): ErrorRequestHandler {
  // Express knows error handlers by their four parameters.
  return (thrown: unknown, req, res, _next) => {
    const { error, requestId } = report(thrown, log, routeOf(req));
    // A stream that has begun cannot change its status: cut it, so that nobody takes it for complete.
    if (res.headersSent) return void res.destroy();
    sendJson(res, error.httpStatus, { error: error.toBody(requestId) }, errorHeaders(error));
  };
}

function routeOf(req: Request): LogLine {
  return { method: req.method, path: req.path.slice(0, 120) };
}

/** Headers that belong to an error, whoever answers it. */
export function errorHeaders(error: TokenwireError): Record<string, string> {
  const headers: Record<string, string> = {};
  if (error.code === 'unauthenticated') headers['WWW-Authenticate'] = 'Bearer';
  const { retryAfterMs } = error.details;
  if (retryAfterMs !== undefined) headers['Retry-After'] = String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
  // The rest of a body that is too large is not read; the connection cannot be used again.
  if (error.code === 'payload_too_large') headers['Connection'] = 'close';
  return headers;
}

/** 405 with `Allow`, behind the routes that exist. */
export function onlyMethods(...methods: string[]): RequestHandler {
  return (_req, res, next) => {
    res.setHeader('Allow', methods.join(', '));
    next(new TokenwireError('method_not_allowed', `This route takes ${methods.join(' or ')}.`));
  };
}
