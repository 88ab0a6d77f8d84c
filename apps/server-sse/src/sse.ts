/**
 * Server-Sent Events: one response of blocks of lines that every browser can read with `new EventSource(url)`,
 * and that it asks for again, from where it was, when the connection breaks.
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

const EVENT_STREAM = 'text/event-stream';

/** The SSE transport as an Express router over a registry of generations. */
export function sseRouter(generations: Generations, options: Partial<TransportSettings> = {}): Router {
  const settings = { ...DEFAULT_SETTINGS, ...options };
  return streamRouter(generations, settings, {
    types: [EVENT_STREAM],
    send: (res, generation, seq) => sendEvents(res, generation, seq, settings),
  });
}

async function sendEvents(
  res: Response,
  generation: Generation,
  seq: number,
  { heartbeatMs, writeStallMs }: TransportSettings,
): Promise<void> {
  // HANDSHAKE — a plain 200 of type text/event-stream, whose headers leave before the first token. EventSource asks
  // again after every end; 204 is the one answer that stops it, so a reader who has the terminal event gets that.
  if (generation.log.terminal?.seq === seq)
    return void res.writeHead(204, streamHeaders(generation, EVENT_STREAM)).end();
  res.writeHead(200, streamHeaders(generation, EVENT_STREAM));
  res.flushHeaders();
  const body = new ResponseBody(res);

  // RESUME — a browser sends the last `id:` it saw as `Last-Event-ID`, and that id is our cursor; everything strictly
  // after it follows. Batches are as large as the reader is late.
  const signal = closedSignal(res);
  const batches = generation.read(seq, { signal });

  // FRAMING — `id:` and `data:`, ended by an empty line. JSON escapes line breaks, so `data:` is always one line. No
  // `event:`, then `onmessage` sees every type.
  const frame = { before: (seq: number) => `id: ${generation.id}.${seq}\ndata: `, after: '\n\n' };

  // BACKPRESSURE — a full connection is not written to. Nothing queues up meanwhile: the log keeps what comes, and the
  // next batch is larger. Who takes nothing for too long is dropped, and may resume.
  const slow = async () => !(await body.drained(writeStallMs)) && !signal.aborted;

  // HEARTBEAT — a comment, which every reader drops. Not while the connection is full: it would only wait there.
  const heartbeat = setInterval(() => {
    if (!body.full) body.write(':\n\n');
  }, heartbeatMs);

  // CANCEL — a client that closes its connection aborts `signal`, which ends this loop. That is no stop: the generation
  // goes on until its grace period is over. Stopping is `POST /generations/:id/stop`.
  try {
    for await (const batch of batches) if (!body.send(batch, frame) && (await slow())) return body.drop();
  } finally {
    clearInterval(heartbeat);
  }

  // END — the last block was the terminal event. An EventSource reconnects nevertheless, and gets the 204 above.
  if (!signal.aborted) res.end();
}
