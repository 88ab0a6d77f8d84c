import type { Transport } from '@tokenwire/protocol';
import type { Generations } from '@tokenwire/generation-log';
import { chunkedRouter } from '@tokenwire/server-chunked';
import { negotiate, type Mounted, type TransportSettings } from '@tokenwire/server-kit';
import { pollingRouter } from '@tokenwire/server-polling';
import { sseRouter } from '@tokenwire/server-sse';
import { websocketTransport } from '@tokenwire/server-websocket';
import { Router, type Request } from 'express';

/** All transports on one origin and one log, so that a reader can leave one and go on with another. */
export function combinedTransport(generations: Generations, settings: TransportSettings): Mounted {
  const websocket = websocketTransport(generations, settings);
  const routers = {
    chunked: chunkedRouter(generations, settings),
    sse: sseRouter(generations, settings),
    websocket: websocket.router,
    polling: pollingRouter(generations, settings),
  } satisfies Record<Transport, Router>;
  const router = Router();
  router.all(['/generations', '/generations/:id/events', '/stream'], (req, res, next) => {
    routers[chooseTransport(req)](req, res, next);
  });
  return { ...websocket, router };
}

/** What a streaming route can answer with; the first is for clients without a preference. */
const STREAMS = ['application/x-ndjson', 'text/plain', 'text/event-stream'];

/** Which transport a request asks for. An `Upgrade` never gets here: the server takes it before. */
export function chooseTransport(req: Request): Transport {
  const demo = req.path === '/stream';
  if (req.get('last-event-id') !== undefined) return 'sse';
  if (!demo && new URL(req.originalUrl, 'http://localhost').searchParams.has('wait')) return 'polling';
  const type = negotiate(req, demo ? STREAMS : [...STREAMS, 'application/json']);
  if (type === 'text/event-stream') return 'sse';
  return type === 'application/json' ? 'polling' : 'chunked';
}
