/**
 * HTTP chunked transfer: the answer is one response that takes as long as the model does.
 * Every write becomes a chunk; every line of the body is one event as JSON (NDJSON).
 */
import type { Generation, Generations } from '@tokenwire/generation-log';
import {
  closedSignal,
  DEFAULT_SETTINGS,
  ResponseBody,
  streamHeaders,
  streamRouter,
  type TransportSettings,
} from '@tokenwire/server-kit';
import type { Response, Router } from 'express';

import { sendText, TEXT } from './text.js';

const NDJSON = 'application/x-ndjson';

/** The chunked transport as an Express router over a registry of generations. */
export function chunkedRouter(generations: Generations, options: Partial<TransportSettings> = {}): Router {
  const settings = { ...DEFAULT_SETTINGS, ...options };
  return streamRouter(generations, settings, {
    types: [NDJSON, TEXT],
    demoType: TEXT,
    send: (res, generation, seq, type) =>
      type === TEXT ? sendText(res, generation, seq, settings) : sendEvents(res, generation, seq, settings),
  });
}

async function sendEvents(
  res: Response,
  generation: Generation,
  seq: number,
  { heartbeatMs, writeStallMs }: TransportSettings,
): Promise<void> {
  // HANDSHAKE — a plain 200, whose headers leave before the first token: the client knows its generation at once.
  // There is no Content-Length, so HTTP/1.1 sends the body in chunks.
  res.writeHead(200, streamHeaders(generation, NDJSON));
  res.flushHeaders();
  const body = new ResponseBody(res);

  // RESUME — the cursor came in the query (`?after=`); everything strictly after it follows. Batches are as large
  // as the reader is late.
  const signal = closedSignal(res);
  const batches = generation.read(seq, { signal });

  // FRAMING — one event, one line. JSON escapes line breaks, so no token can break the framing.
  const frame = { before: () => '', after: '\n' };

  // BACKPRESSURE — a full connection is not written to. Nothing queues up meanwhile: the log keeps what comes, and the
  // next batch is larger. Who takes nothing for too long is dropped, and may resume.
  const slow = async () => !(await body.drained(writeStallMs)) && !signal.aborted;

  // HEARTBEAT — an empty line, which no JSON is. Not while the connection is full: it would only wait there.
  const heartbeat = setInterval(() => {
    if (!body.full) body.write('\n');
  }, heartbeatMs);

  // CANCEL — a client that closes its connection aborts `signal`, which ends this loop. That is no stop: the generation
  // goes on until its grace period is over. Stopping is `POST /generations/:id/stop`.
  try {
    for await (const batch of batches) if (!body.send(batch, frame) && (await slow())) return body.drop();
  } finally {
    clearInterval(heartbeat);
  }

  // END — the last line was the terminal event, then comes the empty last chunk. An end without terminal event means
  // "come back".
  if (!signal.aborted) res.end();
}
