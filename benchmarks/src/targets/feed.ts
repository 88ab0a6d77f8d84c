/**
 * What controls and peers say, and when: the trace, from the same recording and with the same pacing as our servers'
 * `replay/<trace>`, so that a token costs every server the same before a transport gets it.
 *
 * Loaded by a server process. `TOKENWIRE_RECORDINGS_DIR` and `TOKENWIRE_TRACE` name the recording. Asked by its parent
 * (`{ type: 'moments' }`), the process answers when it had each token.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { TickClock } from '@tokenwire/generation-log';
import { parseRecording, RECORDING_SUFFIX, replaySource, type Piece } from '@tokenwire/token-source';

import { nowMs } from '../compare/clock.js';

/** For `createServer` of `node:http`: as our own servers' connections are. */
export const HTTP_OPTIONS = { noDelay: true, keepAliveTimeout: 65_000, highWaterMark: 16 * 1024 } as const;

/** When a server had the tokens of one stream. */
export interface StreamMoments {
  readonly stream: number;
  /** The trace's time 0, in milliseconds of the machine's monotonic clock. */
  readonly dueStartMs: number;
  /** w − q, one a token handed to the transport so far, in whole microseconds. */
  readonly slipUs: readonly number[];
}

/** The answer to `{ type: 'moments' }`. */
export interface Moments {
  readonly type: 'moments';
  readonly streams: readonly StreamMoments[];
}

interface Notes {
  /** On the scale of the clock; NaN before the first token. */
  startMs: number;
  /** One entry a token, on the scale of the clock. */
  readonly writtenMs: number[];
}

/** A recording, ready to be played. */
interface Loaded {
  readonly texts: readonly string[];
  /** When each is due, in milliseconds. */
  readonly offsetsMs: readonly number[];
  readonly play: (signal: AbortSignal) => AsyncIterator<readonly Piece[]>;
}

const REQUEST = {
  messages: [],
  maxTokens: Number.MAX_SAFE_INTEGER,
  temperature: 0,
  seed: 0,
  tools: [],
  thinking: false,
} as const;
/** What a stream below 0 plays, where there is a recording of this name: warming up need not take as long. */
const WARM_UP = 'warm-up';
const NEVER = new AbortController().signal;

const clock = new TickClock();
const notes = new Map<number, Notes>();
const trace = load(process.env['TOKENWIRE_TRACE'] ?? '');
const warmUp = load(WARM_UP, trace);
/** Texts of the trace's tokens. */
export const TEXTS: readonly string[] = trace.texts;

/** The number of a stream in a request's query (`?stream=<n>`); -1 when there is none. */
export function streamOf(url = ''): number {
  const stream = Number(/[?&]stream=(-?\d+)/.exec(url)?.[1]);
  return Number.isNaN(stream) ? -1 : stream;
}

/**
 * Plays the trace, from now: each batch holds the tokens that are due. Ends early when `signal` aborts.
 * @param stream its number; from 0 on, the moments of its tokens are noted. Below 0 it may play another, shorter trace.
 */
export function feed(stream: number, signal: AbortSignal = NEVER): Feed {
  return stream < 0 ? new Feed(warmUp, signal) : new Feed(trace, signal, notesFor(stream));
}

/** Says where a server listens, as our own servers do, and ends it when told to. */
export function announce(port: number): void {
  process.stdout.write(`listening http://127.0.0.1:${port}\n`);
  process.on('SIGTERM', () => process.exit(0));
}

/** The tokens of one stream, in batches. Not an async generator: that would add two promises to every batch. */
export class Feed implements AsyncIterableIterator<readonly string[]> {
  /** All tokens that will come, unless it is aborted. */
  readonly tokens: number;
  readonly #pieces: AsyncIterator<readonly Piece[]>;
  readonly #notes: Notes | undefined;

  constructor({ play, texts }: Loaded, signal: AbortSignal, notes?: Notes) {
    this.tokens = texts.length;
    this.#pieces = play(signal);
    this.#notes = notes;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<readonly string[]>> {
    return this.#pieces.next().then(this.#textsOf);
  }

  async return(): Promise<IteratorResult<readonly string[]>> {
    await this.#pieces.return?.();
    return { done: true, value: undefined };
  }

  readonly #textsOf = (
    result: IteratorResult<readonly Piece[]>,
  ): IteratorResult<readonly string[]> | Promise<IteratorResult<readonly string[]>> => {
    if (result.done) return { done: true, value: undefined };
    const texts: string[] = [];
    for (const piece of result.value) if (piece.type === 'text') texts.push(piece.text);
    // The first batch is empty: "the model has accepted the request".
    if (texts.length === 0) return this.next();
    if (this.#notes) note(this.#notes, result.value[0]?.dueMs ?? Number.NaN, texts.length);
    return { done: false, value: texts };
  };
}

/** All tokens of a batch are handed over in the same moment. */
function note(notes: Notes, firstDueMs: number, count: number): void {
  const { writtenMs } = notes;
  if (writtenMs.length === 0) notes.startMs = firstDueMs - (trace.offsetsMs[0] ?? 0);
  const now = clock.now();
  for (let token = 0; token < count; token += 1) writtenMs.push(now);
}

function notesFor(stream: number): Notes | undefined {
  if (stream < 0) return undefined;
  const own: Notes = { startMs: Number.NaN, writtenMs: [] };
  notes.set(stream, own);
  return own;
}

function moments(): Moments {
  const offsetMs = nowMs() - clock.now();
  const streams = [...notes]
    .filter(([, { writtenMs }]) => writtenMs.length > 0)
    .map(([stream, { startMs, writtenMs }]) => ({
      stream,
      dueStartMs: startMs + offsetMs,
      slipUs: writtenMs.map((at, token) => Math.round((at - startMs - (trace.offsetsMs[token] ?? 0)) * 1000)),
    }));
  return { type: 'moments', streams };
}

/** @param otherwise what is played when there is no such recording. */
function load(name: string, otherwise?: Loaded): Loaded {
  const path = join(process.env['TOKENWIRE_RECORDINGS_DIR'] ?? '', name + RECORDING_SUFFIX);
  if (otherwise && !existsSync(path)) return otherwise;
  const recording = parseRecording(readFileSync(path, 'utf8'));
  const source = replaySource(recording);
  const request = { ...REQUEST, model: recording.header.model };
  const spoken = recording.lines.flatMap(({ atMs, piece }) =>
    piece.type === 'text' ? { atMs, text: piece.text } : [],
  );
  return {
    texts: spoken.map(({ text }) => text),
    offsetsMs: spoken.map(({ atMs }) => atMs),
    play: (signal) => source(request, { signal, clock })[Symbol.asyncIterator](),
  };
}

process.on('message', (message) => {
  if ((message as { type?: unknown } | null)?.type === 'moments') process.send?.(moments());
});
// The question alone must not keep a server alive.
process.channel?.unref();
