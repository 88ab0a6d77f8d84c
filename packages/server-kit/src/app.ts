import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { TokenwireError } from '@tokenwire/protocol';
import type { Generations } from '@tokenwire/generation-log';
import express, { type Express, type Router } from 'express';

import { errorHandler, logToStderr, onlyMethods, type LogLine } from './errors.js';
import { checkHost } from './host-check.js';
import { negotiate, sendJson } from './http-response.js';
import { createMetrics } from './metrics.js';
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
  /** Accept only `Host` names of the loopback interface. Default false. */
  readonly loopbackOnly?: boolean;
  /** Default: JSON lines on standard error. */
  readonly log?: (line: LogLine) => void;
}

/** The Express application around a transport: its routes, the common ones, health, metrics and errors. */
export function createApp(options: AppOptions): Express {
  const { generations, settings, transport, timing = false, loopbackOnly = false, log = logToStderr } = options;
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

  app.get('/healthz', (_req, res) => sendJson(res, 200, { status: 'ok' }));
  app.get('/readyz', (_req, res) => {
    const status = generations.draining ? 'draining' : 'ready';
    sendJson(res, generations.draining ? 503 : 200, { status });
  });
  const metrics = createMetrics(generations);
  app.get('/metrics', async (req, res) => {
    negotiate(req, ['text/plain']);
    res.type(metrics.contentType).send(await metrics.metrics());
  });

  app.use(transport.router);
  app.use(generationRouter(generations, settings));
  if (timing) app.use(timingRouter(generations, settings));

  app.all('/generations', onlyMethods('POST'));
  app.all(['/generations/:id/events', '/generations/:id'], onlyMethods('GET', 'HEAD'));
  app.all('/generations/:id/stop', onlyMethods('POST'));
  app.all(['/healthz', '/readyz', '/metrics'], onlyMethods('GET', 'HEAD'));
  app.use((_req, _res, next) => next(new TokenwireError('not_found', 'There is nothing at this path.')));
  app.use(errorHandler(log));
  return app;
}
