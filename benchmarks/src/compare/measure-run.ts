import { setTimeout as delay } from 'node:timers/promises';

import type { GenerationRequest, PollPage, Snapshot } from '@tokenwire/protocol';
import { WebSocket } from 'ws';

import { cpuUs } from './cpu.js';
import { figuresOf, type StreamFigures, type TimingRow } from './figures.js';
import { askJson } from './http.js';
import { measureBatch, withEvents } from './measure-batch.js';
import { measureStream, type StreamRecord } from './measure-stream.js';
import { OPEN, SERVER_OF, type Measured } from './modes.js';
import type { CompareOptions } from './options.js';
import type { RunningServer, Servers } from './servers.js';
import { sha256 } from './sha256.js';
import { validateStream } from './validate.js';
import { countWire } from './wire-count.js';

/** What measuring needs beside a mode. */
export interface Bench {
  readonly options: CompareOptions;
  readonly servers: Servers;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
}

/** One stream of a run, validated. */
export interface StreamResult {
  readonly mode: Measured;
  readonly block: number;
  readonly index: number;
  readonly sha256: string;
  readonly characters: number;
  readonly requests: number;
  readonly figures: StreamFigures;
  readonly traceUs: readonly number[] | null;
}

/** One mode in one block: a fresh server, a warm-up, and the streams. */
export interface RunResult {
  readonly mode: Measured;
  readonly block: number;
  readonly streams: readonly StreamResult[];
  /** Server CPU per delivered token, user and kernel, in microseconds. Starting the answers and the model included. */
  readonly cpuUsPerToken: number;
}

/** Bytes and requests of one answer, counted apart from all timing. */
export interface WireResult {
  readonly mode: Measured;
  readonly tokens: number;
  readonly upBytes: number;
  readonly downBytes: number;
  /** Of `downBytes`: what is left without HTTP and WebSocket framing and headers. */
  readonly payloadBytes: number;
  /** What the server advises short polling to wait, in milliseconds; null for all other modes. */
  readonly nextPollMs: number | null;
}

/** Time to first token that the timetable wants, in milliseconds. */
export const MODEL_TTFT_MS = 200;
/** Unevenness of the timetable: the standard deviation of a gap as a share of its mean. */
export const MODEL_JITTER = 0.3;
/** From one poll to the next, at least: the clients' own default, set here because the report speaks of it. */
export const MIN_POLL_INTERVAL_MS = 100;
const WARM_UP = { maxTokens: 30, cadence: { ttftMs: 0, tokensPerSecond: 200, jitter: 0 } } as const;
/** Between the warm-up and the run, for closing connections and compiling, in milliseconds. */
const SETTLE_MS = 50;

/** Measures one mode on a server process of its own. */
export function measureRun(mode: Measured, block: number, bench: Bench): Promise<RunResult> {
  const { options } = bench;
  const indices = Array.from({ length: options.streams }, (_, index) => index);
  return onServer(mode, bench, async ({ url }, signal) => {
    await warmUp(mode, url, options, signal);
    const before = await cpuUs(url);
    // All requests leave in one tick, so that each finds no connection that it could share: all are cold.
    const records = await Promise.all(
      indices.map((index) => readOnce(mode, url, requestOf(options, index / options.streams), signal)),
    );
    const after = await cpuUs(url);
    const streams: StreamResult[] = [];
    for (const [index, record] of records.entries()) {
      const figures = await inspect(mode, `${mode}, block ${block}, stream ${index + 1}`, url, record);
      const { text, requests } = record;
      const { traceUs } = figures;
      const characters = text.length;
      streams.push({ mode, block, index, sha256: sha256(text), characters, requests, figures, traceUs });
    }
    const tokens = streams.reduce((total, { figures }) => total + figures.tokens, 0);
    return { mode, block, streams, cpuUsPerToken: (after - before) / tokens };
  });
}

/** Counts the bytes of one answer of one mode. Nothing of it is timed, so several modes can be counted at once. */
export function measureWire(mode: Measured, bench: Bench): Promise<WireResult> {
  return onServer(mode, bench, async ({ url }, signal) => {
    const counter = await countWire(url);
    try {
      const record = await readOnce(mode, counter.url, requestOf(bench.options, 0), signal);
      const counts = counter.counts();
      const { tokens } = await inspect(mode, `${mode}, counting bytes`, url, record);
      const page = `${url}/generations/${record.id}/events?after=${record.id}.0&wait=0`;
      const nextPollMs = mode === 'short-poll' ? ((await askJson<PollPage<unknown>>(page)).nextPollMs ?? null) : null;
      return { mode, tokens, ...counts, payloadBytes: record.payloadBytes, nextPollMs };
    } finally {
      await counter.close();
    }
  });
}

/**
 * The request of a stream. Streams of a run follow the same timetable, shifted by a part of the mean gap, or the tokens
 * of all streams would be due in the same instant and wait for each other.
 * @param shift part of the mean gap, from 0 to 1.
 */
function requestOf({ model, prompt, tokens, tokensPerSecond, seed }: CompareOptions, shift: number): GenerationRequest {
  const ttftMs = MODEL_TTFT_MS + Math.min((shift * 1000) / tokensPerSecond, MODEL_TTFT_MS);
  return { model, prompt, maxTokens: tokens, seed, cadence: { ttftMs, tokensPerSecond, jitter: MODEL_JITTER } };
}

/**
 * Lets the server and the clients run the code once that is measured next. Through a pass-through, because closing that
 * leaves no open connection behind that a measured stream could use.
 */
async function warmUp(mode: Measured, url: string, options: CompareOptions, signal: AbortSignal): Promise<void> {
  const counter = await countWire(url);
  const { model, prompt } = options;
  const request = { model, prompt, ...WARM_UP };
  try {
    await Promise.all(Array.from({ length: options.streams }, () => readOnce(mode, counter.url, request, signal)));
  } finally {
    await counter.close();
  }
  await delay(SETTLE_MS, undefined, { signal });
}

function readOnce(mode: Measured, url: string, request: GenerationRequest, signal: AbortSignal): Promise<StreamRecord> {
  if (mode === 'batch') return measureBatch({ url, request, signal });
  // No second attempt: a stream that was cut is no measurement, and a server that died should be noticed at once.
  const retry = { maxAttempts: 1 };
  return measureStream(OPEN[mode], {
    url,
    request,
    signal,
    WebSocket,
    retry,
    minPollIntervalMs: MIN_POLL_INTERVAL_MS,
  });
}

/** Compares a stream with what its server knows of it, then works out its figures. */
async function inspect(mode: Measured, what: string, url: string, received: StreamRecord): Promise<StreamFigures> {
  const record = mode === 'batch' ? await withEvents(url, received) : received;
  const snapshot = await askJson<Snapshot>(`${url}/generations/${record.id}`);
  validateStream(what, record, snapshot.text);
  const { events } = await askJson<{ readonly events: readonly TimingRow[] }>(`${url}/generations/${record.id}/timing`);
  return figuresOf(record, events);
}

async function onServer<T>(
  mode: Measured,
  { servers, signal }: Bench,
  use: (server: RunningServer, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const server = await servers.start(SERVER_OF[mode]);
  try {
    return await use(server, AbortSignal.any([signal, server.died]));
  } catch (error) {
    // A dying server first cuts its connections; that it died explains more than "connection lost".
    await delay(200);
    signal.throwIfAborted();
    server.died.throwIfAborted();
    throw error;
  } finally {
    await server.stop();
  }
}
