/**
 * Polling: many short requests instead of one long response. With `wait` the server holds a request until there is
 * something to say (long polling); without, it answers at once (short polling). Works through everything.
 */
import type { Generation, Generations, LogEntry } from '@tokenwire/generation-log';
import { formatCursor } from '@tokenwire/protocol';
import {
  create,
  cursorOf,
  DEFAULT_SETTINGS,
  generationHeaders,
  giantIn,
  jsonBody,
  locate,
  negotiate,
  patience,
  POLL_LEASE_MS,
  readerOf,
  sendJsonParts,
  waitMsOf,
  type TransportSettings,
} from '@tokenwire/server-kit';
import { Router, type Request, type Response } from 'express';

import { PollLimiter } from './poll-limiter.js';

const JSON_TYPE = 'application/json';
/** What a reader that is behind is advised to wait, in milliseconds. */
const BEHIND_POLL_MS = 100;

/** The polling transport as an Express router over a registry of generations. */
export function pollingRouter(generations: Generations, options: Partial<TransportSettings> = {}): Router {
  const settings = { ...DEFAULT_SETTINGS, ...options };
  const limiter = new PollLimiter(generations.clock, settings.pollsPerSecond);
  const router = Router();
  router.post('/generations', jsonBody, async (req, res) => {
    negotiate(req, [JSON_TYPE]);
    await create(generations, settings, req, res);
  });
  router.get('/generations/:id/events', async (req, res) => {
    negotiate(req, [JSON_TYPE]);
    const where = { id: req.params.id, owner: readerOf(req, settings, req.params.id) };
    const { generation, seq } = locate(generations, cursorOf(req), where);
    await sendPage(req, res, { generation, seq, limiter, settings });
  });
  return router;
}

interface Poll {
  readonly generation: Generation;
  readonly seq: number;
  readonly limiter: PollLimiter;
  readonly settings: TransportSettings;
}

async function sendPage(req: Request, res: Response, { generation, seq, limiter, settings }: Poll): Promise<void> {
  // HANDSHAKE — none: every request stands alone and is answered with one JSON page. `POST /generations` has given
  // the client its first cursor.
  const waitMs = waitMsOf(req) ?? 0;
  const held = patience(res, waitMs, settings.draining, generation.clock);
  const leave = generation.enter();
  try {
    await limiter.admit(req, generation, waitMs, held.signal);

    // RESUME — the same as asking: `?after=` names the last event the client applied, so a lost answer is asked for
    // again and nothing is lost with it.
    const events = await limiter.onlyPoll(req, generation, seq, held.giveUp, () =>
      nextEvents(generation, seq, held.signal, settings.pollPageBytes),
    );

    // FRAMING — the events are JSON already: the page is put together as text.
    const lastSeq = events.at(-1)?.seq ?? seq;
    const cursor = formatCursor(generation.id, lastSeq);
    const json = giantIn(events) ?? events.map((entry) => entry.json).join(',');

    // BACKPRESSURE — is the client's: it asks when it has room. Short polling is told how long to wait before it asks
    // again; a page has an upper size, and a client that is far behind finds the next one ready.
    const advice = waitMs === 0 ? `,"nextPollMs":${adviceMs(generation, lastSeq, settings)}` : '';

    // HEARTBEAT — none: a request is answered after `wait` seconds at the latest, with an empty page if need be.

    // CANCEL — a client that closes a held request aborts `held.signal`; it has left, and stopped nothing.
    // Stopping is `POST /generations/:id/stop`.
    if (res.destroyed) return;

    // END — `done` says that the terminal event is at or before the cursor: never ask again.
    const done = generation.log.terminal?.seq === lastSeq;
    const rest = `],"cursor":"${cursor}","done":${done}${advice}}`;
    sendJsonParts(res, 200, ['{"events":[', json, rest], generationHeaders(generation));
  } finally {
    held.release();
    // A client that was answered has not gone away: it counts as a reader a little longer.
    leave(POLL_LEASE_MS);
  }
}

/** A reader that is behind need not wait for what is there already. */
function adviceMs({ log }: Generation, seq: number, { nextPollMs }: TransportSettings): number {
  return seq < log.lastSeq ? Math.min(nextPollMs, BEHIND_POLL_MS) : nextPollMs;
}

/** What there is after `seq`; if there is nothing, what comes until the signal aborts. */
async function nextEvents(
  { log }: Generation,
  seq: number,
  signal: AbortSignal,
  maxBatchBytes: number,
): Promise<readonly LogEntry[]> {
  const ready = log.take(seq, maxBatchBytes);
  if (ready.length > 0) return ready;
  // An answer is one write, whatever the flush policy: all there is by then.
  for await (const _ of log.read(seq, { signal })) return log.take(seq, maxBatchBytes);
  return [];
}
