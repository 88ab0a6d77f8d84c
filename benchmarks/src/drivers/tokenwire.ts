import type { StreamOptions, StreamStatus, TokenStream } from '@tokenwire/client-kit';
import type { StreamEvent } from '@tokenwire/protocol';
import { WebSocket } from 'ws';

import { nowMs } from '../compare/clock.js';
import { measureBatch } from '../compare/measure-batch.js';
import { OPEN, type Measured } from '../compare/modes.js';
import type { Call, Sink } from './driver.js';

/** What a scenario may ask of our clients. */
export interface TokenwireOptions {
  readonly mode: Measured;
  /** Passed to the client. */
  readonly client?: Pick<StreamOptions, 'minPollIntervalMs' | 'waitSeconds' | 'retry' | 'idleTimeoutMs'>;
  /** Call `stop()` so many milliseconds after the request; a stream's own moment is spread over the range. */
  readonly stopAfterMs?: readonly [from: number, to: number];
  /** All streams read the answer that stream 0 has begun. */
  readonly fanOut?: boolean;
  /** Model in place of the trace: one that says nothing, for example. */
  readonly model?: string;
}

/** The answer that all streams of a fan-out read. */
let shared: { readonly id: Promise<string>; readonly resolve: (id: string) => void } | undefined;

/** Reads one answer with the client package of its mode. */
export async function read(call: Call, sink: Sink): Promise<void> {
  const { mode, fanOut, stopAfterMs } = call.options as unknown as TokenwireOptions;
  if (mode === 'batch') return readBatch(call, sink);
  const leader = fanOut === true && call.stream === 0;
  const after = fanOut === true && call.stream > 0 ? `${await announced().id}.0` : undefined;
  const stream = open(call, sink, after);
  const timer = stopAfterMs && stopLater(stream, sink, delayOf(call.stream, stopAfterMs));
  try {
    await consume(stream, sink, (id) => leader && announced().resolve(id));
  } finally {
    clearTimeout(timer);
    sink.requests(stream.requests, stream.reconnects);
  }
}

/** Opens a stream of the trace, with the client of its mode. */
export function open(
  { url, trace, options, signal }: Call,
  sink: Sink,
  after?: string,
  onStatus: (status: StreamStatus) => void = () => {},
): TokenStream {
  const { mode, client, model = `replay/${trace}` } = options as unknown as TokenwireOptions;
  return OPEN[mode as Exclude<Measured, 'batch'>]({
    url,
    signal,
    WebSocket,
    // A stream that was cut measures something else; scenarios that cut on purpose allow more.
    retry: { maxAttempts: 1 },
    ...(after === undefined ? { request: { model, prompt: 'Measure', maxTokens: 100_000 } } : { after }),
    ...client,
    onStatus(status) {
      if (status === 'streaming') sink.headers();
      onStatus(status);
    },
  });
}

/** Reads to the end and checks what no client should let pass: gaps and repetitions. */
export async function consume(stream: TokenStream, sink: Sink, onId: (id: string) => void = () => {}): Promise<void> {
  let last: number | undefined;
  for await (const event of stream) {
    if (event.type === 'content_block_delta') sink.token(contentOf(event));
    if (last === undefined && stream.id !== undefined) {
      sink.id(stream.id);
      onId(stream.id);
    }
    const step = event.seq - (last ?? event.seq - 1);
    if (step > 1) sink.lost(step - 1);
    if (step < 1) sink.doubled(1);
    last = event.seq;
  }
}

function contentOf({ delta }: Extract<StreamEvent, { type: 'content_block_delta' }>): string {
  if (delta.type === 'text_delta') return delta.text;
  return delta.type === 'thinking_delta' ? delta.thinking : delta.partialJson;
}

function stopLater(stream: TokenStream, sink: Sink, delayMs: number): NodeJS.Timeout {
  return setTimeout(() => {
    const calledMs = nowMs();
    sink.extra('stopCalledMs', calledMs);
    stream.stop().then(
      () => sink.extra('stopReceiptMs', nowMs() - calledMs),
      () => sink.extra('stopFailed', 1),
    );
  }, delayMs);
}

/** Spread evenly over the range, in an order that has nothing to do with that of the starts. */
function delayOf(stream: number, [from, to]: readonly [number, number]): number {
  // Multiples of the golden ratio, modulo 1, are spread evenly for every number of streams.
  return from + (to - from) * ((stream * 0.618_033_988_75) % 1);
}

async function readBatch({ url, trace, texts, signal }: Call, sink: Sink): Promise<void> {
  const request = { model: `replay/${trace}`, prompt: 'Measure', maxTokens: 100_000 };
  const { id, text, requests } = await measureBatch({ url, request, signal });
  sink.id(id);
  sink.requests(requests, 0);
  // A batch has no tokens of its own: all of the trace's have come, in this very moment, or it is another text.
  for (const token of text === texts.join('') ? texts : [text]) sink.token(token);
}

function announced(): NonNullable<typeof shared> {
  if (shared) return shared;
  let resolve!: (id: string) => void;
  const id = new Promise<string>((settle) => (resolve = settle));
  return (shared = { id, resolve });
}
