import type { ServerResponse } from 'node:http';

import type { Generation, Generations } from '@tokenwire/generation-log';
import type { Clock } from '@tokenwire/protocol';
import { Router } from 'express';

import { waitMsOf } from './http-request.js';
import { closedSignal, generationHeaders, negotiate, sendJson } from './http-response.js';
import type { TransportSettings } from './settings.js';

/** How long a client that was just answered still counts as a reader, in milliseconds. */
export const POLL_LEASE_MS = 2_000;

/**
 * `GET /generations/:id` (snapshot, with `?wait=` when it is finished) and `POST /generations/:id/stop`:
 * the same on every server, because neither streams.
 */
export function generationRouter(generations: Generations, settings: TransportSettings): Router {
  const router = Router();

  router.get('/generations/:id', async (req, res) => {
    negotiate(req, ['application/json']);
    const waitMs = waitMsOf(req);
    const generation = generations.get(req.params.id, settings.ownerOf(req));
    if (waitMs !== undefined && req.method !== 'HEAD') await finished(generation, waitMs, res, settings);
    sendJson(res, 200, generation.snapshot(), generationHeaders(generation));
  });

  router.post('/generations/:id/stop', async (req, res) => {
    const generation = generations.get(req.params.id, settings.ownerOf(req));
    sendJson(res, 200, await generation.stop('client'), generationHeaders(generation));
  });

  return router;
}

/** Waits for the end of a generation, at most `waitMs`, and counts as its reader meanwhile. */
export async function finished(
  generation: Generation,
  waitMs: number,
  res: ServerResponse,
  settings: TransportSettings,
): Promise<void> {
  const leave = generation.enter();
  const { signal, release } = patience(res, waitMs, settings.draining, generation.clock);
  for await (const _ of generation.log.read(generation.log.lastSeq, { signal }));
  release();
  leave(POLL_LEASE_MS);
}

/** How long a held request is held. */
export interface Patience {
  readonly signal: AbortSignal;
  /** Aborts the signal: answer now. */
  readonly giveUp: () => void;
  /** Releases timer and listeners. */
  readonly release: () => void;
}

/** A signal that aborts after `waitMs`, when the client has gone, or when the server shuts down. */
export function patience(res: ServerResponse, waitMs: number, draining: AbortSignal, clock: Clock): Patience {
  const controller = new AbortController();
  const giveUp = () => controller.abort();
  const callOff = clock.after(waitMs, giveUp);
  closedSignal(res).addEventListener('abort', giveUp, { once: true });
  // Not AbortSignal.any: the draining signal lives as long as the server and would collect a follower per poll.
  draining.addEventListener('abort', giveUp, { once: true });
  if (draining.aborted) giveUp();
  const release = () => {
    callOff();
    draining.removeEventListener('abort', giveUp);
  };
  return { signal: controller.signal, giveUp, release };
}
