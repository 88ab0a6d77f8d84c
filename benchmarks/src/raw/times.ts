import type { RawStream } from './raw.js';

/** All moments of a stream, in microseconds after the moment in which it should have started. One entry a token. */
export interface StreamTimes {
  /** q; NaN when unknown. */
  readonly dueUs: readonly number[];
  /** w; NaN when unknown. */
  readonly writtenUs: readonly number[];
  /** t. */
  readonly arrivalsUs: readonly number[];
  /** c: arrivals of chunks. */
  readonly chunksUs: readonly number[];
}

/** Puts the moments of a stream together again. `offsetsUs` is the timetable of its trace. */
export function timesOf(stream: RawStream, offsetsUs: readonly number[]): StreamTimes {
  const { dueStartUs, slipUs, transportUs, chunkTokens } = stream;
  const known = dueStartUs !== null;
  const dueUs = transportUs.map((_, index) => (known ? dueStartUs + (offsetsUs[index] ?? Number.NaN) : Number.NaN));
  const writtenUs = dueUs.map((due, index) => due + (slipUs[index] ?? Number.NaN));
  const arrivalsUs = transportUs.map((transport, index) =>
    known ? (dueUs[index] ?? Number.NaN) + (slipUs[index] ?? 0) + transport : transport,
  );
  let token = 0;
  const chunksUs = chunkTokens.map((tokens) => {
    const at = arrivalsUs[token] ?? Number.NaN;
    token += tokens;
    return at;
  });
  return { dueUs, writtenUs, arrivalsUs, chunksUs };
}
