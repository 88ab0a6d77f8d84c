import type { ServerResponse } from 'node:http';

import { TokenwireError } from '@tokenwire/protocol';
import type { Generation } from '@tokenwire/generation-log';
import type { Request } from 'express';

/**
 * Headers of every stream. `no-transform` and `X-Accel-Buffering` keep proxies from compressing and buffering,
 * `Incremental` (draft-ietf-httpbis-incremental) asks them to forward piece by piece.
 */
export function streamHeaders(generation: Generation, contentType: string): Record<string, string> {
  return {
    ...generationHeaders(generation),
    'Content-Type': contentType,
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    'X-Content-Type-Options': 'nosniff',
    Incremental: '?1',
  };
}

/** Headers of every answer that starts or carries a generation. */
export function generationHeaders({ id }: Generation): Record<string, string> {
  return { Location: `/generations/${id}`, 'Tokenwire-Generation': id };
}

/** Sends JSON text. Not Express's `res.json`, which adds an ETag and may answer 304. */
export function sendJson(
  res: ServerResponse,
  status: number,
  json: string | object,
  headers: Record<string, string> = {},
): void {
  const body = typeof json === 'string' ? json : JSON.stringify(json);
  sendJsonParts(res, status, [body], headers);
}

/** Sends JSON that is in parts already, of which large ones are bytes that others send too. */
export function sendJsonParts(
  res: ServerResponse,
  status: number,
  parts: readonly (string | Buffer)[],
  headers: Record<string, string> = {},
): void {
  res.writeHead(status, {
    ...headers,
    'Content-Type': 'application/json',
    'Content-Length': parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  for (const part of parts.slice(0, -1)) res.write(part);
  res.end(parts.at(-1));
}

/**
 * Chooses among the types a route can answer with; the first is what clients without a preference get.
 * @throws {TokenwireError} `not_acceptable`.
 */
export function negotiate(req: Request, types: readonly string[]): string {
  const chosen = req.accepts([...types]);
  if (chosen) return chosen;
  throw new TokenwireError('not_acceptable', `This route answers with ${types.join(' or ')}.`);
}

/** Aborts when the reader has gone: the one way in which a stream learns of it. */
export function closedSignal(res: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (res.closed || res.destroyed) controller.abort();
  else res.once('close', () => controller.abort());
  return controller.signal;
}
