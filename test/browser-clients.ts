// What the page of browser.test.ts offers: the clients as published, bundled for a browser.
import { streamChunked } from '@tokenwire/client-chunked';
import type { OpenStream, StreamOptions } from '@tokenwire/client-kit';
import { streamLongPoll, streamShortPoll } from '@tokenwire/client-polling';
import { streamSse } from '@tokenwire/client-sse';
import { streamWebSocket } from '@tokenwire/client-websocket';
import type { GenerationRequest, Mode, Snapshot } from '@tokenwire/protocol';

export { readNatively } from './browser-natives.js';

const open: Record<Mode, OpenStream> = {
  chunked: streamChunked,
  sse: streamSse,
  websocket: streamWebSocket,
  'long-poll': streamLongPoll,
  'short-poll': streamShortPoll,
};

const url = location.origin;

/** Reads an answer to its end. */
export async function read(mode: Mode, options: Omit<StreamOptions, 'url'>) {
  const stream = open[mode]({ url, ...options });
  const types: string[] = [];
  for await (const event of stream) types.push(event.type);
  return { text: stream.textSoFar, types, status: stream.status, id: stream.id ?? '' };
}

/** Leaves an answer after 20 events, and reads the rest over another mode. */
export async function readHalfThenSwitch(from: Mode, to: Mode, request: GenerationRequest) {
  const first = open[from]({ url, request });
  let events = 0;
  for await (const _ of first) {
    events += 1;
    if (events === 20) break;
  }
  const second = open[to]({ url, after: first.cursor });
  const text = first.textSoFar + (await second.text());
  const snapshot = (await (await fetch(`/generations/${first.id}`)).json()) as Snapshot;
  return { text, whole: snapshot.text };
}
