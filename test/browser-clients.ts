// What the page of browser.test.ts offers: the clients as published, bundled for a browser.
import { streamChunked } from '@tokenwire/client-chunked';
import type { OpenStream, StreamOptions, TokenStream } from '@tokenwire/client-kit';
import { streamLadder } from '@tokenwire/client-ladder';
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

/** What `begin` reads. */
let patient: TokenStream | undefined;

/** Begins to read, in such a way that the wait after a lost connection takes an hour. */
export function begin(mode: Mode, options: Omit<StreamOptions, 'url'>): void {
  const hour = 3_600_000;
  patient = open[mode]({ url, ...options, retry: { baseMs: hour, capMs: hour }, random: () => 1 });
  // Fails the page's test through `finish`.
  patient.text().catch(() => undefined);
}

/** How far it is. */
export const progress = () => ({ text: patient?.textSoFar ?? '', status: patient?.status });

/** Waits for its end. */
export async function finish() {
  const text = await patient?.text();
  return { text, id: patient?.id ?? '', reconnects: patient?.reconnects };
}

/** Reads an answer over the best transport. */
export async function readLadder(options: Omit<StreamOptions, 'url'>) {
  const stream = streamLadder({ url, ...options });
  return { text: await stream.text(), transport: stream.transport, steps: stream.steps, id: stream.id ?? '' };
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
