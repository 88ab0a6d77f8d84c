import { percentile, spread, type Spread } from '../statistics/percentile.js';
import type { Measurements } from './measure-all.js';
import type { StreamResult } from './measure-run.js';
import type { Manifest } from './manifest.js';
import { MEASURED, SERVER_OF, type Measured } from './modes.js';
import { notesOn } from './notes.js';
import { sentenceOn } from './sentence.js';
import { sha256 } from './sha256.js';
import { validateEqual } from './validate.js';

/** Changes when a figure begins to mean something else. */
export const METHODOLOGY = 'tokenwire-compare/1';

/** `report.json`. Times in milliseconds unless a name says otherwise. */
export interface Report {
  readonly methodology: typeof METHODOLOGY;
  readonly manifest: Manifest;
  /** The answer that every stream of every mode carried. */
  readonly answer: {
    readonly sha256: string;
    readonly characters: number;
    readonly tokens: number;
    /** SHA-256 of the due times relative to the first, in whole microseconds, as JSON; null without a timetable. */
    readonly traceSha256: string | null;
    /** What the server advises short polling to wait. */
    readonly nextPollMs: number | null;
  };
  /** One entry a mode, in the order of the table. */
  readonly modes: readonly ModeReport[];
  /** One sentence on what the figures mean. */
  readonly sentence: string;
  /** What has to be known to read them. */
  readonly notes: readonly string[];
  /** One entry a stream, in the order in which they ran: the values behind the order statistics of streams. */
  readonly streams: readonly StreamReport[];
}

/** The figures of one mode, over all its streams of all blocks. `figures.ts` defines each. */
export interface ModeReport {
  readonly mode: Measured;
  /** The server that carried it. */
  readonly server: string;
  readonly streams: number;
  /** Tokens of all its streams. */
  readonly tokens: number;
  /** Per stream, cold: connecting is included. */
  readonly ttftMs: Spread;
  readonly addedTtftMs: Spread | null;
  /** Per token. */
  readonly itlMs: Spread;
  readonly tpotMs: Spread;
  readonly ttltMs: Spread;
  readonly doneMs: Spread;
  /** Per token: the headline. Null when the model has no timetable. */
  readonly deliveryMs: Spread | null;
  readonly slipMs: Spread | null;
  readonly transportMs: Spread;
  readonly requestsPerAnswer: Spread;
  /** TCP payload bytes, counted on one answer apart from all timing. */
  readonly wire: {
    readonly downBytesPerToken: number;
    readonly upBytesPerToken: number;
    readonly payloadBytesPerToken: number;
  };
  /** Per block: server CPU per delivered token in microseconds, the model's included. */
  readonly serverCpuUsPerToken: Spread;
  /** Median of D in each block: how much the figure moves from block to block. */
  readonly deliveryP50MsByBlock: readonly number[];
  readonly sha256: string;
}

/** One stream. */
export interface StreamReport {
  readonly block: number;
  readonly mode: Measured;
  readonly index: number;
  readonly tokens: number;
  readonly requests: number;
  readonly ttftMs: number;
  readonly tpotMs: number;
  readonly ttltMs: number;
  readonly doneMs: number;
  readonly deliveryP50Ms: number | null;
}

/**
 * Makes the report.
 * @throws {InvalidMeasurement} when the streams did not carry the same answer.
 */
export function buildReport(manifest: Manifest, measurements: Measurements): Report {
  const streams = measurements.runs.flatMap((run) => run.streams);
  const sha = validateEqual(streams);
  const [first] = streams;
  const answer = {
    sha256: sha,
    characters: first?.characters ?? 0,
    tokens: first?.figures.tokens ?? 0,
    traceSha256: first?.traceUs ? sha256(JSON.stringify(first.traceUs)) : null,
    nextPollMs: measurements.wire.find(({ nextPollMs }) => nextPollMs !== null)?.nextPollMs ?? null,
  };
  const modes = MEASURED.map((mode) => modeReport(mode, measurements));
  return {
    methodology: METHODOLOGY,
    manifest,
    answer,
    modes,
    sentence: sentenceOn(modes, answer.nextPollMs),
    notes: notesOn(modes, manifest.options, answer.nextPollMs),
    streams: streams.map(streamReport),
  };
}

function modeReport(mode: Measured, { runs, wire }: Measurements): ModeReport {
  const own = runs.filter((run) => run.mode === mode);
  const streams = own.flatMap((run) => run.streams);
  const figures = streams.map((stream) => stream.figures);
  const counted = wire.find((result) => result.mode === mode);
  const perToken = (bytes: number | undefined) => (bytes ?? Number.NaN) / (counted?.tokens ?? Number.NaN);
  return {
    mode,
    server: `server-${SERVER_OF[mode]}`,
    streams: streams.length,
    tokens: figures.reduce((total, { tokens }) => total + tokens, 0),
    ttftMs: must(figures.map(({ ttftMs }) => ttftMs)),
    addedTtftMs: spread(figures.flatMap(({ addedTtftMs }) => addedTtftMs ?? [])),
    itlMs: must(figures.flatMap(({ itlMs }) => itlMs)),
    tpotMs: must(figures.map(({ tpotMs }) => tpotMs)),
    ttltMs: must(figures.map(({ ttltMs }) => ttltMs)),
    doneMs: must(figures.map(({ doneMs }) => doneMs)),
    deliveryMs: spread(figures.flatMap(({ deliveryMs }) => deliveryMs)),
    slipMs: spread(figures.flatMap(({ slipMs }) => slipMs)),
    transportMs: must(figures.flatMap(({ transportMs }) => transportMs)),
    requestsPerAnswer: must(streams.map(({ requests }) => requests)),
    wire: {
      downBytesPerToken: perToken(counted?.downBytes),
      upBytesPerToken: perToken(counted?.upBytes),
      payloadBytesPerToken: perToken(counted?.payloadBytes),
    },
    serverCpuUsPerToken: must(own.map(({ cpuUsPerToken }) => cpuUsPerToken)),
    deliveryP50MsByBlock: own.map((run) =>
      percentile(
        run.streams.flatMap(({ figures }) => figures.deliveryMs),
        50,
      ),
    ),
    sha256: streams[0]?.sha256 ?? '',
  };
}

function streamReport({ block, mode, index, requests, figures }: StreamResult): StreamReport {
  const { tokens, ttftMs, tpotMs, ttltMs, doneMs, deliveryMs } = figures;
  const deliveryP50Ms = deliveryMs.length > 0 ? percentile(deliveryMs, 50) : null;
  return { block, mode, index, tokens, requests, ttftMs, tpotMs, ttltMs, doneMs, deliveryP50Ms };
}

function must(values: readonly number[]): Spread {
  const result = spread(values);
  if (!result) throw new Error('a mode without a single value reached the report');
  return result;
}
