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

/** Reads an answer over HTTP chunked transfer: one endless response, one event per line. */
export const streamChunked: OpenStream = (options) => openStream(options, connectChunked);

const NDJSON = 'application/x-ndjson';

/** One connection, for whoever puts transports together. */
export const connectChunked: Connect = async function* (attempt) {
  let response: Response;
  if (attempt.cursor === undefined) {
    // HANDSHAKE — a POST whose answer is the stream: one round trip. The key makes it safe to send again.
    response = await attempt.fetch('/generations', {
      method: 'POST',
      headers: { accept: NDJSON, 'content-type': 'application/json', 'idempotency-key': attempt.idempotencyKey },
      body: JSON.stringify(attempt.request),
    });
  } else {
    // RESUME — a GET for what comes after the last event that the application has got. It starts nothing.
    response = await attempt.fetch(`/generations/${attempt.id}/events?after=${attempt.cursor}`, {
      headers: { accept: NDJSON },
    });
  }
  if (!(await acceptResponse(response, NDJSON)) || !response.body) return;
  attempt.started(response.headers.get('tokenwire-generation'));

  // FRAMING — an event ends with a line feed. Pieces arrive cut anywhere, also inside a character: the decoder keeps
  // its beginning. A JSON text never contains a raw line feed, but may contain U+2028, so only "\n" separates.
  const decode = utf8Decoder({ ignoreBOM: true });
  let unfinished = '';
  const eventsIn = (bytes: Uint8Array): unknown[] => {
    const lines = decode(bytes).split('\n');
    // Appended, not searched again: a long line in small pieces stays linear.
    const first = (lines[0] = unfinished + lines[0]);
    if (first.length > MAX_EVENT_LENGTH) throw tooLong();
    unfinished = lines.pop() ?? '';
    return lines.filter((line) => line !== '').map(parseJson);
  };

  const reader = response.body.getReader();
  try {
    for (;;) {
      // BACKPRESSURE — nothing to do but not to read. This runs when the application wants more; until then the
      // platform's buffer fills up, the TCP window closes, and the server's write() says false.
      const { done, value } = await reader.read();
      if (done) break;

      // HEARTBEAT — an empty line. It is no event, but its byte shows that the server is there.
      attempt.bytes(value.byteLength);

      const events = eventsIn(value);
      if (events.length > 0) yield events;
    }
  } finally {
    // CANCEL — closing the connection is all there is, and it only means that this reader left. Stopping the
    // generation is a request of its own, `POST /generations/:id/stop`: the kit sends it for all transports.
    await reader.cancel().catch(() => undefined);
  }

  // END — the body's end says that the connection is over, not that the answer is: only a terminal event says that.
  // What is left in `unfinished` is half a line, and is dropped; it comes again after the cursor.
};
