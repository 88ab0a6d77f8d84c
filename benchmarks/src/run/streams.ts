import type { StreamNotes } from '../agent/job.js';
import type { RawStream } from '../raw/raw.js';
import { sha256 } from '../compare/sha256.js';
import type { Trace } from '../trace/trace.js';
import type { Moments } from './moments.js';
import { stopFigures } from './stopped.js';

/** The raw line of one stream. Everything in whole microseconds after the moment in which it should have started. */
export function rawStream(trial: number, notes: StreamNotes, moments: Moments | undefined, trace: Trace): RawStream {
  const { scheduledMs, arrivalsMs } = notes;
  const us = (ms: number): number => Math.round((ms - scheduledMs) * 1000);
  const orNull = (ms: number | null): number | null => (ms === null ? null : us(ms));
  const dueStartUs = moments ? us(moments.dueStartMs) : null;
  const slipUs = arrivalsMs.map((_, index) => moments?.slipUs[index] ?? 0);
  const transportUs = arrivalsMs.map((at, index) => {
    const due = (dueStartUs ?? 0) + (dueStartUs === null ? 0 : (trace.offsetsUs[index] ?? 0));
    return us(at) - due - (slipUs[index] ?? 0);
  });
  const extra = { ...notes.extra, ...(moments && stopFigures(notes, moments, trace)) };
  return {
    kind: 'stream',
    trial,
    index: notes.index,
    scheduledMs: Math.round(scheduledMs * 1000) / 1000,
    startUs: us(notes.startMs),
    headersUs: orNull(notes.headersMs),
    firstByteUs: orNull(notes.firstByteMs),
    endUs: us(notes.endMs),
    trace: trace.sha256,
    dueStartUs,
    slipUs,
    transportUs,
    chunkTokens: notes.chunkTokens,
    sha256: sha256(notes.text),
    requests: notes.requests,
    reconnects: notes.reconnects,
    lost: notes.lost,
    doubled: notes.doubled,
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  };
}

/** What an answer has to be to count: all of the trace, or, where it is stopped on purpose, a part from its beginning. */
export type Expected = 'whole' | 'prefix';

/**
 * Whether a stream may be measured.
 * @returns why not; empty when it may.
 */
export function problemOf(notes: StreamNotes, trace: Trace, expected: Expected): string {
  const { index, error, arrivalsMs, text, lost, doubled } = notes;
  const which = `stream ${index}`;
  if (error !== '') return `${which}: ${error}`;
  if (lost > 0) return `${which}: ${lost} events are missing`;
  if (doubled > 0) return `${which}: ${doubled} events came twice or late`;
  const count = arrivalsMs.length;
  if (expected === 'whole' && count !== trace.tokens) return `${which}: ${count} of ${trace.tokens} tokens came`;
  if (text !== trace.texts.slice(0, count).join('')) return `${which}: the text is not that of the trace`;
  return '';
}
