import {
  type Connect,
  MAX_EVENT_LENGTH,
  type OpenStream,
  acceptResponse,
  openStream,
  parseJson,
  tooLong,
  utf8Decoder,
} from '@tokenwire/client-kit';
import { createParser } from 'eventsource-parser';

/**
 * Reads an answer over Server-Sent Events, with `fetch`: the browser's own `EventSource` reconnects by itself, but can
 * neither POST nor send headers nor tell why it failed.
 */
export const streamSse: OpenStream = (options) => openStream(options, connectSse);

const EVENT_STREAM = 'text/event-stream';

/** One connection, for whoever puts transports together. */
export const connectSse: Connect = async function* (attempt) {
  let response: Response;
  if (attempt.cursor === undefined) {
    // HANDSHAKE — a POST whose answer is the stream: one round trip. The key makes it safe to send again.
    response = await attempt.fetch('/generations', {
      method: 'POST',
      headers: { accept: EVENT_STREAM, 'content-type': 'application/json', 'idempotency-key': attempt.idempotencyKey },
      body: JSON.stringify(attempt.request),
    });
  } else {
    // RESUME — the standard's own way: a GET that says which `id:` came last. It starts nothing.
    response = await attempt.fetch(`/generations/${attempt.id}/events`, {
      headers: { accept: EVENT_STREAM, 'last-event-id': attempt.cursor },
    });
  }
  // 204 is how SSE says "do not come back": the terminal event is at or before the cursor.
  if (!(await acceptResponse(response, EVENT_STREAM)) || !response.body) return;
  attempt.started(response.headers.get('tokenwire-generation'));

  // FRAMING — blocks of `field: value` lines, ended by an empty line. Each has `data:`, the event as JSON, and `id:`,
  // its cursor, which needs no reading here: the event's seq says the same. Pieces arrive cut anywhere, also inside a
  // character: the decoder keeps its beginning, and takes away the BOM that the standard allows in front.
  const decode = utf8Decoder();
  let events: unknown[] = [];
  const parser = createParser({
    maxBufferSize: MAX_EVENT_LENGTH,
    onEvent(block) {
      if (block.data.length > MAX_EVENT_LENGTH) throw tooLong();
      // Named events are for others, as with `onmessage`.
      if (block.event === undefined || block.event === 'message') events.push(parseJson(block.data));
    },
    onRetry: attempt.retryAfter,
    onError(error) {
      // Unknown fields and a bogus `retry` are ignored: so says the standard.
      if (error.type === 'max-buffer-size-exceeded') throw tooLong();
    },
  });

  const reader = response.body.getReader();
  try {
    for (;;) {
      // BACKPRESSURE — nothing to do but not to read. This runs when the application wants more; until then the
      // platform's buffer fills up, the TCP window closes, and the server's write() says false.
      const { done, value } = await reader.read();
      if (done) break;

      // HEARTBEAT — a comment, a line that begins with ":". The parser skips it; its bytes show that the server is there.
      attempt.bytes(value.byteLength);

      parser.feed(decode(value));
      if (events.length > 0) yield events;
      events = [];
    }
  } finally {
    // CANCEL — closing the connection is all there is, and it only means that this reader left. Stopping the
    // generation is a request of its own, `POST /generations/:id/stop`: the kit sends it for all transports.
    await reader.cancel().catch(() => undefined);
  }

  // END — the body's end says that the connection is over, not that the answer is: only a terminal event says that.
  // A block without its empty line stays in the parser and is dropped; it comes again after the cursor.
};
