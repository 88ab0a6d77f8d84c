/**
 * Lean reader over HTTP/2 without TLS (prior knowledge, RFC 9113, section 3.3), for what stands in front of our servers,
 * which speak HTTP/1.1: all streams of a generator share one connection.
 */
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';

import type { Read } from './driver.js';
import { EventReader, Splitter } from './event-reader.js';
import { generationRequest } from './lean-http.js';
import { jsonOf } from './sse.js';

/** What is read: NDJSON or SSE. */
export interface Http2Options {
  readonly mode: 'chunked' | 'sse';
}

const FRAMINGS = {
  chunked: { accept: 'application/x-ndjson', separator: '\n', jsonOf: (line: string) => line },
  sse: { accept: 'text/event-stream', separator: '\n\n', jsonOf },
} as const;

/** One connection an address: that is what HTTP/2 is for. It does not keep the process alive. */
const sessions = new Map<string, ClientHttp2Session>();

function sessionTo(url: string): ClientHttp2Session {
  const known = sessions.get(url);
  if (known && !known.closed && !known.destroyed) return known;
  const session = connect(url);
  // What goes wrong with it is told to each of its streams.
  session.on('error', () => {});
  session.unref();
  sessions.set(url, session);
  return session;
}

/** @throws when the server refuses, the connection ends before the answer, or the answer failed. */
export const read: Read = async (call, sink) => {
  const { accept, separator, jsonOf } = FRAMINGS[(call.options as unknown as Http2Options).mode];
  const stream = sessionTo(call.url).request(
    { ':method': 'POST', ':path': '/generations', accept, 'content-type': 'application/json' },
    { signal: call.signal },
  );
  stream.end(JSON.stringify(generationRequest(call.trace)));
  const events = new EventReader(sink);
  const parts = new Splitter(separator, (part) => {
    const json = jsonOf(part);
    if (json !== undefined) events.read(json);
  });
  await new Promise<void>((resolve, reject) => {
    stream.on('error', reject);
    stream.on('response', ({ ':status': status }) => {
      sink.headers();
      if (status !== constants.HTTP_STATUS_OK) fail(stream, reject, new Error(`the server answered ${status}`));
    });
    stream.setEncoding('utf8').on('data', (piece: string) => {
      try {
        parts.hear(piece);
      } catch (error) {
        fail(stream, reject, error);
      }
      if (events.finished) resolve();
    });
    stream.on('close', () => reject(new Error('the stream ended before the answer')));
  });
};

function fail(stream: ClientHttp2Stream, reject: (error: unknown) => void, error: unknown): void {
  reject(error);
  stream.close(constants.NGHTTP2_CANCEL);
}
