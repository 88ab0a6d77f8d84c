import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { TokenwireError } from '@tokenwire/protocol';
import type { Generations } from '@tokenwire/generation-log';
import express, { type Express, type RequestHandler, type Router } from 'express';

import type { Connections } from './connections.js';
import { requireOwner, ticketRouter } from './credentials.js';
import { errorHandler, onlyMethods } from './errors.js';
import { checkHost } from './host-check.js';
import { negotiate, sendJson } from './http-response.js';
import type { LogLine } from './log-line.js';
import { createMetrics } from './metrics.js';
import { crossOrigin } from './origin-check.js';
import type { TransportSettings } from './settings.js';
import { generationRouter } from './snapshot.js';
import { timingRouter } from './timing.js';

/** A transport, ready to be mounted. */
export interface Mounted {
  /** Its HTTP routes. */
  readonly router: Router;
  /** Takes over `Upgrade` requests; without it they are refused. */
  readonly upgrade?: (req: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Closes connections that HTTP's own shutdown does not know. */
  readonly close?: () => void;
}

export interface AppOptions {
  readonly generations: Generations;
  readonly settings: TransportSettings;
  readonly transport: Mounted;
  /** Offer `GET /generations/:id/timing`, which benchmarks need. Default false. */
  readonly timing?: boolean;
  /** Accept only `Host` names of the loopback interface, and only its pages. Default false. */
  readonly loopbackOnly?: boolean;
  /** Origins whose pages may use the server. Default none. */
  readonly allowOrigin?: readonly string[];
  /** The server's connections, for their limit and for `/metrics`. */
  readonly connections?: Connections;
  /** Default: as in `settings`. */
  readonly log?: (line: LogLine) => void;
}

/** The Express application around a transport: its routes, the common ones, health, metrics and errors. */
export function createApp(options: AppOptions): Express {
  const { generations, settings, transport, timing = false, loopbackOnly = false, allowOrigin = [] } = options;
  const { connections, log = settings.log } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((req, res, next) => {
    checkHost(req, loopbackOnly);
    res.setHeader('X-Content-Type-Options', 'nosniff');
    res.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    res.setHeader('Referrer-Policy', 'no-referrer');
    next();
  });

  app.use(crossOrigin({ allowed: allowOrigin, loopbackOnly }));

  app.get('/healthz', (_req, res) => sendJson(res, 200, { status: 'ok' }));
  app.get('/readyz', (_req, res) => {
    const status = generations.draining ? 'draining' : 'ready';
    sendJson(res, generations.draining ? 503 : 200, { status });
  });
  if (connections) app.use(refuseWhenFull(connections));
  app.use(requireOwner(settings));
  const metrics = createMetrics({ generations, tickets: settings.tickets, connections });
  app.get('/metrics', async (req, res) => {
    negotiate(req, ['text/plain']);
    res.type(metrics.contentType).send(await metrics.metrics());
  });

  app.use(transport.router);
  app.use(generationRouter(generations, settings), ticketRouter(generations, settings));
  if (timing) app.use(timingRouter(generations, settings));

  app.all('/generations', onlyMethods('POST'));
  app.all(['/generations/:id/events', '/generations/:id'], onlyMethods('GET', 'HEAD'));
  app.all('/generations/:id/stop', onlyMethods('POST'));
  app.all(['/healthz', '/readyz', '/metrics'], onlyMethods('GET', 'HEAD'));
  app.use((_req, _res, next) => next(new TokenwireError('not_found', 'There is nothing at this path.')));
  app.use(errorHandler(log));
  return app;
}

/** Beyond the limit of connections everything but the health is refused, and the connection closed. */
function refuseWhenFull(connections: Connections): RequestHandler {
  return (_req, res, next) => {
    if (!connections.full) return next();
    res.setHeader('Connection', 'close');
    next(new TokenwireError('overloaded', 'This server has its limit of connections.', { retryAfterMs: 1_000 }));
  };
}
