import type { IncomingMessage } from 'node:http';

import { TokenwireError } from '@tokenwire/protocol';
import type { RequestHandler } from 'express';

import { isLoopback } from './host-check.js';

export interface OriginRules {
  /** Origins whose pages may use this server, compared exactly. */
  readonly allowed: readonly string[];
  /** Whether the server listens on loopback, where every page in the user's browser can reach it. */
  readonly loopbackOnly: boolean;
}

/** Reading is guarded by the browser: without our permission it keeps the answer from the page. */
const SAFE = new Set(['GET', 'HEAD']);

/**
 * Refuses what a page of a foreign origin must not do: open a WebSocket, which browsers let any page do, and send
 * anything but GET and HEAD. On a loopback server, and wherever an allow-list was given. Programs send no `Origin`.
 * @returns the origin, when it is allowed by name.
 * @throws {TokenwireError} `forbidden`.
 */
export function checkOrigin(req: IncomingMessage, { allowed, loopbackOnly }: OriginRules): string | undefined {
  const { origin, upgrade, host } = req.headers;
  if (origin === undefined) return undefined;
  if (allowed.includes(origin)) return origin;
  const harmless = SAFE.has(req.method ?? '') && upgrade === undefined;
  if (harmless || (!loopbackOnly && allowed.length === 0)) return undefined;
  // `null` and everything else that is no URL has no host.
  const from = URL.canParse(origin) ? new URL(origin).host : '';
  if (loopbackOnly ? isLoopback(from) : from === host) return undefined;
  throw new TokenwireError('forbidden', 'Pages of this origin may not use this server; see --allow-origin.');
}

/** What a page of another origin may send and see (Fetch Standard, section 3.3). */
const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, Idempotency-Key, Last-Event-ID',
  'Access-Control-Max-Age': '600',
};
const EXPOSED = 'Location, Tokenwire-Generation, Retry-After';

/** Cross-origin requests: checked, and permitted for the allowed origins. Never `*`, and no cookies. */
export function crossOrigin(rules: OriginRules): RequestHandler {
  return (req, res, next) => {
    // Also where there is no `Origin`: a cache must not give this answer to a page of another one.
    if (rules.allowed.length > 0) res.setHeader('Vary', 'Origin');
    const origin = checkOrigin(req, rules);
    if (origin === undefined) return next();
    res.setHeader('Access-Control-Allow-Origin', origin);
    res.setHeader('Access-Control-Expose-Headers', EXPOSED);
    const preflight = req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined;
    if (preflight) return void res.writeHead(204, PREFLIGHT).end();
    next();
  };
}
